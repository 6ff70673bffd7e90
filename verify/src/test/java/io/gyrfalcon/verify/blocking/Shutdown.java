package io.gyrfalcon.verify.blocking;

import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A process whose server goes while others wait: the handler of a call, virtual threads that the
 * handler has started, and such that never had to do with the server. The handler's is the first
 * virtual thread of the JVM that reads from a socket. Owned by the main thread.
 */
final class Shutdown {
    private static final int SECONDS = 30;
    private static final int READS = 50;

    /** Far beyond what a server takes to go. */
    private static final long WAIT_MILLIS = 4_000;

    private final SlowPeer quick = new SlowPeer(50);
    private final SlowPeer slow = new SlowPeer(WAIT_MILLIS);
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Thread> waiting = new ArrayList<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);

    private Shutdown() throws IOException {}

    /** Ends with 0 if everybody has gone on; the argument is a poller. */
    public static void main(String[] arguments) throws Exception {
        Shutdown scene = new Shutdown();
        scene.lock.lock();
        scene.stopAServerBusyWithCalls(arguments[0]);
        scene.lock.unlock();
        scene.awaitThoseWhoWaited();
        System.out.println("slowest read afterwards: " + scene.readAfterwards() + " ms");
        Servers.callOnce(arguments[0]);
        System.out.println("well.");
        System.exit(0);
    }

    private void stopAServerBusyWithCalls(String poller) throws Exception {
        Server server = Servers.start(poller, ServerCalls.asyncUnaryCall(this::serve));
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                        .usePlaintext()
                        .build();
        ClientCall<String, String> call = channel.newCall(Scene.CALL, Scene.patiently());
        var answer = ClientCalls.futureUnaryCall(call, "#1");
        await(begun, "the handler");
        startThoseWhoWait();
        server.shutdownNow();
        if (!server.awaitTermination(SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the server does not terminate");
        }
        awaitNoLoop();
        if (ended.getCount() == 0) throw new AssertionError("the handler did not wait");
        try {
            answer.get(SECONDS, TimeUnit.SECONDS);
            throw new AssertionError("the handler has answered");
        } catch (ExecutionException cutOff) {
            System.out.println("the call ended: " + cutOff.getCause());
        }
        channel.shutdownNow().awaitTermination(SECONDS, TimeUnit.SECONDS);
    }

    private void serve(String request, StreamObserver<String> answers) {
        quick.read();
        startThoseWhoWait();
        begun.countDown();
        slow.read();
        ended.countDown();
    }

    private void startThoseWhoWait() {
        List<Runnable> ways = List.of(slow::read, Shutdown::sleep, this::passLock);
        synchronized (waiting) {
            for (Runnable way : ways) waiting.add(Thread.startVirtualThread(way));
        }
    }

    private static void sleep() {
        try {
            Thread.sleep(WAIT_MILLIS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void passLock() {
        lock.lock();
        lock.unlock();
    }

    private static void awaitNoLoop() throws InterruptedException {
        for (int i = 0; i < SECONDS * 100 && hasLoop(); i++) Thread.sleep(10);
        if (hasLoop()) throw new AssertionError("a loop lives on");
    }

    private static boolean hasLoop() {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("gyrfalcon-loop"));
    }

    private void awaitThoseWhoWaited() throws InterruptedException {
        await(ended, "the handler");
        synchronized (waiting) {
            for (Thread thread : waiting) join(thread);
        }
    }

    private static void join(Thread thread) throws InterruptedException {
        if (!thread.join(java.time.Duration.ofSeconds(SECONDS))) {
            throw new AssertionError(thread + " is stuck");
        }
    }

    /** Many reads at once, and how long the slowest took. */
    private long readAfterwards() throws InterruptedException {
        long start = System.nanoTime();
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < READS; i++) readers.add(Thread.startVirtualThread(quick::read));
        for (Thread reader : readers) join(reader);
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    private static void await(CountDownLatch latch, String who) throws InterruptedException {
        if (!latch.await(SECONDS, TimeUnit.SECONDS)) throw new AssertionError(who + " is stuck");
    }
}
