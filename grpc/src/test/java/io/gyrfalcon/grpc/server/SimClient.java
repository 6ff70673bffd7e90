package io.gyrfalcon.grpc.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gyrfalcon.eventloop.fake.FakeClient;
import io.gyrfalcon.http2.sim.Frame;
import io.gyrfalcon.transport.fixtures.Link;
import io.gyrfalcon.transport.fixtures.RawClient;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * An honest client of changing mood: keeps its own account of every window, and of what each call
 * is to be answered. One thread.
 */
final class SimClient {
    private static final int INITIAL = 65_535;
    private static final int FRAME_BYTES_MAX = 16_384;

    /** One call as the client sees it. */
    static final class Call {
        final int id;
        final Plan plan;
        final boolean hasTimeout;
        private final byte[] toSend;
        private int sent;
        private long sendWindow;
        private long receiveWindow;
        private final ByteArrayOutputStream data = new ByteArrayOutputStream();
        private int responses;
        private boolean hasHead;
        boolean isLocalEnded;
        boolean isAnswered;
        boolean isReset;
        int resetCode = -1;
        int status = -1;

        Call(int id, Plan plan, boolean hasTimeout) {
            this.id = id;
            this.plan = plan;
            this.hasTimeout = hasTimeout;
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            for (int i = 0; i < plan.requests(); i++) {
                all.writeBytes(RawClient.prefixed(plan.request(i).getBytes(UTF_8)));
            }
            toSend = all.toByteArray();
        }

        @Override
        public String toString() {
            return "call "
                    + id
                    + " sent "
                    + sent
                    + " of "
                    + toSend.length
                    + ", windows "
                    + sendWindow
                    + " and "
                    + receiveWindow
                    + (isLocalEnded ? ", ended" : "");
        }

        boolean isOver() {
            return isAnswered || isReset || resetCode >= 0;
        }
    }

    final FakeClient wire;
    final Map<Integer, Call> calls = new TreeMap<>();
    private final RawClient raw;
    private final Random random;
    private int nextId = 1;
    private long sendWindow = INITIAL;
    private long receiveWindow = INITIAL;
    private int peerInitial = INITIAL;
    private final int ownInitial;
    boolean isDropped;

    SimClient(FakeClient wire, Link link, Random random) {
        this.wire = wire;
        this.random = random;
        ownInitial = random.nextInt(3) == 0 ? random.nextInt(2_000) : INITIAL;
        raw = new RawClient(link);
        raw.out().preface().settings(4, ownInitial);
        raw.flush();
    }

    boolean isLost() {
        return isDropped || wire.isReset() || wire.isEnded();
    }

    /** Whether the network has ended its output, and so the server the connection. */
    boolean isHalfClosed() {
        return !isDropped && !wire.isReset() && wire.isEnded();
    }

