package io.gyrfalcon.eventloop.poll;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Says once per process which options the system, or Java, does not set. Any thread. */
final class Refusals {
    /** As many texts as there are ways to set options wrongly. */
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    private static final int TOLD_MAX = 256;

    private final StringBuilder text = new StringBuilder();

    /** Notes one. */
    void add(String option, int value, String reason) {
        if (!text.isEmpty()) text.append(", ");
        text.append(option).append(' ').append(value).append(" (").append(reason).append(')');
    }

    /** Tells what was noted, unless that was told before. */
    void tell() {
        if (text.isEmpty() || TOLD.size() >= TOLD_MAX || !TOLD.add(text.toString())) return;
        System.getLogger("io.gyrfalcon.eventloop")
                .log(
                        System.Logger.Level.WARNING,
                        "socket options refused: " + text + "; serving without");
    }
}
