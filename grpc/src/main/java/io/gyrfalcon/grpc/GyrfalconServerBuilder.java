package io.gyrfalcon.grpc;

import io.grpc.ForwardingServerBuilder;
import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import io.gyrfalcon.eventloop.IdlePolicy;
import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.Pinning;
import io.gyrfalcon.eventloop.PollerKind;
import io.gyrfalcon.grpc.server.Carrying;
import io.gyrfalcon.grpc.server.Profile;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * Builds a gRPC server on Gyrfalcon's engine. Every method of {@link ServerBuilder} works with
 * grpc-java's checks, and its defaults but for {@code handshakeTimeout}: 10 s, at the edge 5 s.
 * Methods that grpc-java's Netty builder adds have its names here. Not thread-safe.
 */
public final class GyrfalconServerBuilder extends ForwardingServerBuilder<GyrfalconServerBuilder> {
    /*
     * build() is inherited on purpose: tracing agents that know builders by a list of class names
     * know ForwardingServerBuilder. All state is in the setup behind delegate().
     */
    private final ServerSetup setup;

    GyrfalconServerBuilder(SocketAddress address, Security security, boolean isSecurityFrozen) {
        setup = new ServerSetup(address, security, isSecurityFrozen);
    }

    /**
     * A plain-text server on all local addresses.
     *
     * @param port 0 to 65535; 0 takes a free one
     */
    public static GyrfalconServerBuilder forPort(int port) {
        return forAddress(new InetSocketAddress(port));
    }

    /**
     * A server on all local addresses.
     *
     * @param port 0 to 65535; 0 takes a free one
     * @throws IllegalArgumentException if the credentials are of a kind that is not supported
     */
    public static GyrfalconServerBuilder forPort(int port, ServerCredentials credentials) {
        return forAddress(new InetSocketAddress(port), credentials);
    }

    /** A plain-text server on one address, TCP or unix-domain. */
    public static GyrfalconServerBuilder forAddress(SocketAddress address) {
        return new GyrfalconServerBuilder(address, Security.PLAIN, false);
    }

    /**
     * A server on one address, TCP or unix-domain.
     *
     * @throws IllegalArgumentException if the credentials are of a kind that is not supported
     */
    public static GyrfalconServerBuilder forAddress(
            SocketAddress address, ServerCredentials credentials) {
        Security security = Security.of(credentials);
        String error = security.error();
        if (error != null) throw new IllegalArgumentException(error);
        return new GyrfalconServerBuilder(address, security, true);
    }

    @Override
    protected ServerBuilder<?> delegate() {
        return setup;
    }

    /** Listens on this address too. */
    public GyrfalconServerBuilder addListenAddress(SocketAddress address) {
        setup.addListenAddress(address);
        return this;
    }

    /**
     * How many calls one connection may have open; without it, as many as the profile says.
     *
     * @param calls > 0
     */
    public GyrfalconServerBuilder maxConcurrentCallsPerConnection(int calls) {
        setup.maxConcurrentCallsPerConnection(calls);
        return this;
    }

    /**
     * A fixed window for what a client sends.
     *
     * @param bytes > 0
     */
    public GyrfalconServerBuilder flowControlWindow(int bytes) {
        Checks.isTrue(bytes > 0, "flowControlWindow must be positive: ", bytes);
        setup.window(bytes, false);
        return this;
    }

