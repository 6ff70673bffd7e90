package io.gyrfalcon.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class ClasspathCommandTest {
    @TempDir Path root;

    private Path own;

    @BeforeEach
    void layOut() throws IOException {
        own = root.resolve("cli/target/gyrfalcon-cli-1.jar");
        Files.createDirectories(own.getParent());
    }

    private void file(String path) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.createFile(file);
    }

    @Test
    void isTheLibraryAndWhatItNeeds() throws Exception {
        file("grpc/target/gyrfalcon-grpc-1.jar");
        file("grpc/target/gyrfalcon-grpc-1-tests.jar");
        file("grpc/target/gyrfalcon-grpc-1-sources.jar");
        file("grpc/target/gyrfalcon-grpc-1-javadoc.jar");
        file("grpc/target/lib/b.jar");
        file("grpc/target/lib/a.jar");
        file("grpc/target/lib/notes.txt");
        assertThat(ClasspathCommand.classPath(own).split(File.pathSeparator))
                .containsExactly(
                        root + "/grpc/target/gyrfalcon-grpc-1.jar",
                        root + "/grpc/target/lib/a.jar",
                        root + "/grpc/target/lib/b.jar");
    }

    @Test
    void aLibraryThatIsNotBuiltIsNamed() throws Exception {
        assertThatThrownBy(() -> ClasspathCommand.classPath(own))
                .hasMessageContaining(root + "/grpc/target")
                .hasMessageContaining("mvn package");
        file("grpc/target/gyrfalcon-grpc-1.jar");
        assertThatThrownBy(() -> ClasspathCommand.classPath(own)).hasMessageContaining("lib/");
        assertThatThrownBy(() -> ClasspathCommand.classPath(Path.of("/")))
                .hasMessageContaining("no library");
    }

    @Test
    void theCommandAnswersWithAPathOrOneLine() {
        Ran ran = Ran.of("classpath");
        if (ran.code() == 0) assertThat(ran.out()).contains("gyrfalcon-grpc-");
        else ran.failedWith(1, "classpath: no library in");
    }
}
