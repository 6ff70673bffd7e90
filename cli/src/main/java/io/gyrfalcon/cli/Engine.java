package io.gyrfalcon.cli;

import io.grpc.InsecureServerCredentials;
import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import io.grpc.TlsServerCredentials;
import io.gyrfalcon.grpc.GyrfalconServerBuilder;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Turns options into a server builder. */
final class Engine {
    private Engine() {}

    static ServerBuilder<?> newBuilder(ServeOptions options) throws CommandError {
        List<SocketAddress> addresses = options.addresses();
        GyrfalconServerBuilder builder = newBuilder(addresses.getFirst(), options.tls());
        try {
            for (int i = 1; i < addresses.size(); i++) builder.addListenAddress(addresses.get(i));
            if (options.loops() > 0) builder.loops(options.loops());
            builder.poller(options.poller()).profile(options.profile());
            String idle = options.idle();
            if (idle != null) builder.idle(idle);
            String pinning = options.pinning();
            if (pinning != null) builder.pinning(pinning);
            builder.listenOptions(options.listen());
            return options.isDirect() ? builder.directExecutor() : builder;
        } catch (IllegalArgumentException e) {
            throw CommandError.failure(CommandError.textOf(e));
        }
    }

    private static GyrfalconServerBuilder newBuilder(
            SocketAddress address, ServeOptions.@Nullable TlsFiles files) throws CommandError {
        try {
            return GyrfalconServerBuilder.forAddress(address, credentials(files));
        } catch (IllegalArgumentException e) {
            String text = CommandError.textOf(e);
            throw CommandError.failure(files == null ? text : files.at(text) + ": " + text);
        }
    }

    private static ServerCredentials credentials(ServeOptions.@Nullable TlsFiles files)
            throws CommandError {
        if (files == null) return InsecureServerCredentials.create();
        mustBeReadable("--tls-cert", files.certificate());
        mustBeReadable("--tls-key", files.key());
        TlsServerCredentials.Builder tls = TlsServerCredentials.newBuilder();
        try {
            tls.keyManager(files.certificate().toFile(), files.key().toFile());
            Path clientCa = files.clientCa();
            if (clientCa != null) {
                mustBeReadable("--client-ca", clientCa);
                tls.trustManager(clientCa.toFile());
                tls.clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
            }
        } catch (IOException e) {
            throw CommandError.failure("TLS files cannot be read: " + CommandError.textOf(e));
        }
        return tls.build();
    }

    private static void mustBeReadable(String option, Path file) throws CommandError {
        if (Files.isRegularFile(file) && Files.isReadable(file)) return;
        throw CommandError.failure(option + ": " + file + " (expected: a readable PEM file)");
    }
}
