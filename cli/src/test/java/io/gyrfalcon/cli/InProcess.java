package io.gyrfalcon.cli;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Services served without any socket, and a channel to them. One thread, the test's own. */
final class InProcess implements AutoCloseable {
    private final Server server;
    private final ManagedChannel channel;

    InProcess(Services services) throws IOException {
        String name = InProcessServerBuilder.generateName();
        ServerBuilder<?> builder = InProcessServerBuilder.forName(name);
        services.addTo(builder);
        server = builder.build().start();
        channel = InProcessChannelBuilder.forName(name).build();
    }

    Server server() {
        return server;
    }

    ManagedChannel channel() {
        return channel;
    }

    @Override
    public void close() throws InterruptedException {
        channel.shutdownNow();
        server.shutdownNow();
        if (!server.awaitTermination(10, TimeUnit.SECONDS)) throw new AssertionError("hangs");
    }
}
