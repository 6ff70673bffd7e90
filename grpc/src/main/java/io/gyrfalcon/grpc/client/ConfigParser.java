package io.gyrfalcon.grpc.client;

import io.grpc.NameResolver.ConfigOrError;
import io.grpc.NameResolver.ServiceConfigParser;
import io.grpc.Status;
import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.config.ServiceConfig;

import java.util.Map;

/** Reads service configs for one channel. Immutable; any thread. */
public final class ConfigParser extends ServiceConfigParser {
    private final boolean isRetrying;
    private final TrafficLimits limits;
    private final String policy;

    /**
     * A parser.
     *
     * @param isRetrying whether policies of retries are looked at
     * @param retriesMax attempts of a call that a config may ask for, 1 or more
     * @param hedgesMax the same of a call whose attempts overlap
     * @param policy the balancing policy where a config names none
     */
    public ConfigParser(boolean isRetrying, int retriesMax, int hedgesMax, String policy) {
        this.isRetrying = isRetrying;
        limits = TrafficLimits.standard().withAttempts(retriesMax, hedgesMax);
        this.policy = policy;
    }

    /** A config that says nothing. */
    public Configuration empty() {
        return new Configuration(ServiceConfig.EMPTY, Balancing.of(ServiceConfig.EMPTY, policy));
    }

    /**
     * Reads the JSON of a config.
     *
     * @throws IllegalArgumentException with the place, what was found, and what was expected
     */
    public Configuration parse(Map<String, ?> json) {
        ServiceConfig config = ServiceConfig.parse(json, isRetrying, limits);
        return new Configuration(config, Balancing.of(config, policy));
    }

    /** The {@link Configuration}, or a status that says what is wrong. */
    @Override
    public ConfigOrError parseServiceConfig(Map<String, ?> rawServiceConfig) {
        try {
            return ConfigOrError.fromConfig(parse(rawServiceConfig));
        } catch (RuntimeException bad) {
            return ConfigOrError.fromError(
                    Status.UNKNOWN
                            .withDescription("failed to parse service config: " + bad.getMessage())
                            .withCause(bad));
        }
    }
}
