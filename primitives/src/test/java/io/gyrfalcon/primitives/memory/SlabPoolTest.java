package io.gyrfalcon.primitives.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.primitives.fixtures.LeakCheck;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

class SlabPoolTest {
    private static final int BUDGET_BYTES = 2 << 20;

    @RegisterExtension final LeakCheck leaks = new LeakCheck(BUDGET_BYTES);

    private final SlabPool pool = leaks.loopPool();
    private final Budget budget = leaks.budget();

    @Test
    void aSlabHasTheSmallestSizeThatSuffices() {
        int[][] wantedAndGot = {
            {0, 1 << 10},
            {1, 1 << 10},
            {1 << 10, 1 << 10},
            {(1 << 10) + 1, 4 << 10},
            {4 << 10, 4 << 10},
            {(4 << 10) + 1, 16 << 10},
            {16 << 10, 16 << 10},
            {(16 << 10) + 1, 64 << 10},
            {64 << 10, 64 << 10},
            {(64 << 10) + 1, 80 << 10},
            {100_000, 112 << 10},
            {1 << 20, 1 << 20},
        };
        for (int[] pair : wantedAndGot) {
            Slab slab = pool.take(pair[0]);
            assertThat(slab.capacity()).as("%d", pair[0]).isEqualTo(pair[1]);
            assertThat(slab.segment().byteSize()).isEqualTo(pair[1]);
            assertThat(slab.segment().isNative()).isTrue();
            slab.release();
        }
    }

