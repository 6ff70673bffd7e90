package io.gyrfalcon.traffic.config;

import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.balance.PickFirstSettings;
import io.gyrfalcon.traffic.balance.WeightSettings;
import io.gyrfalcon.traffic.outlier.OutlierSettings;
import io.gyrfalcon.traffic.outlier.OutlierSettings.FailurePercentage;
import io.gyrfalcon.traffic.outlier.OutlierSettings.SuccessRate;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/**
 * Reads the JSON of the policies that are ours: each method throws an {@link
 * IllegalArgumentException} that names the place, what was found, and what was expected. Stateless.
 */
public final class BalancingConfigs {
    private BalancingConfigs() {}

    /**
     * The config of {@code pick_first} (gRFC A62).
     *
     * @param json the policy's own
     * @param base for what the config does not speak of
     */
    public static PickFirstSettings pickFirst(Map<String, ?> json, PickFirstSettings base) {
        Boolean isShuffled = Fields.of(json).truth("shuffleAddressList");
        return isShuffled == null ? base : base.shuffled(isShuffled);
    }

    /**
     * The config of {@code weighted_round_robin} (gRFC A58), but for reports outside of calls.
     *
     * @param json the policy's own
     */
    public static WeightSettings weightedRoundRobin(Map<String, ?> json) {
        Fields fields = Fields.of(json);
        WeightSettings base = WeightSettings.standard();
        Double penalty = fields.number("errorUtilizationPenalty");
        if (penalty != null && !(penalty >= 0)) {
            throw fields.fault("errorUtilizationPenalty", "at least 0");
        }
        return new WeightSettings(
                time(fields, "blackoutPeriod", base.blackoutNanos()),
                time(fields, "weightExpirationPeriod", base.expiryNanos()),
                time(fields, "weightUpdatePeriod", base.updateNanos()),
                penalty == null ? base.errorPenalty() : penalty);
    }

    /**
     * The config of {@code outlier_detection} (gRFC A50).
     *
     * @param json the policy's own
     */
    public static OutlierSettings outlierDetection(Map<String, ?> json) {
        Fields fields = Fields.of(json);
        OutlierSettings base = OutlierSettings.standard();
        // The proposal's name, and the one that grpc-java reads.
        int percent = percent(fields, "maxEjectionPercent", base.maxEjectionPercent());
        return new OutlierSettings(
                time(fields, "interval", base.intervalNanos()),
                time(fields, "baseEjectionTime", base.baseEjectionNanos()),
                time(fields, "maxEjectionTime", base.maxEjectionNanos()),
                percent(fields, "maxEjectionPercentage", percent),
                successRate(fields.object("successRateEjection")),
                failurePercentage(fields.object("failurePercentageEjection")));
    }

    /**
     * The policies below one that watches them, by preference.
     *
     * @param json the upper policy's own
     */
    public static List<BalancingPolicy> children(Map<String, ?> json, TrafficLimits limits) {
        return BalancingPolicy.listOf(Fields.of(json), "childPolicy", limits);
    }

    private static @Nullable SuccessRate successRate(@Nullable Fields fields) {
        if (fields == null) return null;
        SuccessRate base = SuccessRate.STANDARD;
        return new SuccessRate(
                count(fields, "stdevFactor", base.stdevFactor()),
                percent(fields, "enforcementPercentage", base.enforcementPercent()),
                count(fields, "minimumHosts", base.hostsMin()),
                count(fields, "requestVolume", base.callsMin()));
    }

    private static @Nullable FailurePercentage failurePercentage(@Nullable Fields fields) {
        if (fields == null) return null;
        FailurePercentage base = FailurePercentage.STANDARD;
        return new FailurePercentage(
                percent(fields, "threshold", base.thresholdPercent()),
                percent(fields, "enforcementPercentage", base.enforcementPercent()),
                count(fields, "minimumHosts", base.hostsMin()),
                count(fields, "requestVolume", base.callsMin()));
    }

    private static long time(Fields fields, String key, long otherwise) {
        Long nanos = fields.duration(key);
        if (nanos == null) return otherwise;
        if (nanos < 0) throw fields.fault(key, "at least 0s");
        return nanos;
    }

    private static int percent(Fields fields, String key, int otherwise) {
        int percent = count(fields, key, otherwise);
        if (percent > 100) throw fields.fault(key, "0..100");
        return percent;
    }

    private static int count(Fields fields, String key, int otherwise) {
        Integer count = fields.integer(key);
        if (count == null) return otherwise;
        if (count < 0) throw fields.fault(key, "at least 0");
        return count;
    }
}
