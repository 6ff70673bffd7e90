package io.gyrfalcon.primitives.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.primitives.fixtures.LeakCheck;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;

class SlabChainTest {
    @RegisterExtension final LeakCheck leaks = new LeakCheck();

    private final SlabPool pool = leaks.loopPool();
    private final SlabChain chain = new SlabChain(pool);
    private final SlabChain other = new SlabChain(leaks.sharedPool());

    @AfterEach
    void clear() {
        chain.clear();
        other.clear();
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static byte[] contents(SlabChain chain) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int i = 0; i < chain.runs(); i++) {
            assertThat(chain.runBytes(i)).isPositive();
            out.writeBytes(
                    chain.run(i)
                            .asSlice(chain.runOffset(i), chain.runBytes(i))
                            .toArray(ValueLayout.JAVA_BYTE));
        }
        assertThat(chain.bytes()).isEqualTo(out.size());
        assertThat(chain.isEmpty()).isEqualTo(out.size() == 0);
        return out.toByteArray();
    }

    @Test
    void anEmptyChainOwnsNothing() {
        assertThat(chain.isEmpty()).isTrue();
        assertThat(chain.runs()).isZero();
        assertThat(chain.headBytes()).isZero();
        assertThat(chain.tailRoom()).isZero();
        chain.consume(0);
        chain.append(bytes(10), 0, 0);
        chain.clear();
        assertThat(leaks.budget().usedBytes()).isZero();
    }

    @Test
    void aChainWithANewPoolKeepsItsSlabsAndTakesTheNextOnesThere() {
        SlabPool next = leaks.loopPool();
        byte[] sent = bytes(3000);
        chain.append(sent, 0, 1024);
        assertThat(pool.outstanding()).isEqualTo(1);
        chain.takeFrom(next);
        chain.append(sent, 1024, 1976);
        assertThat(pool.outstanding()).isEqualTo(1);
        assertThat(next.outstanding()).isPositive();
        assertThat(contents(chain)).isEqualTo(sent);
        chain.clear();
        assertThat(pool.outstanding()).isZero();
        assertThat(next.outstanding()).isZero();
    }

    @Test
    void bytesLeaveInTheOrderTheyCame() {
        byte[] sent = bytes(200_000);
        chain.append(sent, 0, 3);
        chain.append(MemorySegment.ofArray(sent), 3, 100_000);
        chain.append(sent, 100_003, 99_997);
        assertThat(contents(chain)).isEqualTo(sent);
        chain.consume(150_000);
        assertThat(contents(chain)).isEqualTo(Arrays.copyOfRange(sent, 150_000, 200_000));
        chain.consume(50_000);
        assertThat(pool.outstanding()).isZero();
    }

    @Test
    void whatIsWrittenAtTheTailIsAdded() {
        chain.reserve(100);
        assertThat(chain.tailRoom()).isGreaterThanOrEqualTo(100);
        chain.tail().set(ValueLayout.JAVA_BYTE, chain.tailOffset(), (byte) 5);
        chain.advance(0);
        assertThat(chain.isEmpty()).isTrue();
        assertThat(chain.runs()).isZero();
        chain.advance(1);
        assertThat(contents(chain)).containsExactly(5);
        assertThat(chain.head().get(ValueLayout.JAVA_BYTE, chain.headOffset())).isEqualTo((byte) 5);
        assertThat(chain.headBytes()).isEqualTo(1);
    }

    @Test
    void upTo64KiBAreContiguous() {
        chain.append(bytes(10), 0, 10);
        chain.reserve(64 << 10);
        assertThat(chain.tailRoom()).isEqualTo(64 << 10);
        chain.advance(64 << 10);
        assertThat(chain.runs()).isEqualTo(2);
        assertThatThrownBy(() -> chain.reserve((64 << 10) + 1)).isInstanceOf(AssertionError.class);
    }

    @Test
    void moreThanWasReservedIsFoundOut() {
        chain.reserve(10);
        assertThatThrownBy(() -> chain.advance(chain.tailRoom() + 1))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> chain.consume(1)).isInstanceOf(AssertionError.class);
    }

    @Test
    void whatWasReservedAndNotUsedGoesBack() {
        chain.reserve(10);
        assertThat(pool.outstanding()).isEqualTo(1);
        chain.reserve(5_000);
        assertThat(pool.outstanding()).isEqualTo(1);
        chain.consume(0);
        assertThat(pool.outstanding()).isZero();
        chain.append(bytes(1024), 0, 1024);
        chain.reserve(10);
        assertThat(chain.runs()).isEqualTo(1);
        chain.reserve(60_000);
        assertThat(pool.outstanding()).isEqualTo(2);
        chain.consume(1024);
        assertThat(pool.outstanding()).isZero();
    }

    @Test
    void slabsGrowWithTheChain() {
        byte[] one = {1};
        for (int i = 0; i < 80_000; i++) chain.append(one, 0, 1);
        assertThat(chain.runs()).isEqualTo(4);
    }

    @Test
    void aSlabIsTakenOverWithoutACopy() {
        Slab slab = pool.take(4_000);
        slab.segment().fill((byte) 9);
        chain.append(bytes(1), 0, 1);
        chain.append(slab, 100, 4_000);
        assertThat(chain.runs()).isEqualTo(2);
        assertThat(chain.run(1).address()).isEqualTo(slab.segment().address());
        assertThat(chain.runOffset(1)).isEqualTo(100);
        assertThat(chain.bytes()).isEqualTo(3_901);
        chain.consume(3_901);
        assertThat(slab.isTaken()).isFalse();
    }

    @Test
    void aSlabWithLittleInItIsCopiedWhereThereIsRoom() {
        chain.append(bytes(1), 0, 1);
        Slab slab = pool.take(1);
        slab.segment().fill((byte) 9);
        chain.append(slab, 5, 10);
        assertThat(slab.isTaken()).isFalse();
        assertThat(chain.runs()).isEqualTo(1);
        assertThat(contents(chain)).endsWith(9, 9, 9, 9, 9).hasSize(6);
        Slab empty = pool.take(1);
        chain.append(empty, 7, 7);
        assertThat(empty.isTaken()).isFalse();
        assertThat(chain.bytes()).isEqualTo(6);
    }

    @Test
    void bytesMoveToAnotherChainWholeAndInParts() {
        byte[] sent = bytes(100_000);
        chain.append(sent, 0, sent.length);
        other.append(bytes(1), 0, 1);
        chain.moveTo(other, 0);
        chain.moveTo(other, 10);
        chain.moveTo(other, 80_000);
        assertThat(contents(chain)).isEqualTo(Arrays.copyOfRange(sent, 80_010, 100_000));
        chain.moveTo(other, 19_990);
        assertThat(chain.isEmpty()).isTrue();
        assertThat(chain.runs()).isZero();
        byte[] arrived = contents(other);
        assertThat(Arrays.copyOfRange(arrived, 1, arrived.length)).isEqualTo(sent);
        assertThatThrownBy(() -> chain.moveTo(other, 1)).isInstanceOf(AssertionError.class);
    }

    @Test
    void aMoveThatRunsOutOfMemoryLosesAndDoublesNothing() {
        Budget small = new Budget(80 << 10);
        SlabChain tight = new SlabChain(leaks.checked(SlabPool.forLoop(small)));
        tight.append(bytes(30_000), 0, 30_000);
        byte[] sent = bytes(60_000);
        chain.append(sent, 0, 60_000);
        assertThatThrownBy(() -> chain.moveTo(tight, 50_000)).isInstanceOf(OutOfSlabs.class);
        assertThat(tight.bytes() + chain.bytes()).isEqualTo(90_000);
        byte[] rest = contents(chain);
        assertThat(rest).isEqualTo(Arrays.copyOfRange(sent, 60_000 - rest.length, 60_000));
        tight.clear();
    }

    @Test
    void runsBecomeAnArrayOfIovecs() {
        chain.append(bytes(5_000), 0, 5_000);
        chain.append(bytes(70_000), 0, 70_000);
        chain.consume(10);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment iovecs = arena.allocate(16L * 8, 8);
            assertThat(chain.toIovecs(iovecs, 1)).isEqualTo(1);
            assertThat(chain.toIovecs(iovecs, 8)).isEqualTo(chain.runs());
            for (int i = 0; i < chain.runs(); i++) {
                long address = chain.run(i).address() + chain.runOffset(i);
                assertThat(iovecs.getAtIndex(ValueLayout.JAVA_LONG, 2L * i)).isEqualTo(address);
                assertThat(iovecs.getAtIndex(ValueLayout.JAVA_LONG, 2L * i + 1))
                        .isEqualTo(chain.runBytes(i));
            }
            chain.clear();
            assertThat(chain.toIovecs(iovecs, 8)).isZero();
        }
    }

    @Test
    void steadyStateAllocatesNothing() {
        byte[] sent = bytes(3_000);
        AllocationCheck.allocatesNothing(
                () -> {
                    chain.append(sent, 0, sent.length);
                    chain.reserve(100);
                    chain.advance(100);
                    chain.moveTo(other, 2_000);
                    chain.consume(chain.bytes());
                    other.consume(other.headBytes());
                    other.clear();
                });
    }

    @Test
    void anyUseIsAsWithPlainBytes() {
        for (int round = 0; round < 30; round++) {
            long seed = System.nanoTime() + round;
            try {
                play(new Random(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    private void play(Random random) {
        byte[] expected = {};
        byte[] expectedOther = {};
        for (int step = 0; step < 200; step++) {
            int n = random.nextInt(1 << random.nextInt(17));
            byte[] added = bytes(n);
            switch (random.nextInt(6)) {
                case 0 -> chain.append(added, 0, n);
                case 1 -> chain.append(MemorySegment.ofArray(added), 0, n);
                case 2 -> appendSlab(random, added);
                case 3 -> {
                    int reserved = Math.min(n, 64 << 10);
                    added = Arrays.copyOf(added, reserved / 2);
                    chain.reserve(reserved);
                    MemorySegment.copy(
                            added,
                            0,
                            chain.tail(),
                            ValueLayout.JAVA_BYTE,
                            chain.tailOffset(),
                            added.length);
                    chain.advance(added.length);
                }
                case 4 -> {
                    added = new byte[0];
                    int moved = Math.min(n, expected.length);
                    chain.moveTo(other, moved);
                    expectedOther = plus(expectedOther, Arrays.copyOf(expected, moved));
                    expected = Arrays.copyOfRange(expected, moved, expected.length);
                }
                default -> {
                    added = new byte[0];
                    int gone = Math.min(n * 4, expected.length);
                    chain.consume(gone);
                    expected = Arrays.copyOfRange(expected, gone, expected.length);
                    int goneOther = Math.min(n * 4, expectedOther.length);
                    other.consume(goneOther);
                    expectedOther =
                            Arrays.copyOfRange(expectedOther, goneOther, expectedOther.length);
                }
            }
            expected = plus(expected, added);
            assertThat(Arrays.equals(contents(chain), expected)).isTrue();
            assertThat(Arrays.equals(contents(other), expectedOther)).isTrue();
        }
        clear();
        assertThat(pool.outstanding()).isZero();
    }

    private void appendSlab(Random random, byte[] added) {
        int from = random.nextInt(10);
        Slab slab = pool.take(from + added.length);
        MemorySegment.copy(added, 0, slab.segment(), ValueLayout.JAVA_BYTE, from, added.length);
        chain.append(slab, from, from + added.length);
    }

    private static byte[] plus(byte[] left, byte[] right) {
        byte[] both = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, both, left.length, right.length);
        return both;
    }
}