    @Test
    void everyByteOfASlabIsItsOwn() {
        List<Slab> slabs = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Slab slab = pool.take(1 + i % 5000);
            slab.segment().fill((byte) i);
            slabs.add(slab);
        }
        for (int i = 0; i < slabs.size(); i++) {
            Slab slab = slabs.get(i);
            int last = slab.capacity() - 1;
            assertThat(slab.segment().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) i);
            assertThat(slab.segment().get(ValueLayout.JAVA_BYTE, last)).isEqualTo((byte) i);
            slab.release();
        }
    }

    @Test
    void theSlabReleasedLastIsTakenFirst() {
        Slab one = pool.take(1);
        Slab two = pool.take(1);
        one.release();
        two.release();
        assertThat(pool.take(1)).isSameAs(two);
        assertThat(pool.take(1)).isSameAs(one);
        one.release();
        two.release();
    }

    @Test
    void theBufferIsTheSameMemoryAndTheSameObject() {
        Slab slab = pool.take(1);
        assertThat(slab.buffer()).isSameAs(slab.buffer());
        slab.buffer().put(3, (byte) 42);
        assertThat(slab.segment().get(ValueLayout.JAVA_BYTE, 3)).isEqualTo((byte) 42);
        assertThat(slab.buffer().isDirect()).isTrue();
        slab.release();
    }

    @Test
    void aSecondReleaseIsRefused() {
        Slab slab = pool.take(1);
        slab.release();
        assertThatThrownBy(slab::release).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aUseAfterReleaseIsFoundOut() {
        Slab slab = pool.take(1);
        int generation = slab.generation();
        assertThat(slab.isTaken()).isTrue();
        slab.release();
        assertThat(slab.isTaken()).isFalse();
        assertThat(slab.generation()).isEqualTo(generation + 1);
        assertThatThrownBy(slab::segment).isInstanceOf(AssertionError.class);
        assertThatThrownBy(slab::buffer).isInstanceOf(AssertionError.class);
    }

    @Test
    void onlyTheOwnerTakes() throws InterruptedException {
        Throwable[] thrown = new Throwable[1];
        onAnotherThread(
                () -> {
                    try {
                        pool.take(1);
                    } catch (AssertionError e) {
                        thrown[0] = e;
                    }
                });
        assertThat(thrown[0]).hasMessageContaining("not the owner");
    }

    @Test
    void ownershipCanBeHandedOver() throws InterruptedException {
        Thread other = new Thread(() -> pool.take(1).release());
        pool.ownedBy(other);
        other.start();
        other.join();
        pool.ownedBy(Thread.currentThread());
        pool.take(1).release();
        assertThat(pool.outstanding()).isZero();
    }

    @Test
    void aSharedPoolHasNoOwner() {
        SlabPool shared = leaks.sharedPool();
        assertThatThrownBy(() -> shared.ownedBy(Thread.currentThread()))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void whatAnotherThreadReleasesIsUsedAgainBeforeTheBudgetIs() throws InterruptedException {
        List<Slab> slabs = new ArrayList<>();
        for (int i = 0; i < 32; i++) slabs.add(pool.take(1));
        long used = budget.usedBytes();
        onAnotherThread(() -> slabs.forEach(Slab::release));
        assertThat(pool.outstanding()).isZero();
        for (int i = 0; i < 32; i++) assertThat(slabs).contains(pool.take(1));
        assertThat(budget.usedBytes()).isEqualTo(used);
        assertThat(pool.outstanding()).isEqualTo(32);
        slabs.forEach(Slab::release);
    }

    @Test
    void anExhaustedBudgetIsAnErrorWithoutAStackTraceAndRecovers() {
        List<Slab> slabs = new ArrayList<>();
        OutOfSlabs error = exhaust(pool, 64 << 10, slabs);
        assertThat(error).hasMessageContaining("2097152 bytes").hasMessageContaining("65536");
        assertThat(error.getStackTrace()).isEmpty();
        assertThat(slabs).hasSize(BUDGET_BYTES >> 16);
        assertThat(budget.isTight()).isTrue();
        slabs.removeLast().release();
        pool.take(64 << 10).release();
        slabs.forEach(Slab::release);
    }

    private static OutOfSlabs exhaust(SlabPool pool, int bytes, List<Slab> slabs) {
        while (true) {
            try {
                slabs.add(pool.take(bytes));
            } catch (OutOfSlabs e) {
                return e;
            }
        }
    }

    @Test
    void freeMemoryOfOneSizeIsGivenUpForAnother() {
        List<Slab> slabs = new ArrayList<>();
        exhaust(pool, 1, slabs);
        assertThat(slabs).hasSize(BUDGET_BYTES >> 10);
        slabs.forEach(Slab::release);
        slabs.clear();
        exhaust(pool, 64 << 10, slabs);
        assertThat(slabs).hasSize(BUDGET_BYTES >> 16);
        slabs.forEach(Slab::release);
        slabs.clear();
        Slab large = pool.take(BUDGET_BYTES);
        assertThatThrownBy(() -> pool.take(BUDGET_BYTES + 1)).isInstanceOf(OutOfSlabs.class);
        large.release();
        exhaust(pool, 1, slabs);
        assertThat(slabs).hasSize(BUDGET_BYTES >> 10);
        slabs.forEach(Slab::release);
    }

    @Test
    void oneSlabIsTakenWhereNoChunkFits() {
        assertThat(budget.tryReserve(BUDGET_BYTES - (64 << 10))).isTrue();
        Slab slab = pool.take(64 << 10);
        assertThat(budget.usedBytes()).isEqualTo(BUDGET_BYTES);
        assertThatThrownBy(() -> pool.take(1)).isInstanceOf(OutOfSlabs.class);
        slab.release();
        Slab smaller = pool.take(1);
        assertThat(smaller.capacity()).isEqualTo(1 << 10);
        smaller.release();
        budget.release(BUDGET_BYTES - (64 << 10));
    }

    @Test
    void aLargerFreeSlabServesWhereNoChunkFits() {
        List<Slab> slabs = new ArrayList<>();
        exhaust(pool, 64 << 10, slabs);
        slabs.removeLast().release();
        Slab slab = pool.take(1);
        assertThat(slab.capacity()).isEqualTo(64 << 10);
        slab.release();
        slabs.forEach(Slab::release);
    }

    @Test
    void trimGivesBackWhatWasNotNeededAndKeepsAChunk() {
        Deque<Slab> slabs = new ArrayDeque<>();
        for (int i = 0; i < 16; i++) slabs.add(pool.take(64 << 10));
        long peak = budget.usedBytes();
        assertThat(pool.trim()).isZero();
        for (Slab slab : slabs) slab.release();
        assertThat(pool.trim()).as("needed since the last trim").isZero();
        assertThat(pool.trim()).isEqualTo(peak - (256 << 10));
        assertThat(budget.usedBytes()).isEqualTo(256 << 10);
        assertThat(pool.trim()).isZero();
    }

    @Test
    void memoryThatIsGivenBackIsTheSystemsAtOnce() {
        Slab small = pool.take(1);
        Slab other = pool.take(SlabPool.POOLED_BYTES_MAX);
        Slab large = pool.take(SlabPool.POOLED_BYTES_MAX + 1);
        List<MemorySegment> memory = List.of(small.segment(), large.segment());
        MemorySegment kept = other.segment();
        small.release();
        large.release();
        assertThat(memory).allMatch(part -> part.scope().isAlive());
        assertThatThrownBy(() -> pool.take(BUDGET_BYTES)).isInstanceOf(OutOfSlabs.class);
        assertThat(memory).noneMatch(part -> part.scope().isAlive());
        assertThat(kept.scope().isAlive()).isTrue();
        other.release();
    }

    @Test
    void trimKeepsChunksOfWhichASlabIsTaken() {
        List<Slab> slabs = new ArrayList<>();
        for (int i = 0; i < 16; i++) slabs.add(pool.take(64 << 10));
        for (int i = 0; i < 16; i++) if (i % 4 != 0) slabs.get(i).release();
        pool.trim();
        assertThat(pool.trim()).isZero();
        for (int i = 0; i < 16; i += 4) slabs.get(i).release();
        assertThat(pool.trim()).isPositive();
    }

    @Test
    void aLargeSlabIsKeptForTheNextTakerUntilTrimmedTwice() {
        Slab slab = pool.take(300_000);
        slab.release();
        Slab again = pool.take(200_000);
        assertThat(again).isSameAs(slab);
        again.release();
        Slab small = pool.take(70_000);
        assertThat(small).isNotSameAs(slab);
        small.release();
        assertThat(pool.take(320 << 10)).isSameAs(slab);
        slab.release();
        assertThat(pool.trim()).isZero();
        assertThat(pool.trim()).isEqualTo((320 << 10) + (80 << 10));
        assertThat(budget.usedBytes()).isZero();
    }

    @Test
    void ofLargeSlabsOnlyAFewAreKept() {
        List<Slab> slabs = new ArrayList<>();
        for (int i = 0; i < 12; i++) slabs.add(pool.take(65 << 10));
        slabs.forEach(Slab::release);
        assertThat(budget.usedBytes()).isEqualTo(8 * (80 << 10));
    }

    @Test
    void aSlabReleasedAfterTheEndGivesItsMemoryBackThen() throws InterruptedException {
        SlabPool ending = SlabPool.forLoop(budget);
        Slab pooled = ending.take(1);
        Slab large = ending.take(100_000);
        Slab foreign = ending.take(5_000);
        ending.take(1).release();
        ending.close();
        assertThat(budget.usedBytes()).isPositive();
        assertThat(ending.outstanding()).isEqualTo(3);
        pooled.release();
        large.release();
        onAnotherThread(foreign::release);
        assertThat(budget.usedBytes()).isZero();
        assertThat(ending.outstanding()).isZero();
        assertThatThrownBy(() -> ending.take(1)).isInstanceOf(AssertionError.class);
    }

    @Test
    void whatIsOutstandingIsDescribed() {
        Slab slab = pool.take(5_000);
        assertThat(pool.describeOutstanding())
                .startsWith("1 slabs outstanding")
                .contains("a slab of 16384 bytes");
        slab.release();
        assertThat(pool.describeOutstanding()).isEqualTo("0 slabs outstanding");
        assertThat(pool.budget()).isSameAs(budget);
    }

    @Test
    void steadyStateAllocatesNothing() {
        SlabPool shared = leaks.sharedPool();
        AllocationCheck.allocatesNothing(
                () -> {
                    Slab one = pool.take(100);
                    Slab two = shared.take(5_000);
                    two.release();
                    one.release();
                });
    }

    @Test
    void anyOrderOfTakingAndReleasingKeepsTheBooks() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Slab> taken = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            if (random.nextInt(100) < 50) {
                takeAny(random, taken);
            } else if (!taken.isEmpty()) {
                Slab slab = taken.remove(random.nextInt(taken.size()));
                assertThat(slab.segment().get(ValueLayout.JAVA_INT, 0))
                        .as("seed %d", seed)
                        .isEqualTo(System.identityHashCode(slab));
                slab.release();
            }
            if (random.nextInt(1000) == 0) pool.trim();
            assertThat(pool.outstanding()).as("seed %d", seed).isEqualTo(taken.size());
        }
        taken.forEach(Slab::release);
    }

    private void takeAny(Random random, List<Slab> taken) {
        try {
            Slab slab = pool.take(random.nextInt(1 << (7 + random.nextInt(11))));
            slab.segment().set(ValueLayout.JAVA_INT, 0, System.identityHashCode(slab));
            taken.add(slab);
        } catch (OutOfSlabs e) {
            taken.removeLast().release();
        }
    }

    private static void onAnotherThread(Runnable work) throws InterruptedException {
        Thread thread = new Thread(work);
        thread.start();
        thread.join();
    }
}
