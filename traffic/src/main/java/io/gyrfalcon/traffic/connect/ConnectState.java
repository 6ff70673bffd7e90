package io.gyrfalcon.traffic.connect;

import io.gyrfalcon.primitives.LoopOwned;

/**
 * Where the connection to one address stands. Loop-owned.
 *
 * <pre>
 *                CONNECT                CONNECTED
 *        IDLE ------------&gt; CONNECTING ------------&gt; READY
 *          ^                 |      ^                  |
 *          |          FAILED |      | BACKOFF_OVER     |
 *          |                 v      |                  |
 *          |            TRANSIENT_FAILURE              |
 *          +-------------------------------------------+
 *                              LOST
 *
 *   GO_IDLE leads from each of them to IDLE, SHUT_DOWN to SHUTDOWN, where nothing counts any more.
 * </pre>
 *
 * <p>gRPC's document on connectivity, as grpc-java's subchannels read it: a connection that ends,
 * for whatever reason, leaves IDLE behind, and the end of a back-off is the next attempt.
 */
@LoopOwned
public final class ConnectState {
    /** What moves it. */
    public enum Input {
        /** Somebody wants the connection. */
        CONNECT,
        /** The attempt succeeded, handshakes included. */
        CONNECTED,
        /** The attempt failed. */
        FAILED,
        /** The connection that was up takes no new calls: it ended or is about to. */
        LOST,
        /** The time to wait after a failure is over. */
        BACKOFF_OVER,
        /** Nobody needs the connection any more. */
        GO_IDLE,
        /** No more connections. */
        SHUT_DOWN
    }

    /** What the caller has to do. */
    public enum Outcome {
        /** The state is another one: tell whom it concerns. */
        MOVED,
        /** Nothing. */
        IGNORED,
        /** This cannot happen here: a fault of the caller. */
        FORBIDDEN
    }

    private static final Connectivity[] STATES = Connectivity.values();
    private static final Outcome[] OUTCOMES = Outcome.values();
    private static final int INPUTS = Input.values().length;

    /** Per state and input: the next state, or, negative, the outcome that leaves it alone. */
    private static final byte[] TABLE = table();

    private Connectivity state = Connectivity.IDLE;

    /** IDLE. */
    public ConnectState() {}

    private static byte[] table() {
        byte[] t = new byte[STATES.length * INPUTS];
        for (Connectivity from : STATES) {
            for (Input input : Input.values()) leave(t, from, input, Outcome.FORBIDDEN);
            leave(t, from, Input.CONNECT, Outcome.IGNORED);
            move(t, from, Input.GO_IDLE, Connectivity.IDLE);
            move(t, from, Input.SHUT_DOWN, Connectivity.SHUTDOWN);
        }
        move(t, Connectivity.IDLE, Input.CONNECT, Connectivity.CONNECTING);
        leave(t, Connectivity.IDLE, Input.GO_IDLE, Outcome.IGNORED);
        move(t, Connectivity.CONNECTING, Input.CONNECTED, Connectivity.READY);
        move(t, Connectivity.CONNECTING, Input.FAILED, Connectivity.TRANSIENT_FAILURE);
        move(t, Connectivity.READY, Input.LOST, Connectivity.IDLE);
        move(t, Connectivity.TRANSIENT_FAILURE, Input.BACKOFF_OVER, Connectivity.CONNECTING);
        // News of a connection may still be on their way when it is closed for good.
        for (Input input : Input.values()) {
            leave(t, Connectivity.SHUTDOWN, input, Outcome.IGNORED);
        }
        return t;
    }

    private static void move(byte[] t, Connectivity from, Input input, Connectivity to) {
        t[from.ordinal() * INPUTS + input.ordinal()] = (byte) to.ordinal();
    }

    private static void leave(byte[] t, Connectivity from, Input input, Outcome outcome) {
        t[from.ordinal() * INPUTS + input.ordinal()] = (byte) -outcome.ordinal();
    }

    /** Takes one input; the state moves only when the outcome is MOVED. */
    public Outcome on(Input input) {
        byte cell = TABLE[state.ordinal() * INPUTS + input.ordinal()];
        if (cell < 0) return OUTCOMES[-cell];
        state = STATES[cell];
        return Outcome.MOVED;
    }

    /** Where it stands. */
    public Connectivity state() {
        return state;
    }
}
