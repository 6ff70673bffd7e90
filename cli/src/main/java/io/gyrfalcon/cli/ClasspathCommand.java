package io.gyrfalcon.cli;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Prints the class path that puts the engine under an existing server. */
final class ClasspathCommand {
    private static final String WHAT =
            "Prints the class path of the drop-in library, to stand behind a server's own.";

    private final PrintStream out;

    ClasspathCommand(PrintStream out) {
        this.out = out;
    }

    void run(String[] arguments) throws CommandError {
        if (CommandLines.parse(CommandLines.command("classpath", WHAT), arguments, out) == null) {
            return;
        }
        out.println(classPath(here()));
    }

    /**
     * The class path as the build lays it out: beside {@code cli/target}, in {@code grpc/target},
     * the module's jar and in {@code lib} what it needs.
     *
     * @param own this module's jar or folder of classes
     */
    static String classPath(Path own) throws CommandError {
        Path target = own.toAbsolutePath().getParent();
        Path module = target == null ? null : target.getParent();
        Path grpc = module == null ? null : module.resolveSibling("grpc").resolve("target");
        if (grpc == null || !Files.isDirectory(grpc)) throw notBuilt(String.valueOf(grpc));
        List<String> jars = jars(grpc, "gyrfalcon-grpc-");
        List<String> libraries = jars(grpc.resolve("lib"), "");
        if (jars.isEmpty() || libraries.isEmpty()) throw notBuilt(grpc.toString());
        jars.addAll(libraries);
        return String.join(File.pathSeparator, jars);
    }

    private static CommandError notBuilt(String folder) {
        return CommandError.failure(
                "classpath: no library in "
                        + folder
                        + " (expected: gyrfalcon-grpc-*.jar and lib/; build with: mvn package)");
    }

    private static List<String> jars(Path folder, String prefix) throws CommandError {
        List<String> jars = new ArrayList<>();
        if (!Files.isDirectory(folder)) return jars;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, prefix + "*.jar")) {
            for (Path file : files) if (isLibrary(file.toString())) jars.add(file.toString());
        } catch (IOException e) {
            throw CommandError.failure("classpath: " + folder + " cannot be read: " + e);
        }
        Collections.sort(jars);
        return jars;
    }

    private static boolean isLibrary(String file) {
        return !file.endsWith("-tests.jar")
                && !file.endsWith("-sources.jar")
                && !file.endsWith("-javadoc.jar");
    }

    private static Path here() throws CommandError {
        CodeSource source = ClasspathCommand.class.getProtectionDomain().getCodeSource();
        if (source == null) throw notBuilt("this program's place");
        try {
            return Path.of(source.getLocation().toURI());
        } catch (URISyntaxException e) {
            throw notBuilt(source.getLocation().toString());
        }
    }
}
