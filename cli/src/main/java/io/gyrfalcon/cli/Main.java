package io.gyrfalcon.cli;

import io.gyrfalcon.cli.doctor.DoctorCommand;
import io.gyrfalcon.eventloop.machine.SystemFiles;

import picocli.CommandLine.Model.CommandSpec;

import java.io.PrintStream;
import java.util.Arrays;

/** The program {@code gyrfalcon}: picks the command and turns its end into an exit code. */
public final class Main {
    private static final String NAMES = "serve, doctor, classpath, flags, help or --version";

    private static final String HELP =
            """
            Usage: gyrfalcon COMMAND [OPTIONS]

            A gRPC engine for the JVM.

            Commands:
              serve       serves a demo, or the services of your jar
              doctor      says what this machine offers, and which setting would help
              classpath   prints the class path of the drop-in library
              flags       lists all flags: state, default, scope, what they do
              help        prints this, or the help of a command: gyrfalcon help serve

            Options:
              --version   prints the version
              --help      prints this
            """;

    private static final String DOCTOR =
            "Says what this machine offers: ok, note (a setting may help) or warn (something costs"
                    + " or will fail), and after an arrow the setting and its reason.";

    private final PrintStream out;
    private final PrintStream err;

    Main(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /**
     * Runs a command and ends the process: 0 if it did what was asked, 2 for a command line that
     * cannot be meant, 1 for everything else.
     *
     * @param arguments the command's name and its options
     */
    public static void main(String[] arguments) {
        System.exit(new Main(System.out, System.err).run(arguments));
    }

    int run(String... arguments) {
        try {
            dispatch(arguments);
            // A server that has served and ended did what was asked, whoever reads its line.
            if (out.checkError() && !arguments[0].equals("serve")) {
                throw CommandError.failure("cannot write to the standard output");
            }
            return 0;
        } catch (CommandError e) {
            err.println("gyrfalcon: ".concat(String.valueOf(e.getMessage())));
            return e.exitCode();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CommandError.FAILURE;
        }
    }

    private void dispatch(String[] arguments) throws CommandError, InterruptedException {
        if (arguments.length == 0) throw CommandError.usage("no command (expected: " + NAMES + ")");
        String name = arguments[0];
        String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
        if (name.equals("serve")) new Serve(out).run(rest);
        else if (name.equals("doctor")) doctor(rest);
        else if (name.equals("flags")) new FlagsCommand(out).run(rest);
        else if (name.equals("classpath")) new ClasspathCommand(out).run(rest);
        else if (name.equals("help")) help(rest);
        else if (name.equals("--help") || name.equals("-h")) out.print(HELP);
        else if (name.equals("--version") || name.equals("-V")) out.println(version());
        else throw CommandError.usage(name + ": no such command (expected: " + NAMES + ")");
    }

    private void doctor(String[] arguments) throws CommandError {
        CommandSpec spec = CommandLines.command("doctor", DOCTOR);
        if (CommandLines.parse(spec, arguments, out) == null) return;
        DoctorCommand.run(SystemFiles.ofMachine(), out);
    }

    private void help(String[] arguments) throws CommandError, InterruptedException {
        if (arguments.length == 0) {
            out.print(HELP);
            return;
        }
        dispatch(new String[] {arguments[0], "--help"});
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return "gyrfalcon " + (version == null ? "development build" : version);
    }
}
