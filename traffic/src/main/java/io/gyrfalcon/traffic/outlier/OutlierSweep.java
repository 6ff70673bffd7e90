package io.gyrfalcon.traffic.outlier;

import io.gyrfalcon.traffic.outlier.OutlierSettings.FailurePercentage;
import io.gyrfalcon.traffic.outlier.OutlierSettings.SuccessRate;

import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * One look at all endpoints: who is ejected, who gets calls again. Owned by one call.
 *
 * <p>gRFC A50, in its order: by success rate, by failure percentage, then back into service. With
 * the share of ejected endpoints below the most allowed, one more is ejected, so that at least one
 * can be.
 */
public final class OutlierSweep {
    /** Endpoints that fare alike are no outliers because their mean is rounded up. */
    private static final double ROUNDING = 1e-9;

    private final List<Observed> endpoints;
    private final Ejection[] ejections;
    private final OutlierSettings settings;
    private final RandomGenerator random;
    private final long nowNanos;
    private int ejected;

    private OutlierSweep(
            List<Observed> endpoints,
            OutlierSettings settings,
            RandomGenerator random,
            long nowNanos) {
        this.endpoints = endpoints;
        this.settings = settings;
        this.random = random;
        this.nowNanos = nowNanos;
        ejections = endpoints.stream().map(Observed::ejection).toArray(Ejection[]::new);
        for (Ejection ejection : ejections) ejected += ejection.isEjected() ? 1 : 0;
    }

    /**
     * Looks.
     *
     * @return in the order of the endpoints
     */
    public static List<Ejection> of(
            List<Observed> endpoints,
            OutlierSettings settings,
            RandomGenerator random,
            long nowNanos) {
        OutlierSweep sweep = new OutlierSweep(endpoints, settings, random, nowNanos);
        if (settings.successRate() != null) sweep.bySuccessRate(settings.successRate());
        if (settings.failurePercentage() != null) {
            sweep.byFailurePercentage(settings.failurePercentage());
        }
        return sweep.ended();
    }

    private void bySuccessRate(SuccessRate by) {
        double[] rates =
                endpoints.stream()
                        .filter(endpoint -> isCounted(endpoint, by.callsMin()))
                        .mapToDouble(Observed::successRate)
                        .toArray();
        if (rates.length < by.hostsMin()) return;
        double sum = 0;
        for (double rate : rates) sum += rate;
        double mean = sum / rates.length;
        double squares = 0;
        for (double rate : rates) squares += (rate - mean) * (rate - mean);
        double stdev = Math.sqrt(squares / rates.length);
        double required = mean - stdev * by.stdevFactor() / 1_000 - ROUNDING;
        eject(by.callsMin(), by.enforcementPercent(), one -> one.successRate() < required);
    }

    private void byFailurePercentage(FailurePercentage by) {
        long counted =
                endpoints.stream().filter(endpoint -> isCounted(endpoint, by.callsMin())).count();
        if (counted < by.hostsMin()) return;
        double most = by.thresholdPercent() / 100.0;
        eject(by.callsMin(), by.enforcementPercent(), one -> one.failureRate() > most);
    }

    private void eject(int callsMin, int enforcementPercent, Predicate<Observed> isOutlier) {
        for (int i = 0; i < ejections.length; i++) {
            if (100L * ejected >= (long) settings.maxEjectionPercent() * ejections.length) return;
            Observed endpoint = endpoints.get(i);
            if (!isCounted(endpoint, callsMin)) continue;
            if (!isOutlier.test(endpoint)) continue;
            if (random.nextInt(100) >= enforcementPercent) continue;
            if (!ejections[i].isEjected()) ejected++;
            ejections[i] = ejections[i].ejected(nowNanos);
        }
    }

    private List<Ejection> ended() {
        for (int i = 0; i < ejections.length; i++) {
            ejections[i] = ejections[i].afterSweep(settings, nowNanos);
        }
        return List.of(ejections);
    }

    /** One without calls has no rate. */
    private static boolean isCounted(Observed endpoint, int callsMin) {
        return endpoint.calls() > 0 && endpoint.calls() >= callsMin;
    }
}
