package io.gyrfalcon.verify.blocking;

import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Short calls at a steady rate, whether or not earlier ones are answered; each is timed from when
 * it was due. Owned by its thread until {@link #stop}; times and ends are the channel's threads'.
 */
final class SteadyCalls {
    private static final long INTERVAL_NANOS = 2_000_000;
    private static final int CALLS_MIN = 250;
    private static final int CALLS_MAX = 30_000;

    private final long[] nanos = new long[CALLS_MAX];
    private final AtomicReference<String> failure = new AtomicReference<>();
    private final Semaphore ended = new Semaphore(0);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final ManagedChannel channel;
    private final Thread thread;
    private volatile boolean isStopping;
    private int started;

    SteadyCalls(ManagedChannel channel) {
        this.channel = channel;
        thread = Thread.ofPlatform().daemon().name("steady-calls").start(this::call);
    }

    private void call() {
        long due = System.nanoTime();
        while (started < CALLS_MIN || (!isStopping && started < CALLS_MAX)) {
            long early = due - System.nanoTime();
            if (early > 0) {
                LockSupport.parkNanos(early);
                continue;
            }
            start(started++, due);
            due += INTERVAL_NANOS;
        }
    }

    private void start(int index, long due) {
        ClientCall<String, String> call = channel.newCall(Scene.CALL, Scene.patiently());
        call.start(new Timed(index, due), new Metadata());
        call.request(2);
        call.sendMessage("#" + index);
        call.halfClose();
    }

    /** Waits until the first call has been answered. */
    void awaitBegin() throws InterruptedException {
        if (begun.await(Scene.PATIENCE_SECONDS, TimeUnit.SECONDS)) return;
        throw new AssertionError("no call was answered: " + failure.get());
    }

    /** Makes no more calls, once there are enough, and waits for them: how long each took. */
    Figures stop() throws InterruptedException {
        isStopping = true;
        thread.join();
        boolean areAllEnded =
                ended.tryAcquire(started, Scene.PATIENCE_SECONDS + 10, TimeUnit.SECONDS);
        if (!areAllEnded) {
            int stuck = started - ended.availablePermits();
            throw new AssertionError(stuck + " calls of " + started + " are stuck");
        }
        if (failure.get() != null) throw new AssertionError(failure.get());
        return Figures.of(nanos, started);
    }

    /** One call: its answer has to be its own. */
    private final class Timed extends ClientCall.Listener<String> {
        private final int index;
        private final long due;
        private String answer;

        Timed(int index, long due) {
            this.index = index;
            this.due = due;
        }

        @Override
        public void onMessage(String message) {
            answer = message;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            nanos[index] = System.nanoTime() - due;
            if (!status.isOk() || !("#" + index).equals(answer)) {
                failure.compareAndSet(null, "call " + index + ": " + status + ", " + answer);
            }
            begun.countDown();
            ended.release();
        }
    }
}
