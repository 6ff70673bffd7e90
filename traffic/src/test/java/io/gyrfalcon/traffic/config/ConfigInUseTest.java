package io.gyrfalcon.traffic.config;

import static io.gyrfalcon.traffic.config.ConfigInUse.Outcome.CHANGED;
import static io.gyrfalcon.traffic.config.ConfigInUse.Outcome.FAULT;
import static io.gyrfalcon.traffic.config.ConfigInUse.Outcome.SAME;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class ConfigInUseTest {
    private static final ServiceConfig OWN = named("own");
    private static final ServiceConfig FIRST = named("first");

    @Test
    void callsWaitForTheFirstAnswer() {
        ConfigInUse<ServiceConfig> config = new ConfigInUse<>(OWN, ServiceConfig.EMPTY, true);
        assertThat(config.isKnown()).isFalse();
        assertThat(config.onAnswer(FIRST, false)).isEqualTo(CHANGED);
        assertThat(config.isKnown()).isTrue();
        assertThat(config.current()).isEqualTo(FIRST);
        assertThat(config.onAnswer(named("first"), false)).isEqualTo(SAME);
    }

    @Test
    void withoutLookingTheChannelsOwnCountsFromTheStart() {
        ConfigInUse<ServiceConfig> config = new ConfigInUse<>(OWN, ServiceConfig.EMPTY, false);
        assertThat(config.isKnown()).isTrue();
        assertThat(config.onAnswer(FIRST, false)).isEqualTo(SAME);
        assertThat(config.onAnswer(null, true)).isEqualTo(SAME);
        assertThat(config.current()).isEqualTo(OWN);
        assertThat(new ConfigInUse<>(null, ServiceConfig.EMPTY, false).current())
                .isEqualTo(ServiceConfig.EMPTY);
    }

    @Test
    void theChannelsOwnCountsWhereTheResolverHasNoneOrNoneThatCanBeRead() {
        ConfigInUse<ServiceConfig> config = new ConfigInUse<>(OWN, ServiceConfig.EMPTY, true);
        assertThat(config.onAnswer(null, true)).isEqualTo(SAME);
        assertThat(config.isKnown()).isTrue();
        config.onAnswer(FIRST, false);
        assertThat(config.onAnswer(null, false)).isEqualTo(CHANGED);
        assertThat(config.current()).isEqualTo(OWN);
    }

    @Test
    void gRfcA21_aFirstConfigThatCannotBeReadIsAFailureOfTheResolver() {
        ConfigInUse<ServiceConfig> config = new ConfigInUse<>(null, ServiceConfig.EMPTY, true);
        assertThat(config.onAnswer(null, true)).isEqualTo(FAULT);
        assertThat(config.isKnown()).isFalse();
        assertThat(config.onAnswer(null, false)).isEqualTo(SAME);
        assertThat(config.isKnown()).isTrue();
    }

    @Test
    void gRfcA21_aLaterConfigThatCannotBeReadChangesNothing() {
        ConfigInUse<ServiceConfig> config = new ConfigInUse<>(null, ServiceConfig.EMPTY, true);
        config.onAnswer(FIRST, false);
        assertThat(config.onAnswer(null, true)).isEqualTo(SAME);
        assertThat(config.current()).isEqualTo(FIRST);
        assertThat(config.onAnswer(null, false)).isEqualTo(CHANGED);
        assertThat(config.current()).isEqualTo(ServiceConfig.EMPTY);
    }

    private static ServiceConfig named(String policy) {
        return new ServiceConfig(
                Map.of(),
                Map.of(),
                null,
                null,
                List.of(new BalancingPolicy(policy, Map.of())),
                null);
    }
}
