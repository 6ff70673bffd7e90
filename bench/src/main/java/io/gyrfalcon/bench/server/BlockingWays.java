package io.gyrfalcon.bench.server;

import io.grpc.Context;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.gyrfalcon.bench.mixed.Block;
import io.gyrfalcon.bench.mixed.MixedGrpc;
import io.gyrfalcon.bench.mixed.Payload;

import org.jspecify.annotations.Nullable;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What handlers of the mixed run do to the thread that runs them: wait, burn, call. Calls share a
 * few locks, keys and pipes. Any thread.
 */
public final class BlockingWays implements ServerInterceptor, AutoCloseable {
    /** Names calls whose interceptor takes the lock that handlers hold. */
    public static final Metadata.Key<String> TAKES_LOCK =
            Metadata.Key.of("takes-lock", Metadata.ASCII_STRING_MARSHALLER);

    static final long LATE_MILLIS = 100;

    private static final int FILE_BYTES = 4 << 20;
    private static final int SHARED = 4;
    private static final int MILLIS_MIN = 10;
    private static final int MILLIS_RANGE = 190;
    private static final long LONG_BURN_MILLIS = 1_000;
    private static final long PATIENCE_SECONDS = 30;

    private final ReentrantLock lock = new ReentrantLock();
    private final Object monitor = new Object();
    private final ReentrantLock intercepted = new ReentrantLock();
    private final ConcurrentHashMap<Integer, Integer> table = new ConcurrentHashMap<>();
    private final AtomicInteger drawn = new AtomicInteger();
    private final ScheduledThreadPoolExecutor later =
            new ScheduledThreadPoolExecutor(SHARED, Thread.ofPlatform().daemon().factory());
    private final BlockingQueue<Path> idlePipes = new ArrayBlockingQueue<>(SHARED);
    private final ServerSocket slowPeer;
    private final Path folder;
    private volatile @Nullable Class<?> slowClass;
    private volatile @Nullable String target;

    /**
     * Makes what handlers block on.
     *
     * @throws IOException if files, pipes or sockets cannot be had
     */
    public BlockingWays() throws IOException, InterruptedException {
        folder = Files.createTempDirectory("blocking");
        Files.write(folder.resolve("file"), new byte[FILE_BYTES]);
        for (int i = 0; i < SHARED; i++) {
            int exit = new ProcessBuilder("mkfifo", fifo(i).toString()).start().waitFor();
            if (exit != 0) throw new IOException("mkfifo ended with " + exit + " (expected: 0)");
            idlePipes.add(fifo(i));
        }
        slowPeer = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    /** Begins, once the server has; handlers call it on that port. */
    public void start(int port) {
        target = "127.0.0.1:" + port;
        later.prestartAllCoreThreads();
        Thread.ofPlatform().daemon().name("slow-peer").start(this::answerLate);
    }

    /** Holds the thread in the way that the request names. Any thread that may block. */
    void hold(Payload request) {
        long millis = MILLIS_MIN + (long) Math.floorMod(request.getNumber(), MILLIS_RANGE);
        try {
            hold(request.getBlock(), millis);
        } catch (IOException | IllegalAccessException | InterruptedException e) {
            throw new IllegalStateException(request.getBlock() + ": " + e, e);
        }
    }

    private void hold(Block way, long millis)
            throws IOException, IllegalAccessException, InterruptedException {
        switch (way) {
            case NONE, UNRECOGNIZED -> {}
            case SLEEP -> Thread.sleep(millis);
            case SOCKET_READ -> readSocket();
            case LOCK -> sleepWith(lock, millis);
            case MONITOR -> sleepInMonitor(millis);
            case COMPUTE_IF_ABSENT -> compute((int) millis % SHARED);
            case INTERCEPTORS_LOCK -> sleepWith(intercepted, millis);
            case BURN -> burn(millis < 2 * MILLIS_MIN ? LONG_BURN_MILLIS : millis);
            case FIFO_READ -> readFifo();
            case FILE_READ -> readThrough(folder.resolve("file"));
            case CLASS_INITIALIZER -> initialize();
            case SPIN_UNTIL_CANCELLED -> spinUntilCancelled();
            case BURNING_THREADS -> burnOnFourThreads(millis / SHARED);
            case CALL_TO_THE_SAME_SERVER -> callServer(millis);
            case CALLBACK_WANTS_THE_LOCK -> callHoldingLock(millis);
        }
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (!headers.containsKey(TAKES_LOCK)) return next.startCall(call, headers);
        intercepted.lock();
        try {
            return next.startCall(call, headers);
        } finally {
            intercepted.unlock();
        }
    }

    // waits

    private static void sleepWith(ReentrantLock lock, long millis) throws InterruptedException {
        lock.lock();
        try {
            Thread.sleep(millis);
        } finally {
            lock.unlock();
        }
    }

    private void sleepInMonitor(long millis) throws InterruptedException {
        synchronized (monitor) {
            Thread.sleep(millis);
        }
    }

    private void compute(int key) {
        table.computeIfAbsent(key, BlockingWays::slowly);
        table.remove(key);
    }

    private static Integer slowly(Integer key) {
        try {
            Thread.sleep(LATE_MILLIS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return key;
    }

    private void initialize() throws IOException, IllegalAccessException {
        Class<?> type = slowClass;
        if (type == null || drawn.getAndIncrement() % 2 == 0) {
            try (InputStream in = BlockingWays.class.getResourceAsStream("SlowClass.class")) {
                if (in == null) throw new IOException("SlowClass is not on the class path");
                byte[] bytes = in.readAllBytes();
                type = MethodHandles.lookup().defineHiddenClass(bytes, false).lookupClass();
            }
            slowClass = type;
        }
        MethodHandles.lookup().ensureInitialized(type);
    }

    // input and output

    private void answerLate() {
        try {
            while (true) {
                Socket socket = slowPeer.accept();
                var _ = later.schedule(() -> answer(socket), LATE_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (IOException closed) {
            // the run is over
        }
    }

    private static @Nullable Object answer(Socket socket) throws IOException {
        try (socket) {
            socket.getOutputStream().write('x');
        }
        return null;
    }

    private void readSocket() throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), slowPeer.getLocalPort())) {
            if (socket.getInputStream().read() != 'x') throw new IOException("nothing was sent");
        }
    }

    private Path fifo(int index) {
        return folder.resolve("fifo-" + index);
    }

    /**
     * One reader a pipe: a second would end with the first one's writer and leave its own stuck.
     */
    private void readFifo() throws IOException, InterruptedException {
        Path fifo = idlePipes.take();
        try {
            var _ = later.schedule(() -> write(fifo), LATE_MILLIS, TimeUnit.MILLISECONDS);
            readThrough(fifo);
        } finally {
            idlePipes.add(fifo);
        }
    }

    private static @Nullable Object write(Path fifo) throws IOException {
        try (OutputStream out = new FileOutputStream(fifo.toFile())) {
            out.write('x');
        }
        return null;
    }

    private static void readThrough(Path file) throws IOException {
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = new FileInputStream(file.toFile())) {
            while (in.read(buffer) >= 0) Thread.onSpinWait();
        }
    }

    // burns

    private static void burn(long millis) {
        long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() - endNanos < 0) Thread.onSpinWait();
    }

