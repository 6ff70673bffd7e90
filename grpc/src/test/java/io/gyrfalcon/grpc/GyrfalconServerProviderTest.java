package io.gyrfalcon.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerBuilder;
import io.grpc.ServerProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ServiceLoader;

final class GyrfalconServerProviderTest {
    private final GyrfalconServerProvider provider = new GyrfalconServerProvider();

    @Test
    void isFoundOnTheClassPathBeforeAllOthers() {
        assertThat(ServiceLoader.load(ServerProvider.class))
                .hasAtLeastOneElementOfType(GyrfalconServerProvider.class);
        assertThat(provider.priority()).isEqualTo(7);
        assertThat(ServerBuilder.forPort(0)).isInstanceOf(GyrfalconServerBuilder.class);
        assertThat(Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create()))
                .isInstanceOf(GyrfalconServerBuilder.class);
    }

    @Test
    void aPropertyStepsBack() {
        assertThat(provider.isAvailable()).isTrue();
        System.setProperty("gyrfalcon.enabled", "false");
        try {
            assertThat(provider.isAvailable()).isFalse();
        } finally {
            System.clearProperty("gyrfalcon.enabled");
        }
        assertThat(provider.isAvailable()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "FALSE", " false ", "off", "0"})
    void manyWordsSayNo(String setting) {
        assertThat(GyrfalconServerProvider.isEnabled(setting)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "on", "1", "", "yes", "no such word"})
    void everythingElseSaysYes(String setting) {
        assertThat(GyrfalconServerProvider.isEnabled(setting)).isTrue();
    }

    @Test
    void credentialsItDoesNotKnowAreLeftToTheNext() {
        ServerProvider.NewServerBuilderResult result =
                provider.newServerBuilderForPort(0, new SecurityTest.Unknown());
        assertThat(result.getServerBuilder()).isNull();
        assertThat(result.getError())
                .isEqualTo("Unsupported credential type: " + SecurityTest.Unknown.class.getName());
    }

    @Test
    void buildsForAPort() {
        assertThat(provider.builderForPort(0)).isInstanceOf(GyrfalconServerBuilder.class);
        assertThat(
                        provider.newServerBuilderForPort(0, InsecureServerCredentials.create())
                                .getServerBuilder())
                .isInstanceOf(GyrfalconServerBuilder.class);
    }
}
