package io.gyrfalcon.traffic.config;

import io.gyrfalcon.traffic.TrafficLimits;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Which service config of those in a name's text records counts for this client: gRFC A2.
 * Immutable.
 *
 * @param config the JSON of the first that matches, or null
 * @param fault why none can be chosen, or null; then there is no config
 */
public record ConfigChoice(@Nullable Map<String, ?> config, @Nullable String fault) {
    /** What is put before a host name to look for its text records. */
    public static final String NAME_PREFIX = "_grpc_config.";

    private static final String RECORD_PREFIX = "grpc_config=";
    private static final String LANGUAGE = "java";
    private static final List<String> FIELDS =
            List.of("clientLanguage", "percentage", "clientHostname", "serviceConfig");

    /**
     * Chooses.
     *
     * @param records each with its strings joined; others than service configs are ignored
     * @param hostname of this client
     */
    public static ConfigChoice of(
            List<String> records, RandomGenerator random, String hostname, TrafficLimits limits) {
        try {
            for (Fields choice : choices(records, limits)) {
                Map<String, ?> config = matching(choice, random, hostname);
                if (config != null) return new ConfigChoice(config, null);
            }
            return new ConfigChoice(null, null);
        } catch (IllegalArgumentException e) {
            return new ConfigChoice(null, "service config in DNS: " + e.getMessage());
        }
    }

    private static List<Fields> choices(List<String> records, TrafficLimits limits) {
        List<Fields> choices = new ArrayList<>();
        for (String record : records) {
            if (!record.startsWith(RECORD_PREFIX)) continue;
            Object list = Json.parse(record.substring(RECORD_PREFIX.length()), limits);
            int max = limits.choicesMax() - choices.size();
            choices.addAll(Fields.objects("grpc_config", list, max));
        }
        return choices;
    }

    private static @Nullable Map<String, ?> matching(
            Fields choice, RandomGenerator random, String hostname) {
        for (String name : choice.names()) {
            if (!FIELDS.contains(name)) throw choice.fault(name, name, "one of " + FIELDS);
        }
        List<String> languages = choice.texts("clientLanguage");
        if (!languages.isEmpty() && languages.stream().noneMatch(LANGUAGE::equalsIgnoreCase)) {
            return null;
        }
        Integer percentage = choice.integer("percentage");
        if (percentage != null) {
            if (percentage < 0 || percentage > 100) throw choice.fault("percentage", "0..100");
            if (random.nextInt(100) >= percentage) return null;
        }
        List<String> hostnames = choice.texts("clientHostname");
        if (!hostnames.isEmpty() && !hostnames.contains(hostname)) return null;
        return choice.required("serviceConfig", choice.object("serviceConfig")).raw();
    }
}
