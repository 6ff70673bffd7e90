package io.gyrfalcon.eventloop.run;

import io.gyrfalcon.primitives.HotPath;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Who holds a loop while a runner is mounted on it. Any thread; each transition has one thread that
 * may make it.
 */
@HotPath
public final class Gate {
    /*
     *            driver: open                runner: enter (compare and set)
     *   CLOSED ---------------> USER <--------------------------------------> ENGINE
     *    ^  ^                    |  |          runner: leave (release)           ^ |
     *    |  |  driver: close     |  |                                            | |
     *    |  +--(compare and set)-+  |  spare thread: take (compare and set)      | |
     *    |                          +--------------------------------------> TAKEN | for good
     *    +-----------------------------------------------------------------------+ |
     *                 driver: a runner that has work, a runner that rests <--------+
     *
     * The loop's plain state belongs to the driver while CLOSED, to the runner while ENGINE, to
     * nobody while USER, and to the spare thread from TAKEN on. Every way out of a state that owns
     * is a release, every way in an acquire, and only USER has two ways out that race: both are
     * compare-and-set of the same word. So a runner that entered was not taken from, and a spare
     * thread that took sees everything that was done inside.
     *
     * The word counts mounts above its two bits of state: what was seen of one mount never fits the
     * next. A gate that was taken is never used again; the loop's new owner makes another.
     *
     * `mounted` is plain. A runner finds itself there only while it runs: whoever mounts it writes
     * it before, on the same thread, and nobody else is mounted by this gate meanwhile.
     */
    private static final long CLOSED = 0;
    private static final long USER = 1;
    private static final long ENGINE = 2;
    private static final long TAKEN = 3;
    private static final long STATE = 3;
    private static final long MOUNT = 4;

    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(Gate.class, "word", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile long word;

    // written by the driver before it opens
    private @Nullable Thread mounted;
    private @Nullable CarriedRunner runner;

    /** Closed. */
    public Gate() {
        this(CLOSED);
    }

    private Gate(long word) {
        this.word = word;
    }

    /** The gate of the owner after this one, which was taken; it counts mounts on. */
    Gate successor() {
        return new Gate((word & ~STATE) + CLOSED);
    }

    /** Driver only: user code goes on next, on {@code thread}. */
    public void open(Thread thread, @Nullable CarriedRunner on) {
        mounted = thread;
        runner = on;
        long before = word;
        word = (before & ~STATE) + MOUNT + USER;
    }

    /** Driver only: a runner looks for work next, in the engine from the start. */
    public void openInside(Thread thread, @Nullable CarriedRunner on) {
        mounted = thread;
        runner = on;
        long before = word;
        word = (before & ~STATE) + MOUNT + ENGINE;
    }

    /** Driver only: the runner rests, having found nothing more to do in the engine. */
    public void closeInside() {
        assert isInside();
        wordRelease(word - ENGINE + CLOSED);
    }

    /** Driver only, when the runner has come back: whether it did so from inside the engine. */
    public boolean isInside() {
        return (word & STATE) == ENGINE;
    }

    /** Driver only, when the runner has come back out of user code: false if the loop was taken. */
    public boolean close() {
        long seen = word;
        return (seen & STATE) == USER && WORD.compareAndSet(this, seen, seen - USER + CLOSED);
    }

    /** Whether the calling thread is the one that this gate has mounted last. */
    public boolean isMounted() {
        return mounted == Thread.currentThread();
    }

    /** Whether the calling thread is a runner that could {@link #enter}. */
    public boolean mayEnter() {
        return mounted == Thread.currentThread() && (word & STATE) == USER;
    }

    /** Runner only: takes the loop's state until {@link #leave}; false if it may not. */
    public boolean enter() {
        if (mounted != Thread.currentThread()) return false;
        long seen = word;
        return (seen & STATE) == USER && WORD.compareAndSet(this, seen, seen - USER + ENGINE);
    }

    /** Runner only, after {@link #enter}. */
    public void leave() {
        wordRelease((long) WORD.get(this) - ENGINE + USER);
    }

    /**
     * A spare thread: takes the loop from user code.
     *
     * @param seen what {@link #word} said when the mount was judged
     */
    public boolean take(long seen) {
        long mount = seen & ~STATE;
        return isOpen(seen) && WORD.compareAndSet(this, mount + USER, mount + TAKEN);
    }

    /** Mount and state, to compare with later. */
    public long word() {
        return word;
    }

    /** Which mount a word speaks of: the present one, or the last. From 1. */
    static long mountOf(long word) {
        return word >>> 2;
    }

    /** Whether a runner is mounted as long as this is the word. */
    static boolean isOpen(long word) {
        long state = word & STATE;
        return state == USER || state == ENGINE;
    }

    /** What is mounted, or was last. By its driver, its runner, or who took the loop. */
    @Nullable CarriedRunner runner() {
        return runner;
    }

    private void wordRelease(long value) {
        WORD.setRelease(this, value);
    }
}
