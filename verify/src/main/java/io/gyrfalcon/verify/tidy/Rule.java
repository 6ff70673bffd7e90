package io.gyrfalcon.verify.tidy;

import java.util.function.BiConsumer;

/** One rule of the house. Immutable: any thread. */
public interface Rule {
    /** Kebab-case, stands in every finding. */
    String name();

    /** Reports line and message of each place in {@code source} that breaks this rule. */
    void check(Source source, BiConsumer<Long, String> report);
}