    private static void spinUntilCancelled() {
        Context context = Context.current();
        while (!context.isCancelled()) Thread.onSpinWait();
    }

    private static void burnOnFourThreads(long millis) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < SHARED; i++) {
            threads.add(Thread.startVirtualThread(() -> burn(millis)));
        }
        for (Thread thread : threads) thread.join();
    }

    // calls

    private void callServer(long millis) {
        Payload slow = Payload.newBuilder().setNumber(millis).setBlock(Block.SLEEP).build();
        ManagedChannel channel = channel().build();
        try {
            Payload answer =
                    MixedGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
                            .echo(slow);
            if (!answer.equals(slow)) throw new IllegalStateException("another answer");
        } finally {
            channel.shutdown();
        }
    }

    /** Parks with a lock that a callback on a transport's own thread wants meanwhile. */
    private void callHoldingLock(long millis) throws InterruptedException {
        ReentrantLock held = new ReentrantLock();
        Passing callback = new Passing(held);
        ManagedChannel channel = channel().directExecutor().build();
        held.lock();
        try {
            MixedGrpc.newStub(channel)
                    .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .echo(Payload.getDefaultInstance(), callback);
            Thread.sleep(millis);
        } finally {
            held.unlock();
            channel.shutdown();
        }
        if (!callback.ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("a callback is stuck");
        }
    }

    /** A channel for one call: one that stayed would be held at the end. */
    private ManagedChannelBuilder<?> channel() {
        String name = target;
        if (name == null) throw new IllegalStateException("not started");
        return NettyChannelBuilder.forTarget(name, InsecureChannelCredentials.create());
    }

    /** Takes and leaves a lock in its callback. The channel's thread, its end for any thread. */
    private static final class Passing implements StreamObserver<Payload> {
        final CountDownLatch ended = new CountDownLatch(1);
        private final ReentrantLock lock;

        Passing(ReentrantLock lock) {
            this.lock = lock;
        }

        @Override
        public void onNext(Payload value) {
            lock.lock();
            try {
                Thread.onSpinWait();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void onError(Throwable cause) {
            ended.countDown();
        }

        @Override
        public void onCompleted() {
            ended.countDown();
        }
    }

    /** Ends what was made; handlers must have ended before. */
    @Override
    public void close() throws IOException {
        slowPeer.close();
        later.shutdownNow();
        for (int i = 0; i < SHARED; i++) Files.deleteIfExists(fifo(i));
        Files.deleteIfExists(folder.resolve("file"));
        Files.deleteIfExists(folder);
    }
}
