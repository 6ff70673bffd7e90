package io.gyrfalcon.http2.sim;

import io.gyrfalcon.http2.frame.FrameType;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.http2.hpack.HpackDecoder;
import io.gyrfalcon.http2.hpack.HpackEncoder;
import io.gyrfalcon.http2.hpack.HpackOutcome;
import io.gyrfalcon.http2.hpack.HpackScratch;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A client of a simulation: honest, but of changing mood. Keeps its own account of every window and
 * fails the run when the server oversteps one. Not thread-safe.
 */
final class ScriptedClient {
    private static final int INITIAL = 65_535;
    private static final FieldBlock[] REQUESTS = {
        FieldBlock.of(":method", "POST", ":scheme", "http", ":path", "/a/b", "te", "trailers"),
        FieldBlock.of(":method", "POST", ":scheme", "http", ":path", "/c/d", "user-agent", "sim")
    };

    /** One call as the client sees it. */
    private static final class Call {
        final int id;
        long sendWindow;
        long receiveWindow;
        int toSend;
        int sent;
        boolean hasTrailers;
        boolean isLocalEnded;
        boolean isRemoteEnded;
        boolean isReset;
        boolean hasHead;

        Call(int id) {
            this.id = id;
        }

        boolean isOver() {
            return isReset || (isLocalEnded && isRemoteEnded);
        }
    }

    private final Random random;
    private final HpackEncoder encoder = new HpackEncoder();
    private final HpackDecoder decoder = new HpackDecoder(4_096, new HpackScratch());
    private final Map<Integer, Call> calls = new HashMap<>();
    private final MemorySegment scratch;
    private int nextId = 1;
    private long sendWindow = INITIAL;
    private long receiveWindow = INITIAL;
    private long peerInitial = INITIAL;
    private int ownInitial = INITIAL;
    private int announcedInitial = INITIAL;
    private byte[] block = {};
    private int blockId;
    private boolean isBlockEnd;
    private int maxStreams = Integer.MAX_VALUE;
    private int lastServed = Integer.MAX_VALUE;
    boolean hasGoAway;
    boolean isGenerous = true;
    int completed;
    int resets;

    ScriptedClient(Random random, Arena arena) {
        this.random = random;
        scratch = arena.allocate(64 << 10);
    }

    void start(FrameBytes to) {
        to.preface();
        if (random.nextInt(3) == 0) {
            announcedInitial = random.nextInt(100_000);
            to.settings(4, announcedInitial);
        } else {
            to.settings();
        }
    }

