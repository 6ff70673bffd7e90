package io.gyrfalcon.bench;

import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.gyrfalcon.bench.server.BlockingWays;
import io.gyrfalcon.bench.server.GreeterService;
import io.gyrfalcon.bench.server.MixedService;

import java.io.IOException;

/** A server on a port of its own, by whichever engine the class path offers. Owned by its test. */
public final class GreeterUnderTest implements AutoCloseable {
    private final BlockingWays ways = new BlockingWays();
    private final Server server;

    public GreeterUnderTest() throws IOException, InterruptedException {
        server =
                Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                        .addService(new GreeterService())
                        .addService(new MixedService(ways))
                        .intercept(ways)
                        .build()
                        .start();
        ways.start(server.getPort());
    }

    public int port() {
        return server.getPort();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        server.shutdownNow().awaitTermination();
        ways.close();
    }
}
