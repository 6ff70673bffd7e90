package io.gyrfalcon.traffic.config;

import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.retry.RetryThrottling;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a service says about how it wants to be called. Immutable; any thread.
 *
 * @param byMethod by full method names, such as {@code package.Service/Method}
 * @param byService by service names
 * @param forAll for all other methods
 * @param retryThrottling when nobody tries again
 * @param balancing policies by preference
 * @param healthCheckService the name under which health is asked for; null asks for none
 */
public record ServiceConfig(
        Map<String, MethodConfig> byMethod,
        Map<String, MethodConfig> byService,
        @Nullable MethodConfig forAll,
        @Nullable RetryThrottling retryThrottling,
        List<BalancingPolicy> balancing,
        @Nullable String healthCheckService) {
    /** One that says nothing. */
    public static final ServiceConfig EMPTY =
            new ServiceConfig(Map.of(), Map.of(), null, null, List.of(), null);

    private static final int MILLI = 1_000;

    /** Copies the maps and the list. */
    public ServiceConfig {
        byMethod = Map.copyOf(byMethod);
        byService = Map.copyOf(byService);
        balancing = List.copyOf(balancing);
    }

    /**
     * Reads JSON.
     *
     * @param json as a JSON parser gives it: maps, lists, texts, doubles, booleans
     * @param isRetryEnabled if not, policies of retries are not even looked at
     * @throws IllegalArgumentException with the place, what was found, and what was expected
     */
    public static ServiceConfig parse(
            Map<String, ?> json, boolean isRetryEnabled, TrafficLimits limits) {
        Fields fields = Fields.of(json);
        Names names = new Names(limits.methodNamesMax());
        for (Fields method : fields.objects("methodConfig", limits.methodNamesMax())) {
            MethodConfig config = MethodConfig.of(method, isRetryEnabled, limits);
            List<Fields> own = method.objects("name", limits.methodNamesMax());
            for (Fields name : own) names.add(name, config);
        }
        Fields health = fields.object("healthCheckConfig");
        return new ServiceConfig(
                names.byMethod,
                names.byService,
                names.forAll,
                isRetryEnabled ? throttling(fields.object("retryThrottling")) : null,
                balancing(fields, limits),
                health == null ? null : health.text("serviceName"));
    }

    /** What counts for a method: its own, its service's, or everybody's config, or null. */
    public @Nullable MethodConfig of(String fullMethodName) {
        MethodConfig own = byMethod.get(fullMethodName);
        if (own != null) return own;
        if (byService.isEmpty()) return forAll;
        int slash = fullMethodName.lastIndexOf('/');
        MethodConfig ofService =
                slash < 0 ? null : byService.get(fullMethodName.substring(0, slash));
        return ofService == null ? forAll : ofService;
    }

    private static @Nullable RetryThrottling throttling(@Nullable Fields fields) {
        if (fields == null) return null;
        return new RetryThrottling(tokens(fields, "maxTokens"), tokens(fields, "tokenRatio"));
    }

    /** Thousandths; gRFC A6: decimals beyond the third are ignored. */
    private static int tokens(Fields fields, String key) {
        double tokens = fields.required(key, fields.number(key));
        int max = RetryThrottling.MILLI_TOKENS_MAX / MILLI;
        // A ratio that is less than a thousandth would never open the throttle again.
        double milli = Math.floor(tokens * MILLI + 1e-6);
        if (milli >= 1 && tokens <= max) return (int) milli;
        throw fields.fault(key, "0.001.." + max);
    }

    private static List<BalancingPolicy> balancing(Fields fields, TrafficLimits limits) {
        List<BalancingPolicy> policies =
                BalancingPolicy.listOf(fields, "loadBalancingConfig", limits);
        String old = fields.text("loadBalancingPolicy");
        if (!policies.isEmpty() || old == null) return policies;
        return List.of(new BalancingPolicy(old.toLowerCase(Locale.ROOT), Map.of()));
    }

    /** The names of all method configs; owned by one call. */
    private static final class Names {
        final Map<String, MethodConfig> byMethod = new HashMap<>();
        final Map<String, MethodConfig> byService = new HashMap<>();
        final int max;
        @Nullable MethodConfig forAll;
        int count;

        Names(int max) {
            this.max = max;
        }

        void add(Fields name, MethodConfig config) {
            if (++count > max) throw Fields.tooMany(name.place(), count, max);
            String service = textOrEmpty(name, "service");
            String method = textOrEmpty(name, "method");
            if (service.isEmpty() && !method.isEmpty()) {
                throw name.fault("method", "a service beside it");
            }
            MethodConfig earlier;
            if (!method.isEmpty()) earlier = byMethod.put(service + "/" + method, config);
            else if (!service.isEmpty()) earlier = byService.put(service, config);
            else {
                earlier = forAll;
                forAll = config;
            }
            if (earlier == null) return;
            throw Fields.faultAt(name.place(), name.raw(), "a name that comes once");
        }

        private static String textOrEmpty(Fields name, String key) {
            String text = name.text(key);
            return text == null ? "" : text;
        }
    }
}