    /** Some frames, as the mood of the moment has it. */
    void act(FrameBytes to) {
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> open(to);
            case 3, 4, 5, 6 -> sendSome(to);
            case 7 -> resetOne(to);
            case 8 -> to.frame(0x40 + random.nextInt(100), 0, 0, new byte[random.nextInt(20)]);
            case 9 -> to.priority(1 + 2 * random.nextInt(50), 0);
            case 10 -> credit(to);
            default -> changeWindow(to);
        }
    }

    private void open(FrameBytes to) {
        if (hasGoAway || openCalls() >= Math.min(20, maxStreams)) return;
        Call c = new Call(nextId);
        nextId += 2;
        c.sendWindow = peerInitial;
        c.receiveWindow = ownInitial;
        c.toSend = random.nextInt(5) == 0 ? random.nextInt(90_000) : random.nextInt(200);
        c.hasTrailers = random.nextInt(8) == 0;
        if (random.nextInt(6) == 0) c.toSend = 0;
        calls.put(c.id, c);
        boolean end = c.toSend == 0 && !c.hasTrailers && random.nextBoolean();
        int n = encoder.encode(REQUESTS[random.nextInt(2)], scratch, 0);
        byte[] value = new byte[random.nextInt(40)];
        java.util.Arrays.fill(value, (byte) 'q');
        n += encoder.encodeLiteral(new byte[] {'m'}, value, random.nextBoolean(), scratch, n);
        headers(to, c.id, scratch.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE), end);
        c.isLocalEnded = end;
    }

    /** A block in one frame, or in up to four. */
    private void headers(FrameBytes to, int id, byte[] bytes, boolean end) {
        int pieces = random.nextInt(5) == 0 ? 1 + random.nextInt(4) : 1;
        int at = 0;
        for (int i = 0; i < pieces; i++) {
            boolean isLast = i == pieces - 1;
            int to2 = isLast ? bytes.length : at + Math.max(1, bytes.length / pieces);
            byte[] part = java.util.Arrays.copyOfRange(bytes, at, to2);
            at = to2;
            if (i == 0) to.frame(1, (isLast ? 4 : 0) | (end ? 1 : 0), id, part);
            else to.continuation(id, part, isLast);
        }
    }

    private void sendSome(FrameBytes to) {
        for (Call c : calls.values()) {
            if (c.isLocalEnded || c.isReset || random.nextInt(3) == 0) continue;
            send(to, c);
        }
    }

    private void send(FrameBytes to, Call c) {
        int pad = random.nextInt(6) == 0 ? random.nextInt(30) : -1;
        long room = Math.min(sendWindow, c.sendWindow) - (pad + 1);
        int n = (int) Math.min(Math.min(room, 16_384 - 256), c.toSend - c.sent);
        if (n < 0) return;
        byte[] payload = new byte[n + pad + 1];
        int at = 0;
        if (pad >= 0) payload[at++] = (byte) pad;
        for (int i = 0; i < n; i++) payload[at++] = (byte) (c.sent + i);
        c.sent += n;
        boolean isAll = c.sent == c.toSend;
        boolean end = isAll && !c.hasTrailers;
        to.frame(0, (pad >= 0 ? 8 : 0) | (end ? 1 : 0), c.id, payload);
        sendWindow -= payload.length;
        c.sendWindow -= payload.length;
        c.isLocalEnded = end;
        if (!isAll || end) return;
        int m = encoder.encodeLiteral(new byte[] {'t'}, new byte[] {'1'}, false, scratch, 0);
        headers(to, c.id, scratch.asSlice(0, m).toArray(ValueLayout.JAVA_BYTE), true);
        c.isLocalEnded = true;
    }

    private void resetOne(FrameBytes to) {
        for (Call c : calls.values()) {
            if (c.isOver() || random.nextInt(6) > 0) continue;
            c.isReset = true;
            resets++;
            to.rst(c.id, 8);
            return;
        }
    }

    /** Gives the server room to send. */
    void credit(FrameBytes to) {
        if (receiveWindow < INITIAL && (isGenerous || random.nextBoolean())) {
            int n = 1 + random.nextInt(INITIAL);
            to.windowUpdate(0, n);
            receiveWindow += n;
        }
        for (Call c : calls.values()) {
            if (c.isReset || c.isRemoteEnded || c.receiveWindow > INITIAL) continue;
            if (!isGenerous && random.nextInt(3) > 0) continue;
            int n = 1 + random.nextInt(INITIAL);
            to.windowUpdate(c.id, n);
            c.receiveWindow += n;
        }
    }

    private void changeWindow(FrameBytes to) {
        if (random.nextInt(6) > 0 || announcedInitial != ownInitial) return;
        announcedInitial = random.nextInt(2 * INITIAL);
        to.settings(4, announcedInitial);
    }

    /** Everything that is still to be sent, as far as windows allow. */
    void finish(FrameBytes to) {
        isGenerous = true;
        credit(to);
        for (Call c : calls.values()) {
            if (!c.isLocalEnded && !c.isReset) send(to, c);
        }
    }

    void onFrame(Frame f, FrameBytes to) {
        switch (f.type) {
            case DATA -> onData(f);
            case HEADERS, CONTINUATION -> onHeaders(f);
            case RST_STREAM -> {
                Call c = call(f);
                c.isReset = true;
                resets++;
            }
            case SETTINGS -> onSettings(f, to);
            case PING -> {
                if ((f.flags & 1) == 0) to.ping(f.longAt(0), true);
            }
            case GOAWAY -> {
                hasGoAway = true;
                lastServed = f.intAt(0);
                if (f.intAt(4) != 0) throw new AssertionError("the client was honest: " + f);
            }
            case WINDOW_UPDATE -> {
                if (f.streamId == 0) sendWindow += f.intAt(0);
                else if (calls.containsKey(f.streamId)) call(f).sendWindow += f.intAt(0);
            }
            case PRIORITY, PUSH_PROMISE, UNKNOWN -> throw new AssertionError(f);
        }
    }

    private Call call(Frame f) {
        Call c = calls.get(f.streamId);
        if (c == null) throw new AssertionError("frame on a stream that is not ours: " + f);
        return c;
    }

    private void onData(Frame f) {
        Call c = call(f);
        receiveWindow -= f.payload.length;
        c.receiveWindow -= f.payload.length;
        if (receiveWindow < 0) throw new AssertionError("connection window overstepped: " + f);
        // Between our SETTINGS and its ack the server may still go by the larger window.
        boolean isKnown = announcedInitial == ownInitial;
        if (c.receiveWindow < 0 && isKnown && f.payload.length > 0 && !c.isReset) {
            throw new AssertionError("stream window overstepped: " + f);
        }
        if (!c.hasHead || c.isRemoteEnded) throw new AssertionError("out of turn: " + f);
        if (f.isEndStream()) remoteEnd(c);
    }

    private void onHeaders(Frame f) {
        if (f.type == FrameType.HEADERS) {
            if (blockId != 0) throw new AssertionError("block within a block: " + f);
            blockId = f.streamId;
            isBlockEnd = f.isEndStream();
            block = new byte[0];
        }
        if (blockId != f.streamId) throw new AssertionError("fragment of another: " + f);
        int before = block.length;
        block = java.util.Arrays.copyOf(block, before + f.payload.length);
        System.arraycopy(f.payload, 0, block, before, f.payload.length);
        if ((f.flags & 4) == 0) return;
        blockId = 0;
        MemorySegment.copy(block, 0, scratch, ValueLayout.JAVA_BYTE, 0, block.length);
        List<String> fields = new ArrayList<>();
        HpackOutcome outcome =
                decoder.decode(scratch, 0, block.length, field -> fields.add(field.toString()));
        if (outcome != HpackOutcome.OK) throw new AssertionError("block not decoded: " + f);
        Call c = call(f);
        if (c.isRemoteEnded) throw new AssertionError("answered twice: " + f);
        String first = fields.getFirst();
        boolean isHead = first.startsWith(":status");
        if (isHead == c.hasHead) throw new AssertionError("head or trailers? " + fields);
        c.hasHead = true;
        if (isBlockEnd) remoteEnd(c);
    }

    private void remoteEnd(Call c) {
        c.isRemoteEnded = true;
        if (!c.isReset) completed++;
    }

    private void onSettings(Frame f, FrameBytes to) {
        if ((f.flags & 1) != 0) {
            long delta = announcedInitial - (long) ownInitial;
            for (Call c : calls.values()) c.receiveWindow += delta;
            ownInitial = announcedInitial;
            return;
        }
        for (int at = 0; at < f.payload.length; at += 6) {
            int value = f.intAt(at + 2);
            if (f.payload[at + 1] == 3) maxStreams = value;
            if (f.payload[at + 1] != 4) continue;
            long delta = value - peerInitial;
            for (Call c : calls.values()) c.sendWindow += delta;
            peerInitial = value;
        }
        to.settingsAck();
    }

    private boolean isServed(Call c) {
        return !c.isReset && c.id <= lastServed;
    }

    private int openCalls() {
        int n = 0;
        for (Call c : calls.values()) {
            if (!c.isOver()) n++;
        }
        return n;
    }

    int openedCalls() {
        return calls.size();
    }

    /** What is left unanswered; empty when every call was answered once or reset. */
    List<Integer> unanswered() {
        List<Integer> left = new ArrayList<>();
        for (Call c : calls.values()) {
            if (isServed(c) && !c.isRemoteEnded) left.add(c.id);
        }
        return left;
    }

    boolean hasMoreToSend() {
        for (Call c : calls.values()) {
            if (isServed(c) && !c.isLocalEnded) return true;
        }
        return false;
    }
}
