package io.gyrfalcon.cli.doctor;

import java.util.Locale;

/**
 * One line of the doctor. Immutable.
 *
 * @param level how much it matters
 * @param subject what it is about
 * @param found what was found
 * @param advice a setting and the reason for it; empty where nothing has to be done
 */
record Finding(Level level, String subject, String found, String advice) {
    /** How much a finding matters. */
    enum Level {
        /** As it should be. */
        OK,

        /** A setting may help. */
        NOTE,

        /** Something costs or will fail. */
        WARN
    }

    static Finding ok(String subject, String found) {
        return new Finding(Level.OK, subject, found, "");
    }

    static Finding note(String subject, String found, String setting, String reason) {
        return new Finding(Level.NOTE, subject, found, setting + ", " + reason);
    }

    static Finding warn(String subject, String found, String setting, String reason) {
        return new Finding(Level.WARN, subject, found, setting + ", " + reason);
    }

    /** The line, in columns. */
    String line() {
        String word = level.name().toLowerCase(Locale.ROOT);
        String columns = String.format(Locale.ROOT, "%-5s %-14s %s", word, subject, found);
        return advice.isEmpty() ? columns : columns + " -> " + advice;
    }
}
