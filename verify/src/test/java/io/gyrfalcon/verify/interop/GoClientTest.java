package io.gyrfalcon.verify.interop;

import io.gyrfalcon.verify.Child;
import io.gyrfalcon.verify.Repository;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** grpc-go, built from the sources beside this test. */
class GoClientTest {
    private static final int BUILD_SECONDS = 300;

    @TempDir Path folder;

    @Test
    void everySceneHoldsInPlainTextAndOverTls() throws Exception {
        Path go = Tools.require("go");
        Path sources = Repository.root().resolve("verify/src/test/go");
        Path client = folder.resolve("client");
        List<String> command = List.of(go.toString(), "build", "-o", client.toString(), ".");
        Map<String, String> local = Map.of("GOTOOLCHAIN", "local", "CGO_ENABLED", "0");
        try (Child build = Child.start(sources, local, command)) {
            if (build.await(BUILD_SECONDS) != 0) {
                throw Tools.absent("go cannot build the client: " + build.output());
            }
        }
        Scenes.run(List.of(client.toString()));
        Scenes.runSecure(List.of(client.toString()), folder);
    }
}
