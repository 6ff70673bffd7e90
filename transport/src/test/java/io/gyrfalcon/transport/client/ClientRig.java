package io.gyrfalcon.transport.client;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.fake.Simulation;
import io.gyrfalcon.eventloop.fake.Weather;
import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.transport.fixtures.RawServer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Client connections in a simulation, against servers that a test plays. One thread. */
final class ClientRig implements AutoCloseable, ConnectionEvents {
    static final long SECOND = 1_000_000_000L;
    static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    static final FieldBlock HEAD = RequestHeads.of(false, "host", "/s/m", "test", null);

    final Simulation simulation;
    final Loop loop;
    final List<String> log = new ArrayList<>();
    final List<RawServer> servers = new ArrayList<>();
    final SocketAddress address;
    CallStatus ended;

    ClientRig() {
        this(Weather.calm());
    }

    ClientRig(Weather weather) {
        simulation = new Simulation(1, weather);
        loop = simulation.newLoop();
        try {
            address =
                    loop.listen(
                                    ANY,
                                    ListenOptions.defaults(),
                                    socket -> {
                                        RawServer server = new RawServer(socket);
                                        servers.add(server);
                                        return server;
                                    })
                            .address();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Settings without the pings of the bandwidth probe. */
    static ClientSettings settings(UnaryOperator<Http2Settings.Builder> http2) {
        ClientSettings d = ClientSettings.defaults();
        Http2Limits limits = d.limits().toBuilder().windowBytesMax(1 << 20).build();
        return new ClientSettings(
                http2.apply(d.http2().toBuilder()).build(), limits, d.socket(), 1 << 16);
    }

    ClientConnection open(Destination destination) {
        return open(destination, settings(s -> s));
    }

    ClientConnection open(Destination destination, ClientSettings settings) {
        try {
            ClientConnection connection = ClientConnection.open(loop, destination, settings, this);
            simulation.settle();
            return connection;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A connection to the played server, the handshake behind it. */
    ClientConnection ready(int... settings) {
        ClientConnection connection = open(Destination.plain(address));
        server().hello(settings);
        settle();
        server().lines();
        log.clear();
        return connection;
    }

    RawServer server() {
        return servers.getLast();
    }

    void settle() {
        simulation.settle();
    }

    Noted call(ClientConnection connection) {
        Noted noted = new Noted();
        noted.call = connection.call(HEAD, null, 0, noted);
        return noted;
    }

    /** A call whose request is a whole message, as a unary call's. */
    Noted unary(ClientConnection connection) {
        Noted noted = call(connection).send("hi", true);
        settle();
        return noted;
    }

    @Override
    public void onReady(ClientConnection connection) {
        log.add("ready");
    }

    @Override
    public void onOpenable(ClientConnection connection) {
        log.add("openable");
    }

    @Override
    public void onClosing(ClientConnection connection, CallStatus why) {
        log.add("closing" + (why == null ? "" : " " + why.code()));
    }

    @Override
    public void onGoAway(ClientConnection connection, long errorCode, String debug) {
        log.add("go away " + errorCode + " " + debug);
    }

    @Override
    public void onClosed(ClientConnection connection, CallStatus status) {
        ended = status;
        log.add("closed " + status.code() + " " + status.description());
    }

    /** Ends everything; nothing may be left. */
    @Override
    public void close() {
        simulation.runFor(3 * SECOND);
        simulation.close();
        if (simulation.outstandingSlabs() != 0) {
            throw new AssertionError("slabs left: " + loop.slabs().describeOutstanding());
        }
    }
}
