package io.grpc.testing.integration;

import io.grpc.ManagedChannelBuilder;
import io.grpc.ServerBuilder;
import io.grpc.census.InternalCensusTracingAccessor;
import io.grpc.netty.InternalNettyServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.gyrfalcon.grpc.GyrfalconChannelBuilder;

import org.junit.runner.RunWith;
import org.junit.runners.JUnit4;

/** grpc-java's own suite: our channel, its server, in plain text. */
@RunWith(JUnit4.class)
public class ChannelInteropTest extends AbstractInteropTest {
    @Override
    protected ServerBuilder<?> getServerBuilder() {
        NettyServerBuilder builder =
                NettyServerBuilder.forPort(0, io.grpc.InsecureServerCredentials.create())
                        .flowControlWindow(TEST_FLOW_CONTROL_WINDOW)
                        .maxInboundMessageSize(MAX_MESSAGE_SIZE);
        InternalNettyServerBuilder.setStatsEnabled(builder, false);
        return builder.addStreamTracerFactory(createCustomCensusTracerFactory())
                .addStreamTracerFactory(
                        InternalCensusTracingAccessor.getServerStreamTracerFactory());
    }

    @Override
    protected ManagedChannelBuilder<?> createChannelBuilder() {
        return OurChannel.of(
                GyrfalconChannelBuilder.forAddress(getListenAddress()).usePlaintext(), this);
    }

    @Override
    protected boolean customCensusModulePresent() {
        return true;
    }
}
