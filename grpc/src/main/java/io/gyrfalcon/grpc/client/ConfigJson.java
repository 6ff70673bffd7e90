package io.gyrfalcon.grpc.client;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Copies the JSON of a service config that user code has put together. Stateless. */
public final class ConfigJson {
    private ConfigJson() {}

    /**
     * A copy that nobody changes.
     *
     * @throws IllegalArgumentException unless it is maps by texts, lists, texts, doubles, booleans
     *     and nulls
     */
    public static Map<String, ?> copy(Map<?, ?> json) {
        Map<String, @Nullable Object> copied = new LinkedHashMap<>();
        json.forEach(
                (key, value) -> {
                    if (!(key instanceof String name)) {
                        throw new IllegalArgumentException(
                                "The key of the entry '" + key + "' is not of String type");
                    }
                    copied.put(name, value(name, value));
                });
        return Collections.unmodifiableMap(copied);
    }

    private static List<?> copy(String name, List<?> json) {
        List<@Nullable Object> copied = new ArrayList<>(json.size());
        for (Object item : json) copied.add(value(name, item));
        return Collections.unmodifiableList(copied);
    }

    private static @Nullable Object value(String name, @Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Map<?, ?> map -> copy(map);
            case List<?> list -> copy(name, list);
            case String text -> text;
            case Double number -> number;
            case Boolean truth -> truth;
            default ->
                    throw new IllegalArgumentException(
                            "The entry '"
                                    + name
                                    + "' has a value of type '"
                                    + value.getClass()
                                    + "', which is not supported");
        };
    }
}
