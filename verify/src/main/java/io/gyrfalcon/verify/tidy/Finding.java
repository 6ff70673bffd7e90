package io.gyrfalcon.verify.tidy;

/**
 * One place that breaks one rule.
 *
 * @param path the file, relative to the root of the repository
 * @param line counted from 1
 * @param rule the rule's name
 * @param message what was found, and what to do instead
 */
public record Finding(String path, long line, String rule, String message) {
    @Override
    public String toString() {
        return path + ":" + line + " [" + rule + "] " + message;
    }
}
