package io.gyrfalcon.eventloop.fake;

import io.gyrfalcon.eventloop.poll.Errno;
import io.gyrfalcon.primitives.time.Clock;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/** Connections in memory whose every delay, split and fault follows from one seed. One thread. */
public final class FakeNetwork {
    private final Clock clock;
    private final Random random;
    private final Map<SocketAddress, FakePort> ports = new HashMap<>();
    private final Map<FakePipe, FakePipe> opposites = new HashMap<>();
    private final PriorityQueue<Arrival> arrivals = new PriorityQueue<>();
    private final Set<SocketAddress> blackHoles = new HashSet<>();
    private Weather weather;
    private long arrivalCount;
    private int nextPort = 40_000;

    /** A network in which {@code seed} decides everything that {@code weather} leaves open. */
    public FakeNetwork(long seed, Clock clock, Weather weather) {
        this.random = new Random(seed);
        this.clock = clock;
        this.weather = weather;
    }

    /** Changes the weather for what is sent from now on. */
    public void weather(Weather next) {
        weather = next;
    }

    Weather weather() {
        return weather;
    }

    /** A poller for one loop. */
    public FakePoller newPoller() {
        return new FakePoller(this);
    }

    /**
     * Connects to a listener of this network.
     *
     * @throws IOException when nobody listens there
     */
    public FakeClient connect(SocketAddress address) throws IOException {
        FakePort port = ports.get(address);
        if (port == null) throw new IOException(address + ": Connection refused");
        FakePipe up = newPipe(true);
        FakePipe down = newPipe(false);
        bind(up, down);
        FakeWire wire = new FakeWire(this, up, down, address, newClientAddress());
        schedule(nowNanos(), () -> port.arrive(wire));
        return new FakeClient(this, up, down);
    }

    /** Has nobody answer at this address, as behind a wall that drops packets. */
    public void blackHole(SocketAddress address) {
        blackHoles.add(address);
    }

    /** A wire that connects: it learns after a while whether anybody listens. */
    FakeWire dial(SocketAddress address) throws IOException {
        if (address instanceof InetSocketAddress inet && inet.isUnresolved()) {
            throw new UnknownHostException(inet.getHostString());
        }
        FakePipe up = newPipe(true);
        FakePipe down = newPipe(false);
        bind(up, down);
        SocketAddress client = newClientAddress();
        FakeWire wire = new FakeWire(this, down, up, client, address);
        wire.connecting();
        if (!blackHoles.contains(address)) {
            schedule(nowNanos(), () -> arrive(address, client, up, down, wire));
        }
        return wire;
    }

    private void arrive(
            SocketAddress address,
            SocketAddress client,
            FakePipe up,
            FakePipe down,
            FakeWire wire) {
        FakePort port = ports.get(address);
        if (port == null) {
            wire.connected(Errno.ECONNREFUSED);
            return;
        }
        port.arrive(new FakeWire(this, up, down, address, client));
        wire.connected(0);
    }

    private FakePipe newPipe(boolean fromClient) {
        return new FakePipe(this, fromClient);
    }

    private void bind(FakePipe up, FakePipe down) {
        opposites.put(up, down);
        opposites.put(down, up);
    }

    private SocketAddress newClientAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), nextPort++);
    }

    /** Lets everything arrive whose time has come. */
    public void deliverDue() {
        long now = nowNanos();
        for (Arrival next = arrivals.peek(); next != null; next = arrivals.peek()) {
            if (next.atNanos - now > 0) return;
            arrivals.poll();
            next.action.run();
        }
    }

    /** How long until something arrives; {@link Long#MAX_VALUE}: nothing is on its way. */
    public long nanosToNext() {
        Arrival next = arrivals.peek();
        return next == null ? Long.MAX_VALUE : Math.max(0, next.atNanos - nowNanos());
    }

    long nowNanos() {
        return clock.nanoTime();
    }

    FakePort bind(SocketAddress address) throws IOException {
        SocketAddress bound = address;
        if (address instanceof InetSocketAddress inet && inet.getPort() == 0) {
            bound = new InetSocketAddress(inet.getAddress(), nextPort++);
        }
        if (ports.containsKey(bound)) throw new BindException(bound + ": Address already in use");
        FakePort port = new FakePort(this, bound);
        ports.put(bound, port);
        return port;
    }

    void unbind(SocketAddress address) {
        ports.remove(address);
    }

    /** Plans an arrival not before {@code notBeforeNanos}; returns its time. */
    long schedule(long notBeforeNanos, Runnable action) {
        long delay = weather.delayNanosMax();
        long at = nowNanos() + (delay == 0 ? 0 : random.nextLong(delay + 1));
        if (at - notBeforeNanos < 0) at = notBeforeNanos;
        arrivals.add(new Arrival(at, arrivalCount++, action));
        return at;
    }

    int pieceBytes(int bytesLeft) {
        int most = Math.min(weather.pieceBytesMax(), bytesLeft);
        return weather.pieceBytesMax() == Integer.MAX_VALUE ? bytesLeft : 1 + random.nextInt(most);
    }

    boolean isDue(int oneIn) {
        return oneIn > 0 && random.nextInt(oneIn) == 0;
    }

    void resetBoth(FakePipe pipe) {
        pipe.reset();
        @Nullable FakePipe opposite = opposites.get(pipe);
        if (opposite != null) opposite.reset();
    }

    void forget(FakePipe pipe) {
        FakePipe opposite = opposites.get(pipe);
        if (opposite == null || !(pipe.isReset() || opposite.isEndSent() && pipe.isEndSent()))
            return;
        opposites.remove(pipe);
        opposites.remove(opposite);
    }

    private record Arrival(long atNanos, long number, Runnable action)
            implements Comparable<Arrival> {
        @Override
        public int compareTo(Arrival other) {
            int byTime = Long.compare(atNanos - other.atNanos, 0);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }
}
