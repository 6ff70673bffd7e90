package io.gyrfalcon.http2.sim;

import io.gyrfalcon.http2.ErrorCode;
import io.gyrfalcon.http2.ServerEvents;
import io.gyrfalcon.http2.ServerSide;
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
 * The application of a simulation: answers every request, at once or later, in pieces, and checks
 * that events come in an order they may come in. Not thread-safe.
 */
final class ScriptedServer implements ServerEvents {
    private static final FieldBlock HEAD =
            FieldBlock.of(":status", "200", "content-type", "application/grpc");
    private static final FieldBlock TRAILERS = FieldBlock.of("grpc-status", "0");
    private static final FieldBlock TOO_LARGE = FieldBlock.of(":status", "431");

    /** What one stream is about to do. */
    static final class Answer {
        final Stream stream;
        final int id;
        int piecesLeft;
        boolean hasRequest;
        boolean isStarted;
        boolean isEnded;
        boolean isSent;
        int received;
        int owed;

        Answer(Stream stream) {
            this.stream = stream;
            id = stream.id();
        }
    }

    private final Random random;
    private final Set<Integer> closed = new HashSet<>();

    /** Streams whose request was told. */
    final Set<Integer> asked = new HashSet<>();

    private final List<Answer> waiting = new ArrayList<>();
    private final List<Stream> unreleased = new ArrayList<>();
    ServerSide server;

    int requests;
    int answered;
    int resets;
    boolean hasFailed;

    ScriptedServer(Random random) {
        this.random = random;
    }

    private Answer answer(Stream s) {
        if (s.attachment() == null) {
            s.attach(new Answer(s));
            if (closed.contains(s.id())) throw new AssertionError("event after close of " + s);
        }
        Answer a = (Answer) s.attachment();
        if (a.id != s.id()) throw new AssertionError("recycled too early: " + s);
        return a;
    }

    @Override
    public void onField(Stream stream, Field field, boolean trailers) {
        answer(stream);
    }

    @Override
    public void onRequest(Stream stream, boolean endStream) {
        Answer a = answer(stream);
        if (a.hasRequest) throw new AssertionError("asked twice: " + stream);
        a.hasRequest = true;
        a.piecesLeft = random.nextInt(4);
        requests++;
        asked.add(a.id);
        waiting.add(a);
        if (random.nextInt(3) == 0) step(a);
    }

    @Override
    public void onHeadersTooLarge(Stream stream, long listBytes, int fields, boolean endStream) {
        answer(stream).isEnded = true;
        server.sendHeaders(stream, TOO_LARGE, null, 0, true);
    }

    @Override
    public void onTrailers(Stream stream) {
        answer(stream);
    }

    @Override
    public void onData(Stream s, MemorySegment bytes, long offset, int length, boolean endStream) {
        Answer a = answer(s);
        if (!a.hasRequest) throw new AssertionError("data before the request: " + s);
        for (int i = 0; i < length; i++) {
            byte expected = (byte) (a.received + i);
            if (bytes.get(java.lang.foreign.ValueLayout.JAVA_BYTE, offset + i) != expected) {
                throw new AssertionError("wrong byte in " + s);
            }
        }
        a.received += length;
        a.owed += length;
        if (a.isEnded || random.nextInt(4) > 0) consume(a);
        if (random.nextInt(8) == 0) step(a);
    }

    private void consume(Answer a) {
        server.consumed(a.stream, a.owed);
        a.owed = 0;
    }

    /** Goes on with one answer. */
    private void step(Answer a) {
        if (a.isEnded) return;
        consume(a);
        Stream s = a.stream;
        int dice = random.nextInt(40);
        if (dice == 0) {
            a.isEnded = true;
            server.reset(s, ErrorCode.CANCEL);
            return;
        }
        if (!a.isStarted) {
            a.isStarted = true;
            server.sendHeaders(s, HEAD, null, 0, false);
            if (dice < 20) return;
        }
        if (a.piecesLeft-- > 0) {
            int n = dice < 4 ? 20_000 + random.nextInt(60_000) : random.nextInt(300);
            SlabChain chain = server.beginData(s, n);
            chain.append(new byte[n], 0, n);
            server.endData(s, false);
            return;
        }
        a.isEnded = true;
        byte[][] extra = {new byte[] {'x'}, new byte[random.nextInt(30)]};
        for (int i = 0; i < extra[1].length; i++) extra[1][i] = 'v';
        server.sendHeaders(s, TRAILERS, extra, random.nextBoolean() ? 2 : 0, true);
    }

    /** Goes on with some of what waits; all of it and to the end when {@code finish}. */
    void step(boolean finish) {
        for (Answer a : List.copyOf(waiting)) {
            if (finish || random.nextInt(3) == 0) step(a);
            if (finish) {
                while (!a.isEnded) step(a);
            }
        }
        waiting.removeIf(a -> a.isEnded);
        if (unreleased.isEmpty()) return;
        server.release(unreleased.removeFirst());
    }

    @Override
    public void onReset(Stream stream, long errorCode, boolean byPeer) {
        answer(stream).isEnded = true;
        resets++;
    }

    @Override
    public void onSendable(Stream stream) {
        answer(stream);
        if (!stream.isLocalOpen()) throw new AssertionError("sendable but ended: " + stream);
    }

    @Override
    public void onSent(Stream stream) {
        Answer a = answer(stream);
        if (a.isSent || !a.isEnded) throw new AssertionError("sent out of turn: " + stream);
        a.isSent = true;
        answered++;
    }

    @Override
    public void onClosed(Stream stream) {
        Answer a = answer(stream);
        a.isEnded = true;
        waiting.remove(a);
        if (!closed.add(stream.id())) throw new AssertionError("closed twice: " + stream);
        if (random.nextInt(5) == 0) unreleased.add(stream);
        else server.release(stream);
    }

    @Override
    public void onConnectionError(ErrorCode code, String text) {
        if (hasFailed || server.openStreams() != 0) throw new AssertionError("failed " + code);
        hasFailed = true;
    }

    /** What has not ended, for a run that does not. */
    String left() {
        return server.openStreams() + " open, " + waiting.size() + " waiting";
    }

    boolean isIdle() {
        return waiting.isEmpty();
    }

    int closedStreams() {
        return closed.size();
    }
}
