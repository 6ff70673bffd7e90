package io.gyrfalcon.eventloop;

/** The thread that drives one loop. Any thread may end it. */
final class LoopThread extends Thread {
    private final Loop loop;
    private final Runnable onEnd;
    private volatile boolean ending;

    LoopThread(Loop loop, Runnable onEnd) {
        super(null, null, "gyrfalcon-loop-".concat(Integer.toString(loop.index())), 0, false);
        this.loop = loop;
        this.onEnd = onEnd;
        setDaemon(true);
        loop.adopt(this);
    }

    @Override
    public void run() {
        while (!ending) {
            try {
                loop.turn(Long.MAX_VALUE);
            } catch (Throwable failure) {
                Failures.log("a turn of the loop failed", failure);
            }
        }
        try {
            loop.end();
        } catch (Throwable failure) {
            Failures.log("the loop did not end in order", failure);
        }
        onEnd.run();
    }

    /** Asks the loop to end after its current turn. */
    void end() {
        ending = true;
        loop.post(l -> {});
    }

    /** Waits for the end, unless the caller is this very thread. */
    void awaitEnd() {
        if (Thread.currentThread() == this) return;
        boolean interrupted = false;
        while (true) {
            try {
                join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
