package io.gyrfalcon.verify.interop;

import io.gyrfalcon.verify.Child;
import io.gyrfalcon.verify.Repository;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

/** grpcio, the gRPC of Python, on C++'s core. */
class PythonClientTest {
    private static final int SECONDS = 60;

    @TempDir Path folder;

    @Test
    void everySceneHolds() throws Exception {
        Scenes.run(program());
    }

    @Test
    void everySceneHoldsOverTls() throws Exception {
        Scenes.runSecure(program(), folder);
    }

    private static List<String> program() throws Exception {
        Path script = Repository.root().resolve("verify/src/test/python/client.py");
        return List.of(python().toString(), script.toString());
    }

    private static Path python() throws Exception {
        for (Path python : Tools.candidates("python3")) {
            List<String> command =
                    List.of(python.toString(), "-c", "import grpc, grpc_reflection.v1alpha");
            try (Child child = Child.start(command)) {
                if (child.await(SECONDS) == 0) return python;
            }
        }
        throw Tools.absent("no python3 with grpcio and grpcio-reflection is installed");
    }
}
