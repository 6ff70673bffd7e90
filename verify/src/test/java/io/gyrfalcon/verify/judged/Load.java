package io.gyrfalcon.verify.judged;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Threads that call one after another until they are stopped, and what failed. Any thread. */
final class Load implements AutoCloseable {
    private static final int THREADS = 8;
    private static final int CALLS_EACH = 50;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(40);

    private final ManagedChannel channel;
    private final List<Thread> threads = new ArrayList<>();
    private final List<Outcome> failed = new ArrayList<>();
    private final List<Outcome> failedAfterMark = new ArrayList<>();
    private long calls;
    private boolean isMarked;
    private boolean isStopped;

    Load(ManagedChannel channel) {
        this.channel = channel;
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofPlatform().daemon().name("load-" + i).start(this::call));
        }
    }

    private void call() {
        while (true) {
            boolean isAfterMark;
            synchronized (this) {
                if (isStopped) return;
                isAfterMark = isMarked;
            }
            CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS);
            note(Outcome.of(Outcome.begin(channel, Outcome.UNARY, options, "hi")), isAfterMark);
        }
    }

    private synchronized void note(Outcome outcome, boolean isAfterMark) {
        calls++;
        if (outcome.code() != Code.OK) (isAfterMark ? failedAfterMark : failed).add(outcome);
        notifyAll();
    }

    /** Until many more calls have ended. */
    synchronized void awaitCalls() throws InterruptedException {
        long endNanos = System.nanoTime() + PATIENCE_NANOS;
        long wanted = calls + (long) THREADS * CALLS_EACH;
        while (calls < wanted) {
            long left = endNanos - System.nanoTime();
            assertThat(left).as("calls go on").isPositive();
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** Calls that begin from now on are told apart. */
    synchronized void markLost() {
        isMarked = true;
    }

    synchronized List<Outcome> failed() {
        return List.copyOf(failed);
    }

    synchronized List<Outcome> failedAfterMark() {
        return List.copyOf(failedAfterMark);
    }

    @Override
    public void close() throws InterruptedException {
        synchronized (this) {
            isStopped = true;
        }
        for (Thread thread : threads) thread.join();
    }
}
