package io.gyrfalcon.eventloop;

import io.gyrfalcon.eventloop.run.Carrier;

import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Letters for one loop. Written by any thread, read by the loop.
 *
 * <p>The loop says when it is about to sleep; the first letter of a sleep asks for a wake-up, the
 * others find it asked for. A loop that spins says so too: it needs no wake-up, only a word here.
 */
final class Mailbox {
    /*
     * Nobody sleeps on a letter
     *
     *   loop                              poster
     *   mood = ASLEEP      (volatile)     queue.offer: producer index moves (compare and set)
     *   queue empty?       (volatile)     mood?  (volatile)
     *
     * Both do their write before their read, and all four are sequentially consistent: at least one
     * of them sees the other. The end of the loop is the same handshake with ENDED in place of
     * ASLEEP: whoever sees it empties the queue.
     *
     * SPINNING is a sleep with open eyes: whoever would wake the loop sets the mood to AWAKE, and
     * the loop looks at it. From there it falls asleep by compare and set, so that whoever found it
     * spinning has either ended the spin or finds it asleep.
     */
    private static final int AWAKE = 0;
    private static final int ASLEEP = 1;
    private static final int ENDED = 2;
    private static final int SPINNING = 3;
    private static final int CHUNK_LETTERS = 1024;

    private static final VarHandle MOOD;

    static {
        try {
            MOOD = MethodHandles.lookup().findVarHandle(Mailbox.class, "mood", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final MpscUnboundedVarHandleArrayQueue<Letter> queue =
            new MpscUnboundedVarHandleArrayQueue<>(CHUNK_LETTERS);

    /** What else must not be slept on. */
    private @Nullable Carrier carrier;

    @SuppressWarnings("unused") // by MOOD
    private volatile int mood;

    /** What a poster has to do after its letter is in. */
    enum Posted {
        DONE,
        WAKE_UP,
        REFUSED
    }

    /** Has the loop not sleep on runners either. Before the first sleep. */
    void besides(@Nullable Carrier runners) {
        carrier = runners;
    }

    private boolean isIdle() {
        return queue.isEmpty() && (carrier == null || !carrier.isReady());
    }

    Posted post(Letter letter) {
        if (mood == ENDED) return Posted.REFUSED;
        queue.offer(letter);
        int seen = mood;
        if (seen == AWAKE) return Posted.DONE;
        return postSlow(seen);
    }

    /** As {@link #post}, and the loop sleeps on. False when it has ended. */
    boolean postQuietly(Letter letter) {
        if (mood == ENDED) return false;
        queue.offer(letter);
        if (mood == ENDED) returnLate();
        return true;
    }

    private Posted postSlow(int seen) {
        if (seen == ENDED) {
            returnLate();
            return Posted.DONE;
        }
        return wantsWakeUp() ? Posted.WAKE_UP : Posted.DONE;
    }

    /**
     * Whether the loop sleeps and nobody has asked to wake it; asking is what this does, and a spin
     * ends by it. Any thread.
     */
    boolean wantsWakeUp() {
        while (mood == SPINNING) {
            if (MOOD.compareAndSet(this, SPINNING, AWAKE)) return false;
        }
        return mood == ASLEEP && MOOD.compareAndSet(this, ASLEEP, AWAKE);
    }

    /** False when a letter waits: then there is no sleep. */
    boolean fallAsleep() {
        mood = ASLEEP;
        if (isIdle()) return true;
        mood = AWAKE;
        return false;
    }

    /** As {@link #fallAsleep}, for a loop that looks at {@link #isSpinning} while it waits. */
    boolean spin() {
        mood = SPINNING;
        if (isIdle()) return true;
        mood = AWAKE;
        return false;
    }

    /** Whether nobody has ended the spin. */
    boolean isSpinning() {
        return mood == SPINNING;
    }

    /** From a spin to sleep; false when somebody has ended the spin, or a letter waits. */
    boolean fallAsleepSpinning() {
        if (!MOOD.compareAndSet(this, SPINNING, ASLEEP)) return false;
        if (isIdle()) return true;
        mood = AWAKE;
        return false;
    }

    void wake() {
        mood = AWAKE;
    }

    /** Whether the loop waits for something to happen. Any thread. */
    boolean isWaiting() {
        int seen = mood;
        return seen == ASLEEP || seen == SPINNING;
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** The next letter whose poster has finished putting it in. */
    @Nullable Letter take() {
        return queue.relaxedPoll();
    }

    boolean isEnded() {
        return mood == ENDED;
    }

    /** No letter is delivered from now on. */
    void end() {
        mood = ENDED;
        returnLate();
    }

    private void returnLate() {
        synchronized (queue) {
            for (Letter letter = queue.poll(); letter != null; letter = queue.poll()) {
                try {
                    letter.onUndelivered();
                } catch (Throwable failure) {
                    Failures.log("a letter could not be returned", failure);
                }
            }
        }
    }
}
