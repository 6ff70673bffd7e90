package io.grpc.testing.integration;

import io.grpc.ManagedChannelBuilder;
import io.grpc.census.InternalCensusTracingAccessor;
import io.gyrfalcon.grpc.GyrfalconChannelBuilder;

/** Our channel as grpc-java's suite wants it. */
final class OurChannel {
    private OurChannel() {}

    /** What both servers' suites need: its tracers and limits. */
    static ManagedChannelBuilder<?> of(GyrfalconChannelBuilder builder, AbstractInteropTest suite) {
        return builder.maxInboundMessageSize(AbstractInteropTest.MAX_MESSAGE_SIZE)
                .intercept(InternalCensusTracingAccessor.getClientInterceptor())
                .intercept(suite.createCensusStatsClientInterceptor());
    }
}
