package io.grpc.testing.integration;

import io.grpc.ManagedChannelBuilder;
import io.gyrfalcon.grpc.GyrfalconChannelBuilder;

import org.junit.runner.RunWith;
import org.junit.runners.JUnit4;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;

/** grpc-java's own suite: our channel, our server, over TLS with certificates on both sides. */
@RunWith(JUnit4.class)
public class BothEndsTlsInteropTest extends GyrfalconTlsInteropTest {
    @Override
    protected ManagedChannelBuilder<?> createChannelBuilder() {
        try {
            int port = ((InetSocketAddress) getListenAddress()).getPort();
            return OurChannel.of(
                    GyrfalconChannelBuilder.forAddress("localhost", port, clientCredentials())
                            .overrideAuthority("foo.test.google.fr"),
                    this);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
