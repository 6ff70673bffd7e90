package io.gyrfalcon.traffic.outlier;

/**
 * How calls to one endpoint ended since the last sweep. Immutable.
 *
 * @param successes calls that ended with OK
 * @param failures calls that ended otherwise
 * @param ejection what the last sweep said
 */
public record Observed(long successes, long failures, Ejection ejection) {
    /** Counts are not negative. */
    public Observed {
        if (successes < 0 || failures < 0) {
            throw new IllegalArgumentException(
                    "calls: " + successes + ", " + failures + " (expected: >= 0)");
        }
    }

    long calls() {
        return successes + failures;
    }

    double successRate() {
        return (double) successes / calls();
    }

    double failureRate() {
        return (double) failures / calls();
    }
}
