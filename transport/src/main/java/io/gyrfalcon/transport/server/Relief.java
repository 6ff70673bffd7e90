package io.gyrfalcon.transport.server;

import io.gyrfalcon.eventloop.Letter;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopGroup;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;

/*
 * Every loop is asked for its largest call whose peer takes nothing. The last one to answer has the
 * loop of the largest of all cancel calls, down to the size of the others' largest. If memory is
 * still short then, the next search begins.
 *
 * A loop that user code holds does not answer. What replaces a search that has waited too long
 * does not ask those whose answers that one has missed.
 */
/**
 * One search among the loops of a server for the calls to be cancelled, since memory is short. Any
 * thread; a letter that each loop reads once.
 */
final class Relief implements Letter {
    private static final long PATIENCE_NANOS = 100_000_000L;
    private static final long UNANSWERED = -1;
    private static final long NOT_ASKED = -2;

    /** The searches of one server, one at a time. Any thread. */
    static final class Desk {
        private final AtomicReference<@Nullable Relief> current = new AtomicReference<>();
        private final LoopGroup loops;
        private final ConnectionSet[] sets;

        Desk(LoopGroup loops, ConnectionSet[] sets) {
            this.loops = loops;
            this.sets = sets;
        }

        /** Begins a search, unless one is under way. */
        void search(long nowNanos) {
            Relief known = current.get();
            if (known != null && nowNanos - known.begunNanos < PATIENCE_NANOS) return;
            Relief next = new Relief(this, known, nowNanos);
            if (current.compareAndSet(known, next)) next.ask();
        }
    }

    private final Desk desk;
    private final long begunNanos;

    /** By loop: the bytes of its largest. */
    private final AtomicLongArray answers;

    private final AtomicInteger awaited = new AtomicInteger();

    private Relief(Desk desk, @Nullable Relief late, long nowNanos) {
        this.desk = desk;
        begunNanos = nowNanos;
        answers = new AtomicLongArray(desk.sets.length);
        for (int i = 0; i < answers.length(); i++) {
            boolean isAsked = late == null || late.answers.get(i) != UNANSWERED;
            answers.set(i, isAsked ? UNANSWERED : NOT_ASKED);
            if (isAsked) awaited.incrementAndGet();
        }
    }

    private void ask() {
        for (int i = 0; i < answers.length(); i++) {
            if (answers.get(i) == UNANSWERED) desk.loops.loop(i).post(this);
        }
    }

    @Override
    public void deliver(Loop loop) {
        ConnectionSet.winBack(loop);
        int i = loop.index();
        answers.set(i, desk.sets[i].stalledBytes());
        if (awaited.decrementAndGet() == 0) decide();
    }

    private void decide() {
        int most = 0;
        long secondBytes = 0;
        for (int i = 1; i < answers.length(); i++) {
            int less = i;
            if (answers.get(i) > answers.get(most)) {
                less = most;
                most = i;
            }
            secondBytes = Math.max(secondBytes, answers.get(less));
        }
        if (answers.get(most) <= 0) {
            end();
            return;
        }
        long downToBytes = secondBytes;
        desk.loops.loop(most).post(loop -> shed(loop, downToBytes));
    }

    private void shed(Loop loop, long downToBytes) {
        boolean hasShed = desk.sets[loop.index()].shed(loop, downToBytes);
        end();
        if (hasShed && loop.slabs().budget().isTight()) desk.search(loop.nowNanos());
    }

    private void end() {
        desk.current.compareAndSet(this, null);
    }
}
