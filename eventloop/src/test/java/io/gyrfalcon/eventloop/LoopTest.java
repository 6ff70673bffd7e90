package io.gyrfalcon.eventloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.eventloop.fake.Simulation;
import io.gyrfalcon.eventloop.fake.Weather;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.time.Timer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

class LoopTest {
    private final Simulation simulation = new Simulation(1, Weather.calm());
    private final Loop loop = simulation.newLoop();
    private boolean ended;

    @AfterEach
    void end() {
        if (!ended) simulation.close();
        assertThat(simulation.outstandingSlabs()).isZero();
    }

    @Test
    void aTurnServesLettersThenTimersThenItsEndThenRunners() {
        List<String> order = new ArrayList<>();
        loop.atTurnEnd(
                l -> {
                    order.add("end");
                    l.atTurnEnd(_ -> order.add("end of the end"));
                });
        loop.runners().submit(() -> order.add("runner"));
        loop.timers()
                .schedule(
                        new Timer() {
                            @Override
                            protected void onTimer(long nowNanos) {
                                order.add("timer");
                            }
                        },
                        loop.nowNanos());
        assertThat(loop.post(_ -> order.add("letter"))).isTrue();
        assertThat(loop.waitNanos(1000)).isZero();
        simulation.clock().advanceMillis(3);
        loop.turn(1000);
        assertThat(order).containsExactly("letter", "timer", "end", "end of the end", "runner");
        assertThat(loop.nowNanos()).isEqualTo(3_000_000);
        assertThat(loop.waitNanos(1000)).isEqualTo(1000);
        assertThat(loop.clock()).isSameAs(simulation.clock());
        assertThat(loop.inLoop()).isTrue();
    }

    @Test
    void turnEndsWithoutEndLeaveRoomForTheNextTurn() {
        int[] rounds = {0};
        loop.atTurnEnd(
                new TurnTask() {
                    @Override
                    public void onTurnEnd(Loop l) {
                        rounds[0]++;
                        l.atTurnEnd(this);
                    }
                });
        loop.turn(0);
        assertThat(rounds[0]).isBetween(2, 100);
        for (int i = 0; i < 100; i++) loop.atTurnEnd(_ -> rounds[0] = -1000);
        loop.turn(0);
        assertThat(rounds[0]).isNegative();
    }

    @Test
    void aFloodOfLettersIsReadInSeveralTurns() {
        AtomicInteger count = new AtomicInteger();
        for (int i = 0; i < 20_000; i++) loop.post(_ -> count.incrementAndGet());
        loop.turn(0);
        assertThat(count.get()).isBetween(1, 19_999);
        loop.turn(0);
        loop.turn(0);
        assertThat(count).hasValue(20_000);
        assertThat(simulation.poller(0).wakeUps()).isZero();
    }

    private static final class Held implements AutoCloseable {
        int closes;

        @Override
        public void close() {
            closes++;
            throw new IllegalStateException("on purpose");
        }
    }

