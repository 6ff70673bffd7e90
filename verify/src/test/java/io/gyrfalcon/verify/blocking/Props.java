package io.gyrfalcon.verify.blocking;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.gyrfalcon.grpc.GyrfalconChannelBuilder;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/** What handlers block on: locks, files, peers that answer late. Any thread. */
final class Props {
    private static final int FILE_BYTES = 64 << 20;
    private static final int FIFOS = 4;

    final ConcurrentHashMap<Integer, Integer> table = new ConcurrentHashMap<>();
    final ReentrantLock intercepted = new ReentrantLock();
    final Path file;
    final SlowPeer slowPeer = new SlowPeer(Scene.MILLIS);

    private final ConcurrentHashMap<Integer, ReentrantLock> locks = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Integer, Class<?>> classes = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Integer, CountDownLatch> latches = new ConcurrentHashMap<>();
    private final ScheduledExecutorService later = Executors.newScheduledThreadPool(FIFOS);
    private final AtomicInteger fifosUsed = new AtomicInteger();
    private final Path folder;
    private final ManagedChannel netty;
    private final ManagedChannel own;
    private final ManagedChannel direct;

    /** For a server on that port of this machine. */
    Props(Path folder, int port) throws IOException, InterruptedException {
        this.folder = folder;
        file = Files.write(folder.resolve("file"), new byte[FILE_BYTES]);
        for (int i = 0; i < FIFOS; i++) makeFifo(fifo(i));
        own = GyrfalconChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        netty = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
        direct =
                NettyChannelBuilder.forTarget("127.0.0.1:" + port)
                        .usePlaintext()
                        .directExecutor()
                        .build();
    }

    private static void makeFifo(Path fifo) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("mkfifo", fifo.toString()).inheritIO().start().waitFor();
        if (exit != 0) throw new IOException("mkfifo " + fifo + ": " + exit);
    }

    private Path fifo(int index) {
        return folder.resolve("fifo-" + index);
    }

    /** The lock of a round; a monitor, too. */
    ReentrantLock lock(int round) {
        return locks.computeIfAbsent(round, ignored -> new ReentrantLock());
    }

    /** What lets the visits of a round go that return by themselves never. */
    CountDownLatch release(int round) {
        return latches.computeIfAbsent(round, ignored -> new CountDownLatch(1));
    }

    /** A pipe that nobody writes to before a while has passed. */
    Path fifo() {
        Path fifo = fifo(fifosUsed.getAndIncrement() % FIFOS);
        later.schedule(() -> write(fifo), Scene.MILLIS, TimeUnit.MILLISECONDS);
        return fifo;
    }

    private static Void write(Path fifo) throws IOException {
        try (OutputStream out = new FileOutputStream(fifo.toFile())) {
            out.write('x');
        }
        return null;
    }

    /** The class of a round, whose initializer takes its time. */
    Class<?> slowClass(int round) {
        return classes.computeIfAbsent(round, ignored -> define());
    }

    private static Class<?> define() {
        try (var in = Props.class.getResourceAsStream("SlowClass.class")) {
            return MethodHandles.lookup().defineHiddenClass(in.readAllBytes(), false).lookupClass();
        } catch (IOException | IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** grpc-java's own channel to the server. */
    ManagedChannel nettyChannel() {
        return netty;
    }

    /** Our channel to the server, on loops that it may share. */
    ManagedChannel ownChannel() {
        return own;
    }

    /** Whatever channel this class path offers, with callbacks on its transport's thread. */
    ManagedChannel directChannel() {
        return direct;
    }
}
