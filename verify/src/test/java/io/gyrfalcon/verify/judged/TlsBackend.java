package io.gyrfalcon.verify.judged;

import io.grpc.Grpc;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.testing.TlsTesting;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** A server without services, over TLS, as {@code *.test.google.fr}. Any thread. */
final class TlsBackend implements AutoCloseable {
    private final Server server;

    TlsBackend() throws IOException {
        ServerCredentials credentials =
                TlsServerCredentials.create(
                        TlsTesting.loadCert("server1.pem"), TlsTesting.loadCert("server1.key"));
        server = Grpc.newServerBuilderForPort(0, credentials).build().start();
    }

    int port() {
        return server.getPort();
    }

    @Override
    public void close() throws InterruptedException {
        server.shutdownNow().awaitTermination(20, TimeUnit.SECONDS);
    }
}