    @Test
    void stateOfALoopIsMadeOnceAndClosedWithIt() {
        LoopLocal<Held> key =
                new LoopLocal<>() {
                    @Override
                    protected Held make(Loop home) {
                        return new Held();
                    }
                };
        List<LoopLocal<String>> more = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int number = i;
            more.add(
                    new LoopLocal<>() {
                        @Override
                        protected String make(Loop home) {
                            return home.index() + "/" + number;
                        }
                    });
        }
        Held held = loop.local(key);
        assertThat(loop.local(key)).isSameAs(held);
        for (int i = 19; i >= 0; i--) assertThat(loop.local(more.get(i))).isEqualTo("0/" + i);
        Loop second = simulation.newLoop();
        assertThat(second.local(key)).isNotSameAs(held);
        assertThat(second.local(more.get(3))).isEqualTo("1/3");
        simulation.close();
        ended = true;
        assertThat(held.closes).isEqualTo(1);
    }

    @Test
    void lettersBeforeTheEndAreDeliveredAndLaterOnesRefused() {
        AtomicInteger delivered = new AtomicInteger();
        loop.post(_ -> delivered.incrementAndGet());
        loop.end();
        ended = true;
        assertThat(delivered).hasValue(1);
        assertThat(loop.isEnded()).isTrue();
        assertThat(loop.post(_ -> delivered.incrementAndGet())).isFalse();
        assertThat(delivered).hasValue(1);
    }

    @Test
    void aLetterThatComesTooLateIsReturnedOnceWhateverTheRace() throws Exception {
        for (int round = 0; round < 200; round++) {
            Mailbox mailbox = new Mailbox();
            AtomicInteger returned = new AtomicInteger();
            AtomicInteger refused = new AtomicInteger();
            Letter letter =
                    new Letter() {
                        @Override
                        public void deliver(Loop home) {}

                        @Override
                        public void onUndelivered() {
                            returned.incrementAndGet();
                            throw new IllegalStateException("on purpose");
                        }
                    };
            if (round > 0) letter = quiet(returned);
            Letter posted = letter;
            Thread poster =
                    new Thread(
                            () -> {
                                for (int i = 0; i < 50; i++) {
                                    if (mailbox.post(posted) == Mailbox.Posted.REFUSED) {
                                        refused.incrementAndGet();
                                    }
                                }
                            });
            poster.start();
            int taken = 0;
            for (int i = 0; i < round % 20; i++) if (mailbox.take() != null) taken++;
            mailbox.end();
            poster.join();
            assertThat(taken + returned.get() + refused.get()).isEqualTo(50);
            assertThat(mailbox.isEmpty()).isTrue();
        }
    }

    private static Letter quiet(AtomicInteger returned) {
        return new Letter() {
            @Override
            public void deliver(Loop home) {}

            @Override
            public void onUndelivered() {
                returned.incrementAndGet();
            }
        };
    }

    @Test
    void onlyTheFirstLetterOfASleepWakes() {
        Mailbox mailbox = new Mailbox();
        assertThat(mailbox.post(_ -> {})).isEqualTo(Mailbox.Posted.DONE);
        assertThat(mailbox.fallAsleep()).isFalse();
        assertThat(mailbox.take()).isNotNull();
        assertThat(mailbox.take()).isNull();
        assertThat(mailbox.fallAsleep()).isTrue();
        assertThat(mailbox.post(_ -> {})).isEqualTo(Mailbox.Posted.WAKE_UP);
        assertThat(mailbox.post(_ -> {})).isEqualTo(Mailbox.Posted.DONE);
        assertThat(mailbox.wantsWakeUp()).isFalse();
        mailbox.wake();
        assertThat(mailbox.isEmpty()).isFalse();
    }

    @Test
    void postingAllocatesNothing() {
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        int[] count = {0};
        Letter letter = _ -> count[0]++;
        long bytes = 0;
        for (int round = 0; round < 2; round++) {
            bytes = -threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 5_000; i++) {
                for (int j = 0; j < 10; j++) loop.post(letter);
                simulation.clock().advance(1);
                loop.turn(0);
            }
            bytes += threads.getCurrentThreadAllocatedBytes();
        }
        assertThat(count[0]).isEqualTo(100_000);
        // The turns of a fake poller are not free; letters and the loop's own part of a turn are.
        assertThat(bytes / 50_000).isLessThanOrEqualTo(8);
    }

    @Test
    void anotherThreadCanAdoptALoopBetweenTurns() throws Exception {
        Slab[] taken = new Slab[1];
        Thread other =
                new Thread(
                        () -> {
                            loop.adopt(Thread.currentThread());
                            taken[0] = loop.slabs().take(100);
                            loop.turn(0);
                        });
        other.start();
        other.join();
        assertThat(loop.inLoop()).isFalse();
        loop.adopt(Thread.currentThread());
        taken[0].release();
        loop.turn(0);
    }

    @Test
    void settingsAreChecked() {
        assertThatThrownBy(() -> LoopSettings.defaults().withLoops(0))
                .hasMessage("loops: 0 (expected: 1..1024)");
        assertThat(LoopSettings.defaults().withLoops(1024).loops()).isEqualTo(1024);
        assertThatThrownBy(() -> LoopSettings.defaults().withLoops(1025))
                .hasMessage("loops: 1025 (expected: 1..1024)");
        assertThatThrownBy(() -> LoopSettings.defaults().withReadBytesPerTurn(65_535))
                .hasMessage("readBytesPerTurn: 65535 (expected: >= 65536)");
        assertThat(LoopSettings.defaults().withReadBytesPerTurn(65_536).readBytesPerTurn())
                .isEqualTo(65_536);
        assertThatThrownBy(() -> LoopSettings.defaults().withRunnersIdleMax(-1))
                .hasMessage("runnersIdleMax: -1 (expected: >= 0)");
        assertThat(LoopSettings.defaults().withRunnersIdleMax(0).runnersIdleMax()).isZero();
        assertThatThrownBy(() -> ListenOptions.defaults().withBacklog(0))
                .hasMessage("backlog: 0 (expected: >= 1)");
        assertThatThrownBy(() -> SocketOptions.defaults().withBuffers(-1, 0))
                .hasMessage("sendBufferBytes: -1 (expected: >= 0)");
        assertThatThrownBy(() -> SocketOptions.defaults().withBuffers(0, -1))
                .hasMessage("receiveBufferBytes: -1 (expected: >= 0)");
        assertThat(SocketOptions.defaults().withNoDelay(false).noDelay()).isFalse();
    }
}
