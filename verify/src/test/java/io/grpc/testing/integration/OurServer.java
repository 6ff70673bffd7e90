package io.grpc.testing.integration;

import io.grpc.ServerBuilder;

/** Makes sure that a test tests what it is meant to. */
final class OurServer {
    private OurServer() {}

    /** The builder, if it is one of ours. */
    static ServerBuilder<?> checked(ServerBuilder<?> builder) {
        if (builder.getClass().getName().startsWith("io.gyrfalcon.")) return builder;
        throw new AssertionError("found " + builder.getClass() + " (expected: our own builder)");
    }
}
