package io.gyrfalcon.primitives;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class PublishedTest {
    @Test
    void readersSeeWhatWasPublishedLast() {
        Published<List<String>> hosts = new Published<>(List.of());
        assertThat(hosts.get()).isEmpty();
        hosts.publish(List.of("a"));
        assertThat(hosts.get()).containsExactly("a");
    }

    @Test
    void aSnapshotMadeFromAnOldOneIsNotPublished() {
        String first = "1";
        Published<String> published = new Published<>(first);
        assertThat(published.publishIf(first, "2")).isTrue();
        assertThat(published.publishIf(first, "3")).isFalse();
        assertThat(published.get()).isEqualTo("2");
    }
}
