package io.gyrfalcon.http2.sim;

import io.gyrfalcon.http2.ClientEvents;
import io.gyrfalcon.http2.ClientSide;
import io.gyrfalcon.http2.ErrorCode;
import io.gyrfalcon.http2.Stream;
import io.gyrfalcon.http2.hpack.Field;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.primitives.memory.SlabChain;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * The application above a client side: calls, sends in pieces, gives up, and checks that events
 * come in an order they may come in. Not thread-safe.
 */
final class Caller implements ClientEvents {
    private static final FieldBlock[] REQUESTS = {
        ClientBench.REQUEST,
        FieldBlock.of(":method", "POST", ":scheme", "http", ":path", "/c/d", "te", "trailers"),
        FieldBlock.of(":method", "POST", ":scheme", "http", ":path", "/e/f", "user-agent", "sim")
    };

    /** One call as the client sees it. */
    static final class Call {
        final int toSend;
        int id;
        int sent;
        int owed;
        boolean hasHead;
        boolean isRequestEnded;
        boolean isAnswered;
        boolean isGivenUp;
        boolean isReset;
        boolean isClosed;

        Call(int toSend) {
            this.toSend = toSend;
        }
    }

    private final Random random;
    private final List<Call> waiting = new ArrayList<>();
    private final List<Stream> open = new ArrayList<>();
    private final List<Stream> unreleased = new ArrayList<>();

    /** Streams of which the client knows that the server has not processed them. */
    final Set<Integer> unprocessed = new HashSet<>();

    ClientSide client;
    int answered;
    int resets;
    int goAways;
    boolean isEstablished;
    String failure = "";

    Caller(Random random) {
        this.random = random;
    }

    private static Call call(Stream s) {
        Call c = (Call) s.attachment();
        if (c == null || c.id != s.id()) throw new AssertionError("not a call of ours: " + s);
        if (c.isClosed) throw new AssertionError("event after close of " + s);
        return c;
    }

