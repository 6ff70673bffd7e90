package io.gyrfalcon.eventloop;

import io.gyrfalcon.eventloop.machine.SystemFiles;
import io.gyrfalcon.eventloop.machine.Topology;
import io.gyrfalcon.eventloop.poll.Poller;
import io.gyrfalcon.eventloop.poll.Pollers;
import io.gyrfalcon.eventloop.poll.Port;
import io.gyrfalcon.eventloop.run.CarriedThreads;
import io.gyrfalcon.eventloop.run.Spares;
import io.gyrfalcon.primitives.memory.Budget;
import io.gyrfalcon.primitives.memory.SlabPool;
import io.gyrfalcon.primitives.time.Clock;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/** Several loops, each on a thread of its own, and what they share. Any thread. */
public final class LoopGroup implements AutoCloseable {
    private static final Object SHARED_LOCK = new Object();
    private static @Nullable LoopGroup shared;
    private static int sharedUsers;

    private final Loop[] loops;
    private final LoopDriver[] drivers;
    private final Topology topology;
    private final @Nullable Strays strays;
    private final @Nullable LateWarning warning;
    private volatile boolean isClosed;

    private LoopGroup(
            Loop[] loops,
            LoopDriver[] drivers,
            Topology topology,
            @Nullable Strays strays,
            @Nullable LateWarning warning) {
        this.loops = loops;
        this.drivers = drivers;
        this.topology = topology;
        this.strays = strays;
        this.warning = warning;
    }

    /**
     * Starts loops on daemon threads named {@code gyrfalcon-loop-0} and so on.
     *
     * @throws IllegalStateException when the poller that was asked for by name cannot be used here,
     *     with the reason
     * @throws IllegalArgumentException when a loop is to be pinned to a CPU that is not here
     */
    public static LoopGroup start(LoopSettings settings) {
        return start(settings, Budget.process());
    }

    /** As {@link #start(LoopSettings)}, with a memory budget other than the process's. */
    public static LoopGroup start(LoopSettings settings, Budget budget) {
        boolean isPinned = settings.pinning().kind() != Pinning.Kind.NONE;
        Topology topology = isPinned ? Topology.read(SystemFiles.ofMachine()) : Topology.UNKNOWN;
        return start(settings, budget, topology);
    }

    static LoopGroup start(LoopSettings settings, Budget budget, Topology topology) {
        List<Place> places = Place.plan(settings.pinning(), topology, settings.loops());
        PollerKind kind = Pollers.choose(settings.poller());
        Loop[] loops = new Loop[settings.loops()];
        LoopDriver[] drivers = new LoopDriver[loops.length];
        NodeSlabs sharedSlabs = new NodeSlabs(budget, loops.length);
        Carrying carrying = Carrying.of(settings);
        for (int i = 0; i < loops.length; i++) {
            Poller poller = Pollers.open(kind);
            loops[i] =
                    new Loop(
                            i,
                            settings,
                            Clock.system(),
                            poller,
                            SlabPool.forLoop(budget),
                            sharedSlabs.of(places.get(i).node()),
                            null,
                            carrying);
            loops[i].placeAt(places.get(i));
            drivers[i] = new LoopDriver(loops[i], sharedSlabs);
        }
        if (loops.length > 1 && LoopFlags.CONNECTION_MOVES.isOn()) Balance.keep(loops);
        for (LoopDriver driver : drivers) driver.start();
        LateWarning warning = warning(carrying, loops[0]);
        if (warning != null) loops[0].post(warning);
        Failures.prepare();
        return new LoopGroup(loops, drivers, topology, Strays.watch(places), warning);
    }

    /**
     * A group of loops that no thread drives: whoever made them gives their turns and ends them.
     * After {@link #close} it does not listen any more.
     *
     * @param loops each with its position here as its index
     */
    public static LoopGroup manual(Loop... loops) {
        return new LoopGroup(loops.clone(), new LoopDriver[0], Topology.UNKNOWN, null, null);
    }

    /** The process's own group with default settings, started by its first user. */
    public static LoopGroup acquireShared() {
        synchronized (SHARED_LOCK) {
            LoopGroup group = shared;
            if (group == null) shared = group = start(LoopSettings.defaults());
            sharedUsers++;
            return group;
        }
    }

