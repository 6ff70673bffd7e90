package io.gyrfalcon.cli;

/** Where the process starts. */
public final class Main {
    private Main() {}

    /** Says that there is no command yet. */
    public static void main(String[] arguments) {
        System.err.println("gyrfalcon: no command yet");
        System.exit(2);
    }
}