    /**
     * A window for what a client sends, to begin with.
     *
     * @param bytes > 0
     */
    public GyrfalconServerBuilder initialFlowControlWindow(int bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("initialFlowControlWindow must be positive");
        }
        setup.window(bytes, true);
        return this;
    }

    /**
     * How large a call's metadata may be: beyond {@code soft} the call is refused; {@code max} is
     * what clients are told. A header block is gathered in one piece: beyond 16 MiB, both are 16
     * MiB.
     *
     * @param soft > 0
     * @param max > soft
     */
    public GyrfalconServerBuilder maxInboundMetadataSize(int soft, int max) {
        setup.maxInboundMetadataSize(soft, max);
        return this;
    }

    /**
     * How large a call's metadata may be, and what clients are told of that; without it 8 KiB,
     * beyond 16 MiB as 16 MiB.
     *
     * @param bytes > 0
     */
    @Override
    public GyrfalconServerBuilder maxInboundMetadataSize(int bytes) {
        setup.maxInboundMetadataSize(bytes);
        return this;
    }

    /**
     * How many calls a client may reset before its connection is closed; without it, as the profile
     * says. It may reset as many again in the next window; a call that ends whole allows it four
     * more, and the reset of a call that is 100 ms old costs nothing.
     *
     * @param resets > 0; more than 2^24, as Integer.MAX_VALUE for no limit, count as that
     * @param secondsPerWindow > 0
     */
    public GyrfalconServerBuilder maxRstFramesPerWindow(int resets, int secondsPerWindow) {
        setup.maxRstFramesPerWindow(resets, secondsPerWindow);
        return this;
    }

    /**
     * Gives the server event loops of its own; without it, it shares those of the process.
     *
     * @param loops > 0
     */
    public GyrfalconServerBuilder loops(int loops) {
        setup.loops(loops);
        return this;
    }

    /**
     * How sockets are polled. Anything but {@code auto} gives the server loops of its own.
     *
     * @param poller {@code auto}, {@code epoll} or {@code nio}
     */
    public GyrfalconServerBuilder poller(String poller) {
        setup.poller(
                switch (poller) {
                    case "auto" -> PollerKind.AUTO;
                    case "epoll" -> PollerKind.EPOLL;
                    case "nio" -> PollerKind.NIO;
                    default ->
                            throw new IllegalArgumentException(
                                    "poller: " + poller + " (expected: auto, epoll or nio)");
                });
        return this;
    }

    /**
     * What loops do without work. Gives the server loops of its own.
     *
     * @param policy {@code block} (the default): sleep; {@code adaptive}: look for a while where
     *     that has paid, then sleep; {@code spin}: look for ever, a whole core for each loop
     */
    public GyrfalconServerBuilder idle(String policy) {
        setup.idle(IdlePolicy.parse(policy));
        return this;
    }

    /**
     * On which CPUs loops run. Gives the server loops of its own.
     *
     * @param where {@code none} (the default), {@code cpu}: a CPU for each loop, {@code node}: the
     *     CPUs of a node of memory for each loop, or CPUs such as {@code 0,2-5}, in turn; one that
     *     is not here is refused when the server starts
     */
    public GyrfalconServerBuilder pinning(String where) {
        setup.pinning(Pinning.parse(where));
        return this;
    }

    /** Options of listening and accepted sockets. */
    public GyrfalconServerBuilder listenOptions(ListenOptions options) {
        setup.listen(options);
        return this;
    }

    /**
     * Settles whether the calls of a method run on runners that their loop carries itself; without
     * it, that is measured. Holds for the default executor.
     *
     * @param fullMethodName {@code package.Service/Method}, of a method that is registered
     */
    public GyrfalconServerBuilder carrying(String fullMethodName, Carrying carrying) {
        setup.carrying(fullMethodName, carrying);
        return this;
    }

    /**
     * Which limits hold where none was named.
     *
     * @param profile {@code mesh} (the default) or {@code edge}
     */
    public GyrfalconServerBuilder profile(String profile) {
        switch (profile) {
            case "mesh" -> setup.profile(Profile.MESH);
            case "edge" -> setup.profile(Profile.EDGE);
            default ->
                    throw new IllegalArgumentException(
                            "profile: " + profile + " (expected: mesh or edge)");
        }
        return this;
    }

    @Override
    public String toString() {
        return "GyrfalconServerBuilder{addresses=" + setup.addresses() + '}';
    }
}
