package io.gyrfalcon.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.primitives.flags.FlagOverride;
import io.gyrfalcon.primitives.flags.Flags;
import io.gyrfalcon.traffic.balance.PickFirstSettings;

import org.junit.jupiter.api.Test;

class TrafficFlagsTest {
    @Test
    void theCatalogueNamesAllFlags() {
        new TrafficFlags().declareAll();
        assertThat(Flags.declared()).contains(TrafficFlags.HAPPY_EYEBALLS);
    }

    @Test
    void withoutHappyEyeballsAPolicyIsNotEager() {
        assertThat(PickFirstSettings.standard().isEager()).isTrue();
        try (FlagOverride off = Flags.override(TrafficFlags.HAPPY_EYEBALLS, false)) {
            assertThat(PickFirstSettings.standard().isEager()).isFalse();
        }
    }
}
