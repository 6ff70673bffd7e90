package io.gyrfalcon.eventloop;

import org.jspecify.annotations.Nullable;

/**
 * Which loop gives a connection to which, and which connection, as far as their loads tell.
 * Stateless; see {@link Balance} for what a load is, a share is a connection's part of it.
 */
final class Imbalance {
    /*
     * Hysteresis
     *
     * Nothing happens below a difference of DIFFERENCE_MIN. Above, a connection is fit to go if its
     * share is at most 7 tenths of the difference. What is left of the difference then is at most
     * 6 tenths of what it was, on the one side; or, on the other, at most 4 tenths, which is 4
     * sevenths of the share: for the connection to be fit to come back, that would have to grow to
     * 10 sevenths of it.
     *
     * Near memory
     *
     * What a connection holds lies on the node of the loops that it has been on. Loops of one node
     * balance among themselves; one of another node is given to only where that does not help, and
     * for twice the difference.
     */
    static final int NONE = -1;

    /** The load of a loop of which nothing is known at present: it neither gives nor takes. */
    static final int UNKNOWN = -1;

    private static final int DIFFERENCE_MIN = 200;
    private static final int FAR_DIFFERENCE_MIN = 2 * DIFFERENCE_MIN;
    private static final int SHARE_MIN = 10;
    private static final int FIT_TENTHS_MAX = 7;

    private Imbalance() {}

    /**
     * The loop that {@code giver} should give to, or {@link #NONE}: the one with the least load, if
     * giver has the most and the difference is worth it. The first of equals.
     *
     * @param nodes whose memory is near to each loop
     */
    static int taker(int[] loads, int[] nodes, int giver) {
        int near = taker(loads, nodes, giver, DIFFERENCE_MIN);
        return near == NONE ? taker(loads, null, giver, FAR_DIFFERENCE_MIN) : near;
    }

    /** Among the loops of the giver's node only, or among all. */
    private static int taker(int[] loads, int @Nullable [] nodes, int giver, int differenceMin) {
        int least = giver;
        for (int i = 0; i < loads.length; i++) {
            if (nodes != null && nodes[i] != nodes[giver]) continue;
            if (loads[i] > loads[giver]) return NONE;
            if (loads[i] == loads[giver] && i < giver) return NONE;
            if (loads[i] != UNKNOWN && loads[i] < loads[least]) least = i;
        }
        return loads[giver] - loads[least] >= differenceMin ? least : NONE;
    }

    /** Whether giving a connection of this share away makes things better, and for long. */
    static boolean isFit(int difference, int share) {
        return share >= SHARE_MIN && 10L * share <= (long) FIT_TENTHS_MAX * difference;
    }

    /** Whether this share leaves a smaller difference than the other. */
    static boolean isBetter(int difference, int share, int other) {
        return Math.abs(difference - 2L * share) < Math.abs(difference - 2L * other);
    }
}
