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
}
