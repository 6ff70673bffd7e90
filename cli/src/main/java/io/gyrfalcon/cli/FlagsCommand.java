package io.gyrfalcon.cli;

import io.gyrfalcon.primitives.flags.Flag;
import io.gyrfalcon.primitives.flags.Flags;

import java.io.PrintStream;

/** Lists the flags of all modules. */
final class FlagsCommand {
    private static final String WHAT =
            "Lists all flags. Set them by -Dgyrfalcon.flag.NAME=on|off, GYRFALCON_FLAG_NAME"
                    + " (upper case, _ for -), or a file named by -Dgyrfalcon.flags.file"
                    + " (GYRFALCON_JAVA_OPTS passes -D on).";

    private final PrintStream out;

    FlagsCommand(PrintStream out) {
        this.out = out;
    }

    void run(String[] arguments) throws CommandError {
        if (CommandLines.parse(CommandLines.command("flags", WHAT), arguments, out) == null) return;
        for (Flag flag : Flags.declared()) print(flag);
        Flags.reportUnknown();
    }

    private void print(Flag flag) {
        out.println(
                flag.name()
                        + "  "
                        + word(flag.isOn())
                        + "  (default: "
                        + word(flag.isDefaultOn())
                        + ", per "
                        + flag.scope()
                        + ")");
        out.println("    on:  " + flag.what());
        out.println("    off: " + flag.whenOff());
    }

    private static String word(boolean on) {
        return on ? "on" : "off";
    }
}