    /** Something, as the mood has it. */
    void act() {
        if (isLost()) return;
        read();
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> open();
            case 3, 4, 5 -> sendSome(false);
            case 6 -> resetOne();
            case 7 -> raw.out().ping(random.nextLong(), false);
            default -> credit(false);
        }
        raw.flush();
    }

    /** What is left to do, until all calls are over. */
    void finish() {
        if (isLost()) return;
        read();
        credit(true);
        sendSome(true);
        raw.flush();
    }

    private void open() {
        long open = calls.values().stream().filter(call -> !call.isOver()).count();
        if (open >= 8 || calls.size() >= 12) return;
        boolean hasTimeout = random.nextInt(10) == 0;
        Plan plan = Plan.of(random.nextLong() >>> 40);
        Call call = new Call(nextId, plan, hasTimeout);
        nextId += 2;
        call.sendWindow = peerInitial;
        call.receiveWindow = ownInitial;
        calls.put(call.id, call);
        boolean isEnd = plan.requests() == 0 && random.nextBoolean();
        String[] more =
                hasTimeout
                        ? new String[] {
                            "plan", "" + plan.seed(), "grpc-timeout", random.nextInt(20) + "m"
                        }
                        : new String[] {"plan", "" + plan.seed()};
        raw.request(call.id, "/" + plan.path(), isEnd, more);
        call.isLocalEnded = isEnd;
        if (random.nextBoolean()) send(call);
    }

    private void sendSome(boolean all) {
        for (Call call : calls.values()) {
            if (all || random.nextInt(3) > 0) send(call);
        }
    }

    private void send(Call call) {
        if (call.isLocalEnded || call.isOver()) return;
        long room = Math.min(sendWindow, call.sendWindow);
        int left = call.toSend.length - call.sent;
        int most = (int) Math.min(Math.min(room, FRAME_BYTES_MAX), left);
        if (most <= 0 && left > 0) return;
        int n = random.nextInt(3) == 0 && most > 0 ? 1 + random.nextInt(most) : most;
        boolean isAll = n == left;
        boolean isEnd = isAll && random.nextInt(3) > 0;
        byte[] piece = Arrays.copyOfRange(call.toSend, call.sent, call.sent + n);
        if (n > 0 || isEnd) raw.data(call.id, isEnd, piece);
        call.sent += n;
        call.sendWindow -= n;
        sendWindow -= n;
        call.isLocalEnded = isEnd;
        if (!isAll || isEnd) return;
        if (random.nextBoolean()) {
            raw.headers(call.id, true, "some", "trailer");
        } else {
            raw.data(call.id, true, new byte[0]);
        }
        call.isLocalEnded = true;
    }

    private void resetOne() {
        for (Call call : calls.values()) {
            if (call.isOver() || random.nextInt(8) > 0) continue;
            call.isReset = true;
            raw.out().rst(call.id, 8);
            return;
        }
    }

    /** Room for the server to send. */
    private void credit(boolean all) {
        if (receiveWindow < INITIAL && (all || random.nextBoolean())) {
            int n = 1 + random.nextInt(INITIAL);
            raw.out().windowUpdate(0, n);
            receiveWindow += n;
        }
        for (Call call : calls.values()) {
            if (call.isOver() || call.receiveWindow > INITIAL) continue;
            if (!all && random.nextInt(3) > 0) continue;
            int n = 1 + random.nextInt(all ? INITIAL : 5_000);
            raw.out().windowUpdate(call.id, n);
            call.receiveWindow += n;
        }
    }

    @Override
    public String toString() {
        return "windows " + sendWindow + " and " + receiveWindow + " of " + peerInitial;
    }

    void drop() {
        isDropped = true;
        if (random.nextBoolean()) {
            wire.reset();
        } else {
            wire.halfClose();
        }
    }

    void read() {
        for (Frame frame : raw.frames()) onFrame(frame);
    }

    private void onFrame(Frame frame) {
        switch (frame.type()) {
            case DATA -> onData(frame);
            case HEADERS -> onHeaders(frame);
            case RST_STREAM -> call(frame).resetCode = frame.intAt(0);
            case SETTINGS -> onSettings(frame);
            case PING -> {
                if ((frame.flags() & 1) == 0) raw.out().ping(frame.longAt(0), true);
            }
            case WINDOW_UPDATE -> {
                if (frame.streamId() == 0) sendWindow += frame.intAt(0);
                else call(frame).sendWindow += frame.intAt(0);
            }
            case GOAWAY -> throw new AssertionError("the client was honest: " + frame);
            case PRIORITY, PUSH_PROMISE, CONTINUATION, UNKNOWN -> throw new AssertionError(frame);
        }
    }

    private Call call(Frame frame) {
        Call call = calls.get(frame.streamId());
        if (call == null) throw new AssertionError("frame on a stream that is not ours: " + frame);
        return call;
    }

    private void onSettings(Frame frame) {
        if ((frame.flags() & 1) != 0) return;
        for (int at = 0; at < frame.payload().length; at += 6) {
            if (frame.payload()[at + 1] != 4) continue;
            int delta = frame.intAt(at + 2) - peerInitial;
            peerInitial += delta;
            for (Call call : calls.values()) call.sendWindow += delta;
        }
        raw.out().settingsAck();
    }

    private void onHeaders(Frame frame) {
        List<String> fields = raw.decoded(frame);
        Call call = call(frame);
        require(!call.isAnswered, call, "answered twice");
        if (!call.hasHead) require(fields.contains(":status: 200"), call, "head " + fields);
        call.hasHead = true;
        if (!frame.isEndStream()) return;
        for (String field : fields) {
            if (field.startsWith("grpc-status: "))
                call.status = Integer.parseInt(field.substring(13));
        }
        call.isAnswered = true;
    }

    private void onData(Frame frame) {
        Call call = call(frame);
        int n = frame.payload().length;
        receiveWindow -= n;
        call.receiveWindow -= n;
        require(receiveWindow >= 0, call, "connection window overstepped");
        require(call.receiveWindow >= 0, call, "stream window overstepped");
        require(call.hasHead && !call.isAnswered, call, "data out of turn");
        require(!frame.isEndStream(), call, "an answer without trailers");
        call.data.writeBytes(frame.payload());
        ByteBuffer bytes = ByteBuffer.wrap(call.data.toByteArray());
        while (bytes.remaining() >= 5) {
            int length = bytes.getInt(bytes.position() + 1);
            if (bytes.remaining() < 5 + length) break;
            byte[] message = new byte[length];
            bytes.position(bytes.position() + 5);
            bytes.get(message);
            String expected = call.plan.response(call.responses);
            require(new String(message, UTF_8).equals(expected), call, "response");
            call.responses++;
        }
        byte[] rest = new byte[bytes.remaining()];
        bytes.get(rest);
        call.data.reset();
        call.data.writeBytes(rest);
    }

    private static void require(boolean condition, Call call, String what) {
        if (!condition) throw new AssertionError(what + " on " + call.id + ", " + call.plan);
    }

    /** Whether all calls were answered as they should; throws where one was answered otherwise. */
    boolean isDone() {
        if (isLost()) return true;
        for (Call call : calls.values()) {
            if (!call.isOver()) return false;
        }
        return true;
    }

    /** Calls that are not over. */
    List<Call> unanswered() {
        List<Call> left = new ArrayList<>();
        for (Call call : calls.values()) if (!call.isOver()) left.add(call);
        return left;
    }

    /** Checks a call that is over against its plan. */
    void check(Call call, boolean mayBeRefused) {
        if (call.isAnswered) {
            require(call.status == call.plan.status(), call, "status " + call.status);
            boolean isWhole = call.plan.status() == 0;
            boolean isRight = call.responses == call.plan.responseCount();
            require(!isWhole || isRight, call, "responses " + call.responses);
            require(call.data.size() == 0, call, "a part of a message");
        } else if (!call.isReset && call.resetCode >= 0) {
            boolean isTimeout = call.hasTimeout && call.resetCode == 8;
            require(
                    isTimeout || mayBeRefused && call.resetCode == 2,
                    call,
                    "reset " + call.resetCode);
        }
    }
}
