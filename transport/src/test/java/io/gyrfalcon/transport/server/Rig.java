package io.gyrfalcon.transport.server;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopGroup;
import io.gyrfalcon.eventloop.fake.FakeClient;
import io.gyrfalcon.eventloop.fake.Simulation;
import io.gyrfalcon.eventloop.fake.Weather;
import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.tls.TlsSettings;
import io.gyrfalcon.transport.fixtures.Link;
import io.gyrfalcon.transport.fixtures.RawClient;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.UnaryOperator;

/** A server in a simulation, and its clients. Ends with everything given back. One thread. */
final class Rig implements AutoCloseable {
    static final long SECOND = 1_000_000_000L;
    static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    final Simulation simulation;
    final Loop loop;
    final LoopGroup group;
    final Notes notes = new Notes();
    final ServerTransport server;
    FakeClient wire;

    Rig() {
        this(limits -> limits, settings -> settings);
    }

    Rig(UnaryOperator<Http2Limits.Builder> limits, UnaryOperator<Http2Settings.Builder> settings) {
        this(settings(limits, settings), null);
    }

    Rig(ServerSettings settings, TlsSettings tls) {
        this(settings, tls, 1);
    }

    Rig(ServerSettings settings, TlsSettings tls, int loops) {
        simulation = new Simulation(1, Weather.calm());
        Loop[] all = new Loop[loops];
        for (int i = 0; i < loops; i++) all[i] = simulation.newLoop();
        loop = all[0];
        group = LoopGroup.manual(all);
        try {
            server = ServerTransport.start(group, List.of(ANY), settings, tls, notes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        simulation.settle();
    }

    static ServerSettings settings() {
        return settings(limits -> limits, settings -> settings);
    }

    static ServerSettings settings(
            UnaryOperator<Http2Limits.Builder> limits,
            UnaryOperator<Http2Settings.Builder> settings) {
        return new ServerSettings(
                settings.apply(Http2Settings.mesh().toBuilder()).build(),
                limits.apply(Http2Limits.mesh().toBuilder().windowBytesMax(1 << 20)).build(),
                ListenOptions.defaults(),
                1 << 16,
                10 * SECOND);
    }

    /** A client of the network's, connected. */
    FakeClient connect() {
        try {
            return simulation.network().connect(server.addresses().getFirst());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A client that has shaken hands; what came of that is read. */
    RawClient client(int... settings) {
        wire = connect();
        RawClient client = new RawClient(Link.plain(wire)).hello(settings).flush();
        simulation.settle();
        client.lines();
        return client;
    }

    /** Sends what the client has gathered, and lets it happen. */
    void go(RawClient client) {
        client.flush();
        simulation.settle();
    }

    void settle() {
        simulation.settle();
    }

    /** Ends the server and the loop; nothing may be left. */
    @Override
    public void close() {
        server.stopListening();
        server.closeNow("the test is over");
        simulation.settle();
        simulation.runFor(2 * SECOND);
        boolean[] isTerminated = new boolean[1];
        server.onTerminated(() -> isTerminated[0] = true);
        long left = simulation.outstandingSlabs();
        int connections = server.connectionCount();
        simulation.close();
        if (!isTerminated[0]) throw new AssertionError("not terminated");
        if (connections != 0) throw new AssertionError("connections left: " + connections);
        // Each loop's own receive buffer is taken until it ends.
        if (left > group.size())
            throw new AssertionError("slabs left: " + loop.slabs().describeOutstanding());
        if (simulation.outstandingSlabs() != 0) throw new AssertionError("slabs left at the end");
    }
}
