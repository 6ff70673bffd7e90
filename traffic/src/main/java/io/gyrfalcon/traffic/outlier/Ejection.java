package io.gyrfalcon.traffic.outlier;

import io.gyrfalcon.traffic.WakeUp;

/**
 * Whether an endpoint gets calls, and how often it did not lately. Immutable.
 *
 * @param isEjected whether it gets none
 * @param sinceNanos since when, if it gets none
 * @param multiplier how many base times an ejection lasts
 */
public record Ejection(boolean isEjected, long sinceNanos, int multiplier) {
    /** Who is ejected was so at least once. */
    public Ejection {
        int min = isEjected ? 1 : 0;
        if (multiplier < min) {
            throw new IllegalArgumentException(
                    "multiplier: " + multiplier + " (expected: >= " + min + ")");
        }
    }

    /** An endpoint that was never ejected. */
    public static final Ejection NONE = new Ejection(false, 0, 0);

    /** The endpoint is found to be an outlier. */
    Ejection ejected(long nowNanos) {
        return new Ejection(true, nowNanos, multiplier + 1);
    }

    /** A sweep is over: a good endpoint is forgiven bit by bit, an ejected one when its time is. */
    Ejection afterSweep(OutlierSettings settings, long nowNanos) {
        if (!isEjected) return multiplier == 0 ? this : new Ejection(false, 0, multiplier - 1);
        long base = settings.baseEjectionNanos();
        long longest = Math.max(base, settings.maxEjectionNanos());
        long nanos = base > longest / multiplier ? longest : base * multiplier;
        long endNanos = WakeUp.after(sinceNanos, nanos);
        return nowNanos - endNanos > 0 ? new Ejection(false, 0, multiplier) : this;
    }
}
