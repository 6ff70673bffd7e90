package io.gyrfalcon.eventloop;

import io.gyrfalcon.eventloop.run.Spares;

import java.util.concurrent.CountDownLatch;

/**
 * Gives one loop its turns, on one thread at a time, until it ends. Any thread may end it.
 *
 * <p>A thread that has lost the loop to another one leaves {@link #run} and touches nothing more.
 */
final class LoopDriver implements Runnable {
    private final Loop loop;
    private final Runnable onEnd;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean ending;

    LoopDriver(Loop loop, Runnable onEnd) {
        this.loop = loop;
        this.onEnd = onEnd;
        loop.drivenBy(this);
    }

    void start() {
        Spares.drive(
                () -> {
                    loop.adopt(Thread.currentThread());
                    run();
                });
    }

    /** By the thread that owns the loop. */
    @Override
    public void run() {
        Thread thread = Thread.currentThread();
        String name = thread.getName();
        thread.setName("gyrfalcon-loop-".concat(Integer.toString(loop.index())));
        loop.place().take(this);
        boolean isOver = false;
        try {
            isOver = drive();
            if (isOver) end();
        } finally {
            loop.place().leave(this);
            thread.setName(name);
        }
        if (isOver) ended.countDown();
    }

    /** False when the loop was lost. */
    private boolean drive() {
        while (!ending) {
            // One that user code has left would end every wait of a selector, and later others'.
            Thread.interrupted();
            try {
                if (!loop.turn(Long.MAX_VALUE)) return false;
            } catch (Throwable failure) {
                Failures.log("a turn of the loop failed", failure);
            }
        }
        return true;
    }

    private void end() {
        try {
            loop.end();
        } catch (Throwable failure) {
            Failures.log("the loop did not end in order", failure);
        }
        onEnd.run();
    }

    /** Asks the loop to end after its current turn. */
    void endLater() {
        ending = true;
        loop.post(l -> {});
    }

    /** Waits for the end, unless the caller is the thread that is to bring it about. */
    void awaitEnd() {
        if (loop.inLoop()) return;
        boolean interrupted = false;
        while (true) {
            try {
                ended.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
