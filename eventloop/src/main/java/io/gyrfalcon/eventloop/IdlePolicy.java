package io.gyrfalcon.eventloop;

/** What a loop does while it has nothing to do. */
public enum IdlePolicy {
    /** It sleeps in its poller until something happens: costs nothing, and a wake-up each time. */
    BLOCK,

    /**
     * It looks again for up to 50 us where that has paid lately, then sleeps. An idle loop sleeps.
     */
    ADAPTIVE,

    /** It never sleeps: the shortest answers, and a whole core for each loop. */
    SPIN;

    /**
     * Reads {@code block}, {@code adaptive} or {@code spin}.
     *
     * @throws IllegalArgumentException when it is none of them
     */
    public static IdlePolicy parse(String text) {
        return switch (text) {
            case "block" -> BLOCK;
            case "adaptive" -> ADAPTIVE;
            case "spin" -> SPIN;
            default ->
                    throw new IllegalArgumentException(
                            "idle: " + text + " (expected: block, adaptive or spin)");
        };
    }
}
