package io.gyrfalcon.cli;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

import java.io.PrintStream;

/** Command lines by picocli's programmatic interface: annotated classes would be reflected upon. */
final class CommandLines {
    private static final String HELP = "--help";

    private CommandLines() {}

    /** A command without options of its own. */
    static CommandSpec command(String name, String what) {
        CommandSpec spec = CommandSpec.create().name("gyrfalcon ".concat(name));
        spec.usageMessage().description(what).abbreviateSynopsis(true).sortOptions(false);
        return spec.addOption(
                OptionSpec.builder("-h", HELP)
                        .usageHelp(true)
                        .order(Integer.MAX_VALUE)
                        .description("Prints this.")
                        .build());
    }

    /** An option with a text for a value. */
    static OptionSpec option(String name, String label, String what) {
        return OptionSpec.builder(name)
                .paramLabel(label)
                .type(String.class)
                .description(what)
                .build();
    }

    /** An option that may be given several times. */
    static OptionSpec repeatable(String name, String label, String what) {
        return OptionSpec.builder(name)
                .paramLabel(label)
                .type(String[].class)
                .description(what)
                .build();
    }

    /** The parsed line, or null if help was asked for and printed. */
    static @Nullable ParseResult parse(CommandSpec spec, String[] arguments, PrintStream out)
            throws CommandError {
        CommandLine line = new CommandLine(spec);
        try {
            ParseResult result = line.parseArgs(arguments);
            if (!result.isUsageHelpRequested()) return result;
            line.usage(out, Ansi.OFF);
            return null;
        } catch (ParameterException e) {
            throw CommandError.usage(
                    CommandError.textOf(e) + " (expected: see " + spec.name() + " --help)");
        }
    }
}
