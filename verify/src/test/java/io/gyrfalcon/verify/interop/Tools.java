package io.gyrfalcon.verify.interop;

import static org.assertj.core.api.Assertions.fail;

import org.junit.jupiter.api.Assumptions;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds the programs of other projects. One that is absent skips a test, or fails it in CI. */
final class Tools {
    private static final String HOME = System.getProperty("user.home");
    private static final List<Path> FOLDERS =
            List.of(
                    Path.of(HOME, ".cache/gyrfalcon-tools/bin"),
                    Path.of(HOME, ".cache/gyrfalcon-tools/venv/bin"),
                    Path.of(HOME, "go/bin"),
                    Path.of("/usr/local/go/bin"));

    private Tools() {}

    /** The program, or the end of the test. */
    static Path require(String name) {
        List<Path> found = candidates(name);
        if (!found.isEmpty()) return found.getFirst();
        throw absent(name + " is not installed (looked in PATH and " + FOLDERS + ")");
    }

    /** All programs of this name, in the order in which they are preferred. */
    static List<Path> candidates(String name) {
        List<Path> found = new ArrayList<>();
        for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(folder, name))) found.add(Path.of(folder, name));
        }
        for (Path folder : FOLDERS) {
            if (Files.isExecutable(folder.resolve(name))) found.add(folder.resolve(name));
        }
        return found;
    }

    /** Ends the test for a reason that is named: by a skip, or by a failure in CI. */
    static AssertionError absent(String reason) {
        if (Boolean.parseBoolean(System.getenv("GYRFALCON_CI"))) fail(reason);
        Assumptions.abort(reason);
        return new AssertionError(reason);
    }
}
