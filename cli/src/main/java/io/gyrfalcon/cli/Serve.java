package io.gyrfalcon.cli;

import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.gyrfalcon.primitives.flags.Flags;

import picocli.CommandLine.ParseResult;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;

/** Starts a server, says so in one line, and waits for its end. */
final class Serve {
    private final PrintStream out;

    Serve(PrintStream out) {
        this.out = out;
    }

    void run(String[] arguments) throws CommandError, InterruptedException {
        ParseResult line = CommandLines.parse(ServeOptions.spec(), arguments, out);
        if (line == null) return;
        ServeOptions options = ServeOptions.of(line);
        Services services = services(options);
        Flags.reportUnknown();
        Server server = start(Engine.newBuilder(options), options, services);
        Drain drain = new Drain(server, services, options.graceSeconds());
        Signals.onEnd(() -> runUninterrupted(drain));
        out.println(readyLine(server.getListenSockets(), options, services.names()));
        out.flush();
        server.awaitTermination();
    }

    private static Services services(ServeOptions options) throws CommandError {
        if (options.jars().isEmpty() && options.serviceClasses().isEmpty()) return Services.demo();
        ServiceJar jar = new ServiceJar(options.jars());
        // Inherited by the threads that will call the services.
        Thread.currentThread().setContextClassLoader(jar.loader());
        return Services.of(jar.services(options.serviceClasses()));
    }

    static Server start(ServerBuilder<?> builder, ServeOptions options, Services services)
            throws CommandError {
        services.addTo(builder);
        try {
            return builder.build().start();
        } catch (IOException e) {
            throw CommandError.failure(
                    "cannot listen on "
                            + texts(options.addresses())
                            + ": "
                            + rootText(e)
                            + " (expected: a free address of this machine; see --host, --port,"
                            + " --unix)");
        } catch (UncheckedIOException e) {
            throw CommandError.failure("cannot start: " + rootText(e));
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw CommandError.failure(CommandError.textOf(e));
        }
    }

    static String readyLine(
            List<? extends SocketAddress> addresses, ServeOptions options, List<String> names) {
        return "gyrfalcon: ready on "
                + texts(addresses)
                + (options.tls() == null ? " (plain text)" : " (TLS)")
                + ", serving "
                + String.join(", ", names);
    }

    private static String texts(List<? extends SocketAddress> addresses) {
        StringBuilder text = new StringBuilder();
        for (SocketAddress address : addresses) {
            if (!text.isEmpty()) text.append(" and ");
            text.append(text(address));
        }
        return text.toString();
    }

    private static String text(SocketAddress address) {
        if (address instanceof UnixDomainSocketAddress unix) return "unix:" + unix.getPath();
        if (!(address instanceof InetSocketAddress inet)) return address.toString();
        if (inet.getAddress() == null) return inet.toString();
        String host = inet.getAddress().getHostAddress();
        boolean isLong = inet.getAddress() instanceof Inet6Address;
        return (isLong ? "[" + host + "]" : host) + ":" + inet.getPort();
    }

    private static String rootText(Throwable thrown) {
        Throwable root = thrown;
        for (int depth = 0; root.getCause() != null && depth < 5; depth++) root = root.getCause();
        return CommandError.textOf(root);
    }

    /** A process that was told to end does, whatever holds its loops. */
    private static void runUninterrupted(Drain drain) {
        try {
            if (drain.run()) return;
            System.err.println(
                    "gyrfalcon: the server has not ended "
                            + Drain.END_SECONDS
                            + " s after its grace; the process ends without it");
            Runtime.getRuntime().halt(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
