package io.gyrfalcon.verify.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Consumer;

/** Comparisons of the two engines. */
final class Scenes {
    private Scenes() {}

    /** Both engines show the same, event by event. */
    static void same(Lane lane, Consumer<Stage> scene) {
        sameBut("nothing", lane, scene);
    }

    /** As {@link #same}, but events that begin with this are not looked at. */
    static void sameBut(String prefix, Lane lane, Consumer<Stage> scene) {
        List<List<String>> seen = Stage.play(lane, scene);
        for (List<String> events : seen) events.removeIf(e -> e.startsWith(prefix));
        assertThat(seen.getFirst())
                .as("what grpc-java shows")
                .isNotEmpty()
                .noneMatch(e -> e.contains("NEVER SAW"));
        assertThat(seen.getLast()).isEqualTo(seen.getFirst());
    }
}
