package io.gyrfalcon.verify.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Consumer;

/** Comparisons of the two engines. */
final class Scenes {
    private Scenes() {}

    /** Both engines show the same, event by event. */
    static void same(Lane lane, Consumer<Stage> scene) {
        List<List<String>> seen = Stage.play(lane, scene);
        assertThat(seen.getFirst())
                .as("what grpc-java shows")
                .isNotEmpty()
                .noneMatch(e -> e.contains("NEVER SAW"));
        assertThat(seen.getLast()).isEqualTo(seen.getFirst());
    }
}
