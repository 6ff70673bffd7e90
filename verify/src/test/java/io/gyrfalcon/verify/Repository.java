package io.gyrfalcon.verify;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where the sources of this build lie. */
public final class Repository {
    /** Modules that end up on a user's class path, from the lowest floor up. */
    public static final List<String> PRODUCT =
            List.of(
                    "primitives",
                    "eventloop",
                    "tls",
                    "http2",
                    "traffic",
                    "transport",
                    "grpc",
                    "cli");

    private Repository() {}

    /** The folder of the launcher, found from the working directory upwards. */
    public static Path root() {
        Path start = Path.of("").toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("gyrfalcon"))
                    && Files.exists(folder.resolve("pom.xml"))) return folder;
        }
        throw new IllegalStateException("no repository around " + start);
    }

    /** Compiled main classes of a module. */
    public static Path classes(String module) {
        return root().resolve(module).resolve("target/classes");
    }
}
