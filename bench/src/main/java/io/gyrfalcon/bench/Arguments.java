package io.gyrfalcon.bench;

/** The {@code --name value} pairs of a main. Immutable. */
public final class Arguments {
    private final String[] words;

    /**
     * Takes the words of a command line.
     *
     * @throws IllegalArgumentException if a name has no value or does not start with two dashes
     */
    public Arguments(String... words) {
        this.words = words.clone();
        for (int i = 0; i < words.length; i += 2) {
            if (!words[i].startsWith("--") || i + 1 == words.length) {
                throw new IllegalArgumentException(words[i] + " (expected: --name value)");
            }
        }
    }

    /** The value of that name, or the fallback. */
    public String text(String name, String fallback) {
        for (int i = 0; i < words.length; i += 2) {
            if (words[i].equals(name)) return words[i + 1];
        }
        return fallback;
    }

    /**
     * The value of that name as a number, or the fallback.
     *
     * @throws IllegalArgumentException if it is no number or out of range
     */
    public int number(String name, int fallback, int min, int max) {
        String text = text(name, Integer.toString(fallback));
        int value;
        try {
            value = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + ": " + text + " (expected: a number)", e);
        }
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    name + ": " + value + " (expected: " + min + ".." + max + ")");
        }
        return value;
    }
}
