package io.gyrfalcon.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallCredentials;
import io.grpc.ChannelCredentials;
import io.grpc.ChoiceChannelCredentials;
import io.grpc.CompositeChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ManagedChannelProvider;
import io.grpc.ManagedChannelProvider.NewChannelBuilderResult;
import io.grpc.NameResolverRegistry;
import io.grpc.TlsChannelCredentials;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ServiceLoader;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

final class GyrfalconChannelProviderTest {
    private final GyrfalconChannelProvider provider = new GyrfalconChannelProvider();

    /** Credentials that no engine knows. */
    private static final class Unknown extends ChannelCredentials {
        @Override
        public ChannelCredentials withoutBearerTokens() {
            return this;
        }
    }

    private static final class NoToken extends CallCredentials {
        @Override
        public void applyRequestMetadata(
                RequestInfo request, Executor executor, MetadataApplier to) {
            to.fail(io.grpc.Status.ABORTED);
        }
    }

    @Test
    void isFoundOnTheClassPathBeforeAllOthers() {
        assertThat(ServiceLoader.load(ManagedChannelProvider.class))
                .hasAtLeastOneElementOfType(GyrfalconChannelProvider.class);
        assertThat(provider.priority()).isEqualTo(7);
        assertThat(ManagedChannelBuilder.forTarget("a"))
                .isInstanceOf(GyrfalconChannelBuilder.class);
        assertThat(ManagedChannelBuilder.forAddress("a", 1))
                .isInstanceOf(GyrfalconChannelBuilder.class);
        assertThat(Grpc.newChannelBuilder("a", InsecureChannelCredentials.create()))
                .isInstanceOf(GyrfalconChannelBuilder.class);
        assertThat(Grpc.newChannelBuilderForAddress("a", 1, TlsChannelCredentials.create()))
                .isInstanceOf(GyrfalconChannelBuilder.class);
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
    }

    @Test
    void connectsToTwoKindsOfAddresses() {
        assertThat(provider.getSupportedSocketAddressTypes())
                .containsExactly(InetSocketAddress.class, UnixDomainSocketAddress.class);
    }

    @Test
    void credentialsThatItKnowsAreUnwrapped() {
        ChannelCredentials plain = InsecureChannelCredentials.create();
        ChannelCredentials both = CompositeChannelCredentials.create(plain, new NoToken());
        ChannelCredentials choice = ChoiceChannelCredentials.create(new Unknown(), both);
        for (ChannelCredentials known : new ChannelCredentials[] {plain, both, choice}) {
            NewChannelBuilderResult result = provider.newChannelBuilder("a", known);
            assertThat(result.getChannelBuilder()).isInstanceOf(GyrfalconChannelBuilder.class);
            ManagedChannelBuilder<?> builder = result.getChannelBuilder();
            assertThatThrownBy(builder::usePlaintext).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void credentialsThatItDoesNotKnowAreLeftToTheNext() throws IOException {
        NewChannelBuilderResult unknown = provider.newChannelBuilder("a", new Unknown());
        assertThat(unknown.getChannelBuilder()).isNull();
        assertThat(unknown.getError())
                .isEqualTo("Unsupported credential type: " + Unknown.class.getName());
        ChannelCredentials broken =
                TlsChannelCredentials.newBuilder()
                        .trustManager(
                                new ByteArrayInputStream(
                                        "no roots".getBytes(StandardCharsets.UTF_8)))
                        .build();
        assertThat(provider.newChannelBuilder("a", broken).getError())
                .contains("found no PEM block");
        assertThatThrownBy(() -> Grpc.newChannelBuilder("a", new Unknown()))
                .hasMessageContaining("Unsupported credential type");
    }

    @Test
    void resolversAreThoseOfTheRegistryThatIsGiven() throws InterruptedException {
        ManagedChannelBuilder<?> builder =
                provider.newChannelBuilder(
                                "nobody:///a",
                                InsecureChannelCredentials.create(),
                                new NameResolverRegistry(),
                                null)
                        .getChannelBuilder();
        assertThatThrownBy(builder::build).hasMessageContaining("nobody:///a");
        ManagedChannel channel =
                provider.newChannelBuilder(
                                "a",
                                InsecureChannelCredentials.create(),
                                new NameResolverRegistry(),
                                null)
                        .getChannelBuilder()
                        .build();
        assertThat(channel.authority()).isEqualTo("a");
        assertThat(channel.shutdown().awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }
}
