package io.gyrfalcon.http2.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.primitives.fixtures.LeakCheck;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

class SendSchedulerTest {
    private static final int TURN = SendScheduler.TURN_BYTES;

    @RegisterExtension final LeakCheck leaks = new LeakCheck();

    private final SendScheduler<String> scheduler = new SendScheduler<>();
    private final SlabPool slabs = leaks.loopPool();
    private final Map<String, Integer> left = new HashMap<>();

    private SendQueue<String> add(String name, int bytes) {
        SendQueue<String> q = new SendQueue<>(name, slabs);
        left.put(name, bytes);
        scheduler.queued(bytes);
        scheduler.add(q);
        return q;
    }

    /** Sends until nobody waits; who sent how much, in order. */
    private List<String> drain() {
        List<String> turns = new ArrayList<>();
        while (true) {
            SendQueue<String> q = scheduler.next();
            if (q == null) return turns;
            int n = Math.min(left.get(q.owner()), q.turnBytes());
            left.merge(q.owner(), -n, Integer::sum);
            scheduler.spent(q, n);
            if (left.get(q.owner()) == 0) scheduler.remove(q);
            turns.add(q.owner() + " " + n);
        }
    }

    @Test
    void queuesShareByBytes() {
        add("a", 3 * TURN);
        add("b", 3 * TURN);
        assertThat(drain())
                .containsExactly(
                        "a " + TURN,
                        "b " + TURN,
                        "a " + TURN,
                        "b " + TURN,
                        "a " + TURN,
                        "b " + TURN);
        assertThat(scheduler.queuedBytes()).isZero();
        assertThat(scheduler.isIdle()).isTrue();
    }

    @Test
    void aSmallMessagePassesTheLargeOnesThatWaitBeforeIt() {
        add("a", 10 * TURN);
        add("b", 10 * TURN);
        scheduler.spent(scheduler.next(), TURN);
        scheduler.spent(scheduler.next(), TURN);
        add("small", 100);
        assertThat(drain().getFirst()).isEqualTo("small 100");
    }

    @Test
    void newcomersThatKeepComingDoNotStarveTheOthers() {
        add("large", 10 * TURN);
        scheduler.spent(scheduler.next(), TURN);
        for (int i = 0; i < 20; i++) add("n" + i, TURN / 2);
        List<String> turns = drain();
        assertThat(turns.indexOf("large " + TURN)).isBetween(1, 9);
    }

    @Test
    void aQueueIsInOneLineOnceAndCanLeaveIt() {
        SendQueue<String> a = add("a", 5);
        SendQueue<String> b = add("b", 5);
        SendQueue<String> c = add("c", 5);
        scheduler.add(b);
        scheduler.remove(b);
        scheduler.remove(b);
        assertThat(b.isScheduled()).isFalse();
        assertThat(scheduler.next()).isSameAs(a);
        scheduler.remove(a);
        assertThat(scheduler.next()).isSameAs(c);
        scheduler.addWindowless(c);
        scheduler.addWindowless(c);
        assertThat(scheduler.next()).isNull();
        assertThat(scheduler.nextWindowless()).isSameAs(c);
        assertThat(scheduler.isIdle()).isFalse();
        scheduler.drop(c);
        assertThat(scheduler.isIdle()).isTrue();
    }

    @Test
    void aDroppedQueueGivesItsBytesBack() {
        SendQueue<String> q = new SendQueue<>("q", slabs);
        q.bytes().append(new byte[2_000], 0, 2_000);
        scheduler.queued(2_000);
        scheduler.add(q);
        scheduler.drop(q);
        assertThat(scheduler.queuedBytes()).isZero();
        assertThat(q.bytes().isEmpty()).isTrue();
        q.bytes().append(new byte[10], 0, 10);
        q.recycle(5);
        assertThat(q.bytes().isEmpty()).isTrue();
        assertThat(q.window().bytes()).isEqualTo(5);
    }
}
