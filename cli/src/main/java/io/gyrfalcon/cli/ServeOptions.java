package io.gyrfalcon.cli;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.Pinning;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code serve} was asked for, checked.
 *
 * @param addresses where to listen, at least one
 * @param loops how many event loops; 0: those of the process
 * @param poller auto, epoll or nio
 * @param idle block, adaptive or spin; null: as the process has it
 * @param pinning none, cpu, node or a list of CPUs; null: as the process has it
 * @param listen options of sockets
 * @param isDirect whether handlers run on the loops themselves
 * @param profile mesh or edge
 * @param tls files of the identity; null: plain text
 * @param jars where the services are; none: the demo, or classes of our own class path
 * @param serviceClasses names of classes to serve; none: those that the jars name
 * @param graceSeconds how long calls may go on once the server was told to end
 */
record ServeOptions(
        List<SocketAddress> addresses,
        int loops,
        String poller,
        @Nullable String idle,
        @Nullable String pinning,
        ListenOptions listen,
        boolean isDirect,
        String profile,
        @Nullable TlsFiles tls,
        List<Path> jars,
        List<String> serviceClasses,
        int graceSeconds) {
    private static final String HOST_DEFAULT = "127.0.0.1";
    private static final String PORT_DEFAULT = "50051";
    private static final String UNIX_PREFIX = "unix:";
    private static final int LOOPS_MAX = 1024;
    private static final int GRACE_SECONDS_MAX = 86_400;
    // What fits sockaddr_un with its final zero.
    private static final int UNIX_PATH_BYTES_MAX = 107;

    /**
     * The server's identity.
     *
     * @param certificate chain, PEM
     * @param key private key, PEM
     * @param clientCa who signs clients' certificates, PEM; null: none is asked for
     */
    record TlsFiles(Path certificate, Path key, @Nullable Path clientCa) {
        /**
         * The option and file of a fault, whose text begins with what the file should have been.
         */
        String at(String fault) {
            if (fault.startsWith("private key")) return "--tls-key: " + key;
            if (fault.startsWith("root certificates")) return "--client-ca: " + clientCa;
            return "--tls-cert: " + certificate;
        }
    }

    static CommandSpec spec() {
        CommandSpec spec = CommandLines.command("serve", "Serves gRPC until it gets a SIGTERM.");
        String[][] texts = {
            {"--host", "HOST", "Address to listen on, or unix:PATH (default: 127.0.0.1)."},
            {"--port", "PORT", "Port, 0 to let the system choose (default: 50051)."},
            {"--unix", "PATH", "Unix socket to listen on: PATH or unix:PATH."},
            {"--loops", "COUNT", "Event loops (default: one per core, fewer by quota)."},
            {"--poller", "NAME", "auto, epoll or nio (default: auto)."},
            {
                "--idle",
                "POLICY",
                "What loops do without work: block, adaptive (look for up to 50 us where that"
                        + " pays), or spin (default: block)."
            },
            {
                "--pin",
                "CPUS",
                "Where loops run: none, cpu (one each), node (of memory), or CPUs such as 0,2-5"
                        + " (default: none)."
            },
            {
                "--lane",
                "NAME",
                "runner, or direct for handlers that never block (default: runner)."
            },
            {"--profile", "NAME", "mesh, or edge for untrusted clients (default: mesh)."},
            {"--tls-cert", "FILE", "Certificate chain, PEM; with --tls-key turns on TLS."},
            {"--tls-key", "FILE", "Private key, PEM, not encrypted."},
            {"--client-ca", "FILE", "Clients must show a certificate that these, PEM, signed."},
            {"--grace", "SECONDS", "How long calls may go on after SIGTERM (default: 20)."},
        };
        for (String[] text : texts) spec.addOption(CommandLines.option(text[0], text[1], text[2]));
        spec.addOption(
                CommandLines.repeatable(
                        "--socket",
                        "NAME=VALUE",
                        "Socket option; repeatable. Of " + SocketWords.NAMES + "."));
        spec.addOption(
                CommandLines.repeatable(
                        "--service-jar",
                        "FILE",
                        "Serves the io.grpc.BindableService classes of this jar; repeatable."));
        return spec.addOption(
                CommandLines.repeatable(
                        "--service",
                        "CLASS",
                        "Serves this class of the jar instead of those it lists; repeatable."));
    }

    static ServeOptions of(ParseResult line) throws CommandError {
        return new ServeOptions(
                addresses(line),
                number(line, "--loops", "0", 1, LOOPS_MAX),
                word(line, "--poller", "auto", "epoll", "nio"),
                text(line, "--idle") == null
                        ? null
                        : word(line, "--idle", "block", "adaptive", "spin"),
                pinning(line),
                SocketWords.read(texts(line, "--socket")),
                word(line, "--lane", "runner", "direct").equals("direct"),
                word(line, "--profile", "mesh", "edge"),
                tls(line),
                paths(line, "--service-jar"),
                List.of(texts(line, "--service")),
                number(line, "--grace", "20", 0, GRACE_SECONDS_MAX));
    }

    private static List<SocketAddress> addresses(ParseResult line) throws CommandError {
        List<SocketAddress> addresses = new ArrayList<>();
        String host = text(line, "--host");
        String unix = text(line, "--unix");
        String port = text(line, "--port");
        if (host != null && host.startsWith(UNIX_PREFIX)) {
            if (port != null) {
                throw CommandError.usage(
                        "--port: " + port + " (expected: none, with --host unix:)");
            }
            addresses.add(unixAddress("--host", host));
        } else if (unix == null || host != null || port != null) {
            addresses.add(inetAddress(host == null ? HOST_DEFAULT : host, line));
        }
        if (unix != null) addresses.add(unixAddress("--unix", unix));
        return addresses;
    }

    private static SocketAddress inetAddress(String host, ParseResult line) throws CommandError {
        int port = number(line, "--port", PORT_DEFAULT, 0, 65_535);
        if (host.isBlank()) {
            throw CommandError.usage(
                    "--host: '" + host + "' (expected: an address of this machine, or a name)");
        }
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw CommandError.usage(
                    "--host: " + host + " (expected: an address of this machine, or a known name)");
        }
    }

    private static SocketAddress unixAddress(String option, String value) throws CommandError {
        String path = value.startsWith(UNIX_PREFIX) ? value.substring(5) : value;
        // unix:///path is a form of it that gRPC's naming document knows.
        if (path.startsWith("///")) path = path.substring(2);
        Path file = path(option, path);
        int bytes = file.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes == 0 || bytes > UNIX_PATH_BYTES_MAX) {
            throw CommandError.usage(
                    option
                            + ": "
                            + value
                            + " (expected: a path of 1 to 107 bytes; has "
                            + bytes
                            + ")");
        }
        return UnixDomainSocketAddress.of(file);
    }

    private static @Nullable TlsFiles tls(ParseResult line) throws CommandError {
        String certificate = text(line, "--tls-cert");
        String key = text(line, "--tls-key");
        String clientCa = text(line, "--client-ca");
        if (certificate == null && key == null && clientCa == null) return null;
        if (certificate == null) throw missing("--tls-cert");
        if (key == null) throw missing("--tls-key");
        return new TlsFiles(
                path("--tls-cert", certificate),
                path("--tls-key", key),
                clientCa == null ? null : path("--client-ca", clientCa));
    }

    private static @Nullable String pinning(ParseResult line) throws CommandError {
        String text = text(line, "--pin");
        if (text == null) return null;
        try {
            Pinning.parse(text);
            return text;
        } catch (IllegalArgumentException e) {
            throw CommandError.usage(
                    "--pin: " + text + " (expected: none, cpu, node or CPUs such as 0,2-5)");
        }
    }

    private static CommandError missing(String option) {
        return CommandError.usage(
                option + ": missing (expected: --tls-cert and --tls-key together, for TLS)");
    }

    /** A number within a range; the default need not lie in it. */
    private static int number(ParseResult line, String option, String otherwise, int min, int max)
            throws CommandError {
        String text = text(line, option);
        if (text == null) return Integer.parseInt(otherwise);
        try {
            int number = Integer.parseInt(text);
            if (number >= min && number <= max) return number;
        } catch (NumberFormatException e) {
            // The same answer as for a number out of range.
        }
        throw CommandError.usage(option + ": " + text + " (expected: " + min + ".." + max + ")");
    }

    /** One of the given words; the first is the default. */
    private static String word(ParseResult line, String option, String... words)
            throws CommandError {
        String text = text(line, option);
        if (text == null) return words[0];
        for (String word : words) if (word.equals(text)) return word;
        throw CommandError.usage(
                option + ": " + text + " (expected: " + String.join(" or ", words) + ")");
    }

    private static List<Path> paths(ParseResult line, String option) throws CommandError {
        List<Path> paths = new ArrayList<>();
        for (String text : texts(line, option)) paths.add(path(option, text));
        return paths;
    }

    private static Path path(String option, String text) throws CommandError {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw CommandError.usage(option + ": " + text + " (expected: a path)");
        }
    }

    private static @Nullable String text(ParseResult line, String option) {
        return line.matchedOptionValue(option, (String) null);
    }

    private static String[] texts(ParseResult line, String option) {
        return line.matchedOptionValue(option, new String[0]);
    }
}
