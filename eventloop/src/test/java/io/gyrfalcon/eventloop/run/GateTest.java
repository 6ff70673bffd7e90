package io.gyrfalcon.eventloop.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.concurrent.CompletableFuture;

class GateTest {
    private final Gate gate = new Gate();
    private final Thread me = Thread.currentThread();

    @Test
    void userCodeEntersAndLeavesAsOftenAsItLikes() {
        gate.open(me, null);
        for (int i = 0; i < 3; i++) {
            assertThat(gate.enter()).isTrue();
            assertThat(gate.isInside()).isTrue();
            assertThat(gate.enter()).isFalse();
            gate.leave();
        }
        assertThat(gate.close()).isTrue();
        assertThat(gate.enter()).isFalse();
        assertThat(gate.close()).isFalse();
    }

    @Test
    void nobodyElseEnters() {
        gate.open(me, null);
        assertThat(gate.isMounted()).isTrue();
        assertThat(CompletableFuture.supplyAsync(gate::enter).join()).isFalse();
        assertThat(CompletableFuture.supplyAsync(gate::isMounted).join()).isFalse();
    }

    @Test
    void aTakenGateIsDead() {
        gate.open(me, null);
        assertThat(gate.take(gate.word())).isTrue();
        assertThat(gate.enter()).isFalse();
        assertThat(gate.close()).isFalse();
        assertThat(gate.isInside()).isFalse();
        assertThat(gate.take(gate.word())).isFalse();
        Gate next = gate.successor();
        next.open(me, null);
        assertThat(next.enter()).isTrue();
        assertThat(Gate.mountOf(next.word())).isEqualTo(2);
    }

    @Test
    void aLoopIsNotTakenFromInside() {
        gate.open(me, null);
        gate.enter();
        assertThat(gate.take(gate.word())).isFalse();
        gate.leave();
        assertThat(gate.take(gate.word())).isTrue();
    }

    @Test
    void whatWasSeenOfOneMountDoesNotTakeTheNext() {
        gate.open(me, null);
        long seen = gate.word();
        gate.close();
        assertThat(gate.take(seen)).isFalse();
        gate.open(me, null);
        assertThat(gate.take(seen)).isFalse();
        assertThat(gate.close()).isTrue();
        assertThat(Gate.isOpen(gate.word())).isFalse();
    }

    @Test
    void aRunnerBeginsAndRestsInside() {
        gate.openInside(me, null);
        assertThat(gate.isInside()).isTrue();
        assertThat(gate.enter()).isFalse();
        gate.leave();
        assertThat(gate.enter()).isTrue();
        gate.closeInside();
        assertThat(gate.isInside()).isFalse();
        assertThat(gate.word() & 3).isZero();
    }
}
