package io.gyrfalcon.http2.stream;

import io.gyrfalcon.http2.stream.StreamState.State;
import io.gyrfalcon.primitives.LoopOwned;

/** Which streams there have been. Loop-owned. Remembers how the last {@value #REMEMBERED} ended. */
@LoopOwned
public final class StreamIds {
    /*
     * RFC 9113 §5.1 asks for different answers to a late frame, by how its stream ended, and allows
     * to forget after a while. A stream that is no longer remembered is taken for one that we
     * reset: its DATA is dropped, for it may well be honest, while HEADERS can only be wrong.
     */
    private static final int REMEMBERED = 64;
    private static final int[] NONE = {};

    private int last;
    private int[] ended = NONE;
    private int next;

    /** How many of those that we reset are forgotten, and were not reset by the peer since. */
    private int forgottenResets;

    /** The highest identifier the peer has used. */
    public int last() {
        return last;
    }

    /** The peer opens {@code id}, higher than any before. */
    public void open(int id) {
        assert id > last : id;
        last = id;
    }

    /** Remembers how a stream ended. */
    public void ended(int id, State state) {
        if (ended.length == 0) ended = new int[2 * REMEMBERED];
        if (ended[next] != 0 && ended[next + 1] == State.RESET_LOCAL.ordinal()) forgottenResets++;
        ended[next] = id;
        ended[next + 1] = state.ordinal();
        next = (next + 2) & (2 * REMEMBERED - 1);
    }

    /** The state of a stream that is not open. */
    public State stateOf(int id) {
        if (id > last) return State.IDLE;
        for (int i = 0; i < ended.length; i += 2) {
            if (ended[i] != id) continue;
            if (ended[i + 1] == State.CLOSED.ordinal()) return State.CLOSED;
            if (ended[i + 1] == State.RESET_REMOTE.ordinal()) return State.RESET_REMOTE;
            return State.RESET_LOCAL;
        }
        return State.RESET_LOCAL;
    }

    /**
     * The peer resets {@code id}, which is not open.
     *
     * @return whether we had reset it and the peer had not: the two may have crossed. Of streams
     *     that are forgotten as many resets are as good
     */
    public boolean takeReset(int id) {
        for (int i = 0; i < ended.length; i += 2) {
            if (ended[i] != id) continue;
            if (ended[i + 1] != State.RESET_LOCAL.ordinal()) return false;
            ended[i + 1] = State.RESET_REMOTE.ordinal();
            return true;
        }
        if (forgottenResets == 0) return false;
        forgottenResets--;
        return true;
    }

    /** Whether {@code id}, which is not open, is among the remembered ones. */
    public boolean isRemembered(int id) {
        for (int i = 0; i < ended.length; i += 2) {
            if (ended[i] == id) return true;
        }
        return false;
    }
}