    /** Gives the process's own group back; it is closed with its last user. */
    public static void releaseShared() {
        LoopGroup last;
        synchronized (SHARED_LOCK) {
            if (sharedUsers == 0)
                throw new IllegalStateException("released more often than acquired");
            if (--sharedUsers > 0) return;
            last = shared;
            shared = null;
        }
        if (last != null) last.close();
    }

    /** How many loops there are. */
    public int size() {
        return loops.length;
    }

    /** The loop of that index, from 0. */
    public Loop loop(int index) {
        return loops[index];
    }

    /** Connections that have moved to a less loaded loop so far. */
    public long moves() {
        long count = 0;
        for (Loop loop : loops) {
            Balance keeping = loop.balance();
            if (keeping != null) count += keeping.given();
        }
        return count;
    }

    /** The loop with the fewest connections. */
    public Loop leastLoaded() {
        return Targets.leastLoaded(loops);
    }

    /**
     * Listens. One loop accepts; each connection goes to the loop that has fewest, of those near to
     * its memory where loops are pinned. By flag {@code so-reuseport} each loop accepts its own.
     *
     * @param address IPv4, IPv6 or unix-domain; port 0 takes any free one. A unix-domain path is
     *     removed when the listener is closed; one that is left over from an earlier process is
     *     replaced
     * @throws IOException when the address cannot be bound, with the address and the system's
     *     reason
     */
    public Listener listen(SocketAddress address, ListenOptions options, Acceptor acceptor)
            throws IOException {
        if (isClosed) throw new IOException(address + ": the group of loops has ended");
        boolean spread = LoopFlags.SO_REUSEPORT.isOn() && address instanceof InetSocketAddress;
        if (spread && loops.length > 1) return listenSpread(address, options, acceptor);
        Loop home = leastLoaded();
        Port port = home.poller().listen(address, options, spread);
        return Listener.open(port, home, new Targets(loops, topology), acceptor);
    }

    private Listener listenSpread(SocketAddress address, ListenOptions options, Acceptor acceptor)
            throws IOException {
        Door[] doors = new Door[loops.length];
        SocketAddress bound = address;
        for (int i = 0; i < loops.length; i++) {
            try {
                Port port = loops[i].poller().listen(bound, options(options, loops[i]), true);
                bound = port.address();
                doors[i] = new Door(port, loops[i], Targets.only(loops[i]), acceptor);
            } catch (IOException failure) {
                for (int j = 0; j < i; j++) doors[j].port().close();
                throw failure;
            }
        }
        return Listener.open(doors, loops);
    }

    /** A loop that is pinned to one CPU takes what arrives there. */
    private static ListenOptions options(ListenOptions asked, Loop loop) {
        List<Integer> cpus = loop.place().cpus();
        if (cpus.size() != 1 || asked.incomingCpu() != ListenOptions.ANY_CPU) return asked;
        return asked.withIncomingCpu(cpus.getFirst());
    }

    /**
     * Ends all loops: closes their sockets and listeners and releases their memory. Waits until the
     * threads have ended, except for the calling one. A second call does nothing.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (isClosed) return;
            isClosed = true;
        }
        if (strays != null) strays.end();
        if (warning != null) warning.run();
        for (LoopDriver driver : drivers) driver.endLater();
        for (LoopDriver driver : drivers) driver.awaitEnd();
    }

    /** What is to be said of runners that their loops should carry, and cannot. */
    private static @Nullable LateWarning warning(@Nullable Carrying carrying, Loop waiting) {
        if (carrying != null || !LoopFlags.CARRIED_RUNNERS.isOn()) return null;
        return new LateWarning(
                waiting,
                "runners are carried by the JDK's scheduler: start the JVM with"
                        + " --add-opens=java.base/java.lang=ALL-UNNAMED ("
                        + CarriedThreads.reason()
                        + ")");
    }

    /** With what the loops of a group carry runners. Immutable. */
    record Carrying(@Nullable CarriedThreads threads, @Nullable Spares spares) {
        /** Null where they do not. */
        static @Nullable Carrying of(LoopSettings settings) {
            if (!LoopFlags.CARRIED_RUNNERS.isOn()) return null;
            CarriedThreads threads = CarriedThreads.orNull();
            if (threads == null) return null;
            boolean isTaken = LoopFlags.HAND_OVER.isOn();
            return new Carrying(
                    threads, isTaken ? new Spares(settings.carrying().sparesMax()) : null);
        }
    }
}
