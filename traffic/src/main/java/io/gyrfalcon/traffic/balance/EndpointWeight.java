package io.gyrfalcon.traffic.balance;

import io.gyrfalcon.primitives.LoopOwned;

/**
 * What share of calls one endpoint takes, by the load that it reports: gRFC A58. Loop-owned.
 *
 * <p>0 means that nothing is known, or not for long enough, or not lately enough.
 */
@LoopOwned
public final class EndpointWeight {
    private double weight;
    private boolean isKnown;
    private long knownSinceNanos;
    private long updatedNanos;

    /** Nothing is known. */
    public EndpointWeight() {}

    /**
     * The endpoint reported its load.
     *
     * @param callsPerSecond what it serves
     * @param errorsPerSecond how many of these fail
     * @param utilization the part of its strength that it needs for them; may exceed 1
     */
    public void onReport(
            double callsPerSecond,
            double errorsPerSecond,
            double utilization,
            WeightSettings settings,
            long nowNanos) {
        if (!(utilization > 0 && callsPerSecond > 0 && errorsPerSecond >= 0)) return;
        double penalty = errorsPerSecond / callsPerSecond * settings.errorPenalty();
        double next = callsPerSecond / (utilization + penalty);
        if (!(next > 0) || Double.isInfinite(next)) return;
        if (!isKnown) {
            isKnown = true;
            knownSinceNanos = nowNanos;
        }
        weight = next;
        updatedNanos = nowNanos;
    }

    /** The endpoint is connected to anew: what it reports counts after the blackout. */
    public void onReady() {
        isKnown = false;
    }

    /** The weight, or 0. */
    public double at(WeightSettings settings, long nowNanos) {
        if (!isKnown) return 0;
        if (nowNanos - updatedNanos >= settings.expiryNanos()) {
            isKnown = false;
            return 0;
        }
        return nowNanos - knownSinceNanos < settings.blackoutNanos() ? 0 : weight;
    }
}
