package io.gyrfalcon.http2.stream;

/**
 * Where one stream stands. Loop-owned.
 *
 * <pre>
 *               RECV_HEADERS, SEND_HEADERS
 *                IDLE ----------------&gt; OPEN
 *                              RECV_END /  \ SEND_END
 *                 HALF_CLOSED_REMOTE &lt;--    --&gt; HALF_CLOSED_LOCAL
 *                              SEND_END \  / RECV_END
 *                                      CLOSED
 *
 *   from OPEN and both halves:  SEND_RST -&gt; RESET_LOCAL    RECV_RST -&gt; RESET_REMOTE
 * </pre>
 *
 * RFC 9113 §5.1 without push; both sides. CLOSED is kept apart from the two resets, because what
 * may still arrive differs.
 */
public final class StreamState {
    /** The states. */
    public enum State {
        IDLE,
        OPEN,
        HALF_CLOSED_REMOTE,
        HALF_CLOSED_LOCAL,
        CLOSED,
        RESET_LOCAL,
        RESET_REMOTE
    }

    /** What moves them. END is the END_STREAM flag, after the frame that carried it. */
    public enum Input {
        RECV_HEADERS,
        RECV_DATA,
        RECV_END,
        RECV_RST,
        RECV_WINDOW_UPDATE,
        RECV_PRIORITY,
        SEND_HEADERS,
        SEND_DATA,
        SEND_END,
        SEND_RST
    }

    /** What the caller has to do. */
    public enum Outcome {
        /** Go on. */
        OK,
        /** Drop the frame, keep HPACK and flow control in step. */
        IGNORE,
        /** The stream is closed for this frame: stream error STREAM_CLOSED. */
        STREAM_ERROR,
        /** The stream is closed for good: connection error STREAM_CLOSED. */
        CLOSED_ERROR,
        /** The stream does not exist yet: connection error PROTOCOL_ERROR. */
        IDLE_ERROR,
        /** We may not send this. */
        FORBIDDEN
    }

    private static final State[] STATES = State.values();
    private static final Outcome[] OUTCOMES = Outcome.values();
    private static final int INPUTS = Input.values().length;

    /** Per state and input: the next state, or, negative, the outcome that leaves it alone. */
    private static final byte[] TABLE = table();

    private State state = State.IDLE;

    private static byte[] table() {
        byte[] t = new byte[STATES.length * INPUTS];
        for (State s : STATES) {
            for (Input i : Input.values()) put(t, s, i, defaultOutcome(s, i));
        }
        allow(t, State.IDLE, Input.RECV_HEADERS, State.OPEN);
        allow(t, State.IDLE, Input.SEND_HEADERS, State.OPEN);
        allow(t, State.IDLE, Input.RECV_PRIORITY, State.IDLE);

        stay(t, State.OPEN, Input.RECV_HEADERS, Input.RECV_DATA);
        stay(t, State.OPEN, Input.RECV_WINDOW_UPDATE, Input.RECV_PRIORITY);
        stay(t, State.OPEN, Input.SEND_HEADERS, Input.SEND_DATA);
        allow(t, State.OPEN, Input.RECV_END, State.HALF_CLOSED_REMOTE);
        allow(t, State.OPEN, Input.SEND_END, State.HALF_CLOSED_LOCAL);
        allow(t, State.OPEN, Input.RECV_RST, State.RESET_REMOTE);
        allow(t, State.OPEN, Input.SEND_RST, State.RESET_LOCAL);

        stay(t, State.HALF_CLOSED_REMOTE, Input.RECV_WINDOW_UPDATE, Input.RECV_PRIORITY);
        stay(t, State.HALF_CLOSED_REMOTE, Input.SEND_HEADERS, Input.SEND_DATA);
        allow(t, State.HALF_CLOSED_REMOTE, Input.SEND_END, State.CLOSED);
        allow(t, State.HALF_CLOSED_REMOTE, Input.RECV_RST, State.RESET_REMOTE);
        allow(t, State.HALF_CLOSED_REMOTE, Input.SEND_RST, State.RESET_LOCAL);

        stay(t, State.HALF_CLOSED_LOCAL, Input.RECV_HEADERS, Input.RECV_DATA);
        stay(t, State.HALF_CLOSED_LOCAL, Input.RECV_WINDOW_UPDATE, Input.RECV_PRIORITY);
        allow(t, State.HALF_CLOSED_LOCAL, Input.RECV_END, State.CLOSED);
        allow(t, State.HALF_CLOSED_LOCAL, Input.RECV_RST, State.RESET_REMOTE);
        allow(t, State.HALF_CLOSED_LOCAL, Input.SEND_RST, State.RESET_LOCAL);

        // A RST_STREAM, WINDOW_UPDATE or PRIORITY may cross our END_STREAM or reset on its way.
        ignore(t, State.CLOSED);
        ignore(t, State.RESET_REMOTE);
        ignore(t, State.RESET_LOCAL);
        put(t, State.RESET_LOCAL, Input.RECV_HEADERS, Outcome.IGNORE);
        put(t, State.RESET_LOCAL, Input.RECV_DATA, Outcome.IGNORE);
        put(t, State.RESET_LOCAL, Input.RECV_END, Outcome.IGNORE);
        return t;
    }

    private static Outcome defaultOutcome(State s, Input i) {
        if (i.compareTo(Input.SEND_HEADERS) >= 0) return Outcome.FORBIDDEN;
        if (s == State.IDLE) return Outcome.IDLE_ERROR;
        return s == State.CLOSED ? Outcome.CLOSED_ERROR : Outcome.STREAM_ERROR;
    }

    private static void allow(byte[] t, State from, Input i, State to) {
        t[from.ordinal() * INPUTS + i.ordinal()] = (byte) to.ordinal();
    }

    private static void stay(byte[] t, State s, Input a, Input b) {
        allow(t, s, a, s);
        allow(t, s, b, s);
    }

    private static void ignore(byte[] t, State s) {
        put(t, s, Input.RECV_RST, Outcome.IGNORE);
        put(t, s, Input.RECV_WINDOW_UPDATE, Outcome.IGNORE);
        put(t, s, Input.RECV_PRIORITY, Outcome.IGNORE);
    }

    private static void put(byte[] t, State s, Input i, Outcome o) {
        t[s.ordinal() * INPUTS + i.ordinal()] = (byte) -o.ordinal();
    }

    /** Takes one input; the state moves only when the outcome is OK. */
    public Outcome on(Input input) {
        byte cell = TABLE[state.ordinal() * INPUTS + input.ordinal()];
        if (cell < 0) return OUTCOMES[-cell];
        state = STATES[cell];
        return Outcome.OK;
    }

    /** What {@code input} would mean for a stream in {@code state} that is no longer kept. */
    public static Outcome absent(State state, Input input) {
        byte cell = TABLE[state.ordinal() * INPUTS + input.ordinal()];
        return cell < 0 ? OUTCOMES[-cell] : Outcome.OK;
    }

    public State state() {
        return state;
    }

    /** Back to IDLE, for the next stream. */
    public void recycle() {
        state = State.IDLE;
    }

    /** Whether we may still send. */
    public boolean isLocalOpen() {
        return state == State.OPEN || state == State.HALF_CLOSED_REMOTE;
    }

    /** Whether the peer may still send. */
    public boolean isRemoteOpen() {
        return state == State.OPEN || state == State.HALF_CLOSED_LOCAL;
    }

    /** Whether nothing can happen any more. */
    public boolean isClosed() {
        return state.compareTo(State.CLOSED) >= 0;
    }
}