    /** Something new, or something more, or an end. */
    void act() {
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> begin();
            case 3, 4, 5 -> sendSome();
            case 6 -> giveUp();
            default -> consumeSome();
        }
        release();
    }

    private void begin() {
        if (waiting.size() > 20) return;
        int bytes = random.nextInt(5) == 0 ? random.nextInt(90_000) : random.nextInt(200);
        waiting.add(new Call(random.nextInt(6) == 0 ? 0 : bytes));
        openWaiting();
    }

    private void openWaiting() {
        while (!waiting.isEmpty() && client.canOpen()) {
            Call c = waiting.removeFirst();
            boolean end = c.toSend == 0 && random.nextBoolean();
            byte[][] extra = {{'m'}, new byte[random.nextInt(40)]};
            java.util.Arrays.fill(extra[1], (byte) 'q');
            int count = random.nextBoolean() ? 2 : 0;
            Stream s = client.open(REQUESTS[random.nextInt(3)], extra, count, end);
            c.id = s.id();
            c.isRequestEnded = end;
            s.attach(c);
            open.add(s);
        }
    }

    private void sendSome() {
        for (Stream s : List.copyOf(open)) {
            if (random.nextInt(3) > 0) send(s, 1 + random.nextInt(30_000));
        }
    }

    private void send(Stream s, int max) {
        Call c = call(s);
        if (c.isRequestEnded || c.isGivenUp || s.queuedBytes() > Stream.READY_BYTES) return;
        int n = Math.min(max, c.toSend - c.sent);
        boolean end = c.sent + n == c.toSend;
        byte[] bytes = new byte[n];
        for (int i = 0; i < n; i++) bytes[i] = (byte) (c.sent + i);
        SlabChain chain = client.beginData(s, n);
        chain.append(bytes, 0, n);
        client.endData(s, end);
        c.sent += n;
        c.isRequestEnded = end;
    }

    private void giveUp() {
        for (Stream s : List.copyOf(open)) {
            if (random.nextInt(6) > 0) continue;
            call(s).isGivenUp = true;
            client.reset(s, ErrorCode.CANCEL);
            return;
        }
    }

    private void consumeSome() {
        for (Stream s : open) {
            Call c = call(s);
            if (c.owed == 0) continue;
            int n = c.owed;
            c.owed = 0;
            client.consumed(s, n);
        }
    }

    private void release() {
        if (unreleased.isEmpty()) return;
        client.release(unreleased.removeFirst());
    }

    /** Everything to its end, as far as windows allow. */
    void finish() {
        consumeSome();
        openWaiting();
        for (Stream s : List.copyOf(open)) send(s, 90_000);
        release();
        if (client.isClosing()) waiting.clear();
    }

    boolean isIdle() {
        return waiting.isEmpty() && open.isEmpty() && unreleased.isEmpty();
    }

    /** What has not ended, for a run that does not. */
    String left() {
        return waiting.size() + " waiting, " + open + " open, " + unreleased + " unreleased";
    }

    @Override
    public void onEstablished() {
        if (isEstablished) throw new AssertionError("established twice");
        isEstablished = true;
    }

    @Override
    public void onOpenable() {
        if (!client.canOpen()) throw new AssertionError("openable, but it is not");
        openWaiting();
    }

    @Override
    public void onField(Stream stream, Field field, boolean trailers) {
        Call c = call(stream);
        if (c.isGivenUp || c.hasHead != trailers) throw new AssertionError("field " + field);
    }

    @Override
    public void onResponse(Stream s, boolean endStream) {
        Call c = call(s);
        if (c.hasHead) throw new AssertionError("answered twice: " + s);
        c.hasHead = true;
        if (endStream) onAnswered(s, c);
    }

    @Override
    public void onHeadersTooLarge(Stream stream) {
        throw new AssertionError("nobody sends that much: " + stream);
    }

    @Override
    public void onTrailers(Stream s) {
        onAnswered(s, call(s));
    }

    @Override
    public void onData(Stream s, MemorySegment bytes, long at, int n, boolean endStream) {
        Call c = call(s);
        if (!c.hasHead || c.isAnswered) throw new AssertionError("data out of turn: " + s);
        c.owed += n;
        if (random.nextInt(4) > 0) {
            int owed = c.owed;
            c.owed = 0;
            client.consumed(s, owed);
        }
        if (endStream) onAnswered(s, c);
    }

    private void onAnswered(Stream s, Call c) {
        if (c.isAnswered) throw new AssertionError("ended twice: " + s);
        c.isAnswered = true;
        answered++;
        if (!c.isRequestEnded && !c.isGivenUp && random.nextBoolean()) {
            c.isGivenUp = true;
            client.reset(s, ErrorCode.NO_ERROR);
        }
    }

    @Override
    public void onReset(Stream s, long errorCode, boolean byPeer) {
        Call c = call(s);
        if (c.isReset) throw new AssertionError("reset twice: " + s);
        c.isReset = true;
        resets++;
        if (byPeer && ErrorCode.of(errorCode) == ErrorCode.REFUSED_STREAM) unprocessed.add(s.id());
    }

    @Override
    public void onSendable(Stream s) {
        call(s);
        if (!s.isLocalOpen()) throw new AssertionError("sendable but ended: " + s);
    }

    @Override
    public void onSent(Stream s) {
        if (!call(s).isRequestEnded) throw new AssertionError("sent out of turn: " + s);
    }

    @Override
    public void onClosed(Stream s) {
        Call c = call(s);
        boolean isWhole = c.isAnswered && c.isRequestEnded;
        if (!isWhole && !c.isReset && !c.isGivenUp) throw new AssertionError("closed: " + s);
        c.isClosed = true;
        open.remove(s);
        if (random.nextInt(5) == 0) unreleased.add(s);
        else client.release(s);
    }

    @Override
    public void onGoAway(int lastId, long errorCode, String debug) {
        goAways++;
    }

    @Override
    public void onConnectionError(ErrorCode code, String text) {
        failure = code + " " + text;
    }
}
