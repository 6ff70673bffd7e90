package io.gyrfalcon.cli;

/** What ends a command: one line for the user and an exit code. Carries no stack trace. */
final class CommandError extends Exception {
    static final int FAILURE = 1;
    static final int USAGE = 2;

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    private CommandError(int exitCode, String line) {
        super(oneLine(line), null, false, false);
        this.exitCode = exitCode;
    }

    /** A command line that cannot be meant: exit code 2. */
    static CommandError usage(String line) {
        return new CommandError(USAGE, line);
    }

    /** Something outside is not as it must be: exit code 1. */
    static CommandError failure(String line) {
        return new CommandError(FAILURE, line);
    }

    int exitCode() {
        return exitCode;
    }

    /** The message of an exception for use in a line, or its name if it has none. */
    static String textOf(Throwable cause) {
        String message = cause.getMessage();
        return message == null || message.isBlank() ? cause.getClass().getName() : message;
    }

    private static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > ' ') line.append(c);
            else if (!line.isEmpty() && line.charAt(line.length() - 1) != ' ') line.append(' ');
        }
        return line.toString().strip();
    }
}
