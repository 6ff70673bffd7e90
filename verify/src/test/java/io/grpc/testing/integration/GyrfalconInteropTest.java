package io.grpc.testing.integration;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ServerBuilder;
import io.grpc.census.InternalCensusTracingAccessor;
import io.grpc.netty.InternalNettyChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;

import org.junit.runner.RunWith;
import org.junit.runners.JUnit4;

/** grpc-java's own suite over our server, in plain text. Its names and JUnit version are theirs. */
@RunWith(JUnit4.class)
public class GyrfalconInteropTest extends AbstractInteropTest {
    @Override
    protected ServerBuilder<?> getServerBuilder() {
        return OurServer.checked(
                Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                        .addStreamTracerFactory(createCustomCensusTracerFactory())
                        .addStreamTracerFactory(
                                InternalCensusTracingAccessor.getServerStreamTracerFactory())
                        .maxInboundMessageSize(MAX_MESSAGE_SIZE));
    }

    @Override
    protected ManagedChannelBuilder<?> createChannelBuilder() {
        NettyChannelBuilder builder =
                NettyChannelBuilder.forAddress(getListenAddress())
                        .flowControlWindow(TEST_FLOW_CONTROL_WINDOW)
                        .maxInboundMessageSize(MAX_MESSAGE_SIZE)
                        .usePlaintext();
        InternalNettyChannelBuilder.setStatsEnabled(builder, false);
        return builder.intercept(createCensusStatsClientInterceptor());
    }

    @Override
    protected boolean customCensusModulePresent() {
        return true;
    }
}
