package io.grpc.testing.integration;

import io.grpc.ManagedChannelBuilder;
import io.gyrfalcon.grpc.GyrfalconChannelBuilder;

import org.junit.runner.RunWith;
import org.junit.runners.JUnit4;

/** grpc-java's own suite: our channel, our server, in plain text. */
@RunWith(JUnit4.class)
public class BothEndsInteropTest extends GyrfalconInteropTest {
    @Override
    protected ManagedChannelBuilder<?> createChannelBuilder() {
        return OurChannel.of(
                GyrfalconChannelBuilder.forAddress(getListenAddress()).usePlaintext(), this);
    }
}
