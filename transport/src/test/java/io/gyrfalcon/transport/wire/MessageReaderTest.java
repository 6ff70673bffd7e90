package io.gyrfalcon.transport.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gyrfalcon.primitives.memory.Budget;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabPool;
import io.gyrfalcon.transport.wire.MessageReader.Outcome;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class MessageReaderTest {
    private static final int MESSAGE_BYTES_MAX = 4 << 20;

    private final Arena arena = Arena.ofAuto();
    private final Budget budget = new Budget(64 << 20);
    private final Received received = new Received();
    private SlabPool pool;
    private MessageReader reader;

    @BeforeEach
    void open() {
        pool = SlabPool.forLoop(budget);
        pool.ownedBy(Thread.currentThread());
        reader = new MessageReader(pool, MESSAGE_BYTES_MAX);
    }

    @AfterEach
    void noSlabIsOutstanding() {
        assertThat(pool.outstanding()).isZero();
        pool.close();
    }

    @Test
    void aWholeMessageIsHandedOverInPlace() {
        MemorySegment slice = slice(message(0, "hello"));

        assertThat(feed(slice, 0, 10)).isEqualTo(Outcome.OK);

        assertThat(received.texts).containsExactly("hello");
        assertThat(received.homes).containsExactly(false);
        assertThat(received.flags).containsExactly(false);
        assertThat(received.segment).isSameAs(slice);
        assertThat(reader.midMessage()).isFalse();
    }

    @Test
    void theOffsetOfTheSliceCounts() {
        MemorySegment slice = slice(join(new byte[] {9, 9, 9}, message(1, "hello")));

        feed(slice, 3, 10);

        assertThat(received.texts).containsExactly("hello");
        assertThat(received.flags).containsExactly(true);
    }

    @Test
    void severalMessagesInOneSliceComeInOrderAndInPlace() {
        MemorySegment slice = slice(join(message(0, "a"), message(1, ""), message(0, "ccc")));

        assertThat(feed(slice, 0, (int) slice.byteSize())).isEqualTo(Outcome.OK);

        assertThat(received.texts).containsExactly("a", "", "ccc");
        assertThat(received.flags).containsExactly(false, true, false);
        assertThat(received.homes).containsExactly(false, false, false);
    }

    @Test
    void aPauseLeavesTheRestOfTheSlice() {
        MemorySegment slice = slice(join(message(0, "a"), message(0, "bb"), message(0, "ccc")));
        int bytes = (int) slice.byteSize();
        received.pauseAfter = 2;

        assertThat(feed(slice, 0, bytes)).isEqualTo(Outcome.OK);
        assertThat(received.texts).containsExactly("a", "bb");
        assertThat(reader.takenBytes()).isEqualTo(6 + 7);

        feed(slice, 13, bytes - 13);
        assertThat(received.texts).containsExactly("a", "bb", "ccc");
        assertThat(reader.takenBytes()).isEqualTo(bytes - 13);
    }

    @Test
    void aPauseAfterAMessageInPiecesLeavesTheRestToo() {
        MemorySegment slice = slice(join(message(0, "hello"), message(0, "b")));
        received.pauseAfter = 1;

        feed(slice, 0, 7);
        feed(slice, 7, (int) slice.byteSize() - 7);

        assertThat(received.texts).containsExactly("hello");
        assertThat(reader.takenBytes()).isEqualTo(3);
    }

    @Test
    void anEmptySliceIsTaken() {
        assertThat(feed(slice(new byte[1]), 0, 0)).isEqualTo(Outcome.OK);
        assertThat(received.texts).isEmpty();
    }

    @Test
    void aBodyThatIsWholeInTheNextSliceStaysInPlace() {
        MemorySegment slice = slice(message(0, "hello"));

        feed(slice, 0, 5);
        assertThat(reader.midMessage()).isTrue();
        feed(slice, 5, 5);

        assertThat(received.texts).containsExactly("hello");
        assertThat(received.homes).containsExactly(false);
        assertThat(reader.midMessage()).isFalse();
    }

    @Test
    void aMessageInPiecesIsGatheredInASlabThatTheSinkOwns() {
        MemorySegment slice = slice(message(1, "hello"));

        feed(slice, 0, 7);
        assertThat(pool.outstanding()).isEqualTo(1);
        feed(slice, 7, 3);

        assertThat(received.texts).containsExactly("hello");
        assertThat(received.homes).containsExactly(true);
        assertThat(received.flags).containsExactly(true);
        assertThat(pool.outstanding()).isZero();
    }

    @Test
    void aStreamSplitAtEveryByteGivesTheSameMessages() {
        byte[] bytes = join(message(0, "one"), message(1, ""), message(0, "three"));
        MemorySegment slice = slice(bytes);
        for (int first = 0; first <= bytes.length; first++) {
            for (int second = first; second <= bytes.length; second++) {
                received.texts.clear();
                feed(slice, 0, first);
                feed(slice, first, second - first);
                assertThat(feed(slice, second, bytes.length - second)).isEqualTo(Outcome.OK);
                assertThat(received.texts)
                        .as("splits at %s and %s", first, second)
                        .containsExactly("one", "", "three");
                assertThat(reader.midMessage()).isFalse();
            }
        }
    }

    @Test
    void aStreamFedByteByByteGivesTheSameMessages() {
        byte[] bytes = join(message(0, "one"), message(1, ""), message(0, "three"));
        MemorySegment slice = slice(bytes);
        for (int i = 0; i < bytes.length; i++) feed(slice, i, 1);

        assertThat(received.texts).containsExactly("one", "", "three");
        assertThat(received.flags).containsExactly(false, true, false);
    }

    @Test
    void randomMessagesInRandomSlicesArriveWhole() {
        for (long seed = 0; seed < 40; seed++) {
            System.out.println("seed " + seed);
            randomRun(new Random(seed));
        }
    }

    private void randomRun(Random random) {
        List<String> sent = new ArrayList<>();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < 20; i++) {
            byte[] text = new byte[random.nextInt(random.nextBoolean() ? 40 : 200_000)];
            for (int k = 0; k < text.length; k++) text[k] = (byte) ('a' + random.nextInt(26));
            sent.add(new String(text, ISO_8859_1));
            all.writeBytes(message(random.nextInt(2), sent.getLast()));
        }
        received.texts.clear();
        MemorySegment slice = slice(all.toByteArray());
        int at = 0;
        while (at < all.size()) {
            int count = Math.min(all.size() - at, random.nextInt(30_000));
            assertThat(feed(slice, at, count)).isEqualTo(Outcome.OK);
            at += count;
        }
        assertThat(received.texts).isEqualTo(sent);
    }

    @Test
    void aMessageOfTheLimitIsTakenAndOneByteMoreIsNot() {
        reader.reset(pool, 5);
        assertThat(feed(slice(message(0, "12345")), 0, 10)).isEqualTo(Outcome.OK);

        reader.reset(pool, 5);
        assertThat(feed(slice(message(0, "123456")), 0, 5)).isEqualTo(Outcome.TOO_LARGE);

        assertThat(received.texts).containsExactly("12345");
        assertThat(reader.foundBytes()).isEqualTo(6);
        assertThat(reader.bytesMax()).isEqualTo(5);
        assertThat(FaultText.tooLarge(reader.bytesMax(), reader.foundBytes()))
                .isEqualTo("gRPC message exceeds maximum size 5: 6");
    }

    @Test
    void theLimitIsCheckedAtThePrefixHoweverItIsSplit() {
        byte[] bytes = join(message(0, "ok"), message(0, "123456"));
        for (int split = 0; split <= 12; split++) {
            reader.reset(pool, 5);
            received.texts.clear();
            MemorySegment slice = slice(bytes);
            feed(slice, 0, split);
            assertThat(feed(slice, split, 12 - split)).isEqualTo(Outcome.TOO_LARGE);
            assertThat(received.texts).containsExactly("ok");
            assertThat(reader.foundBytes()).isEqualTo(6);
        }
    }

    @Test
    void aLengthBeyondTwoGibibytesIsTooLargeAndNotNegative() {
        reader.reset(pool, Integer.MAX_VALUE);
        MemorySegment slice = slice(new byte[] {0, -1, -1, -1, -1, 0});

        assertThat(feed(slice, 0, 6)).isEqualTo(Outcome.TOO_LARGE);

        assertThat(reader.foundBytes()).isEqualTo(0xFFFF_FFFFL);
    }

    @Test
    void aMessageOfNoBytesPassesALimitOfZero() {
        reader.reset(pool, 0);

        assertThat(feed(slice(message(0, "")), 0, 5)).isEqualTo(Outcome.OK);
        assertThat(feed(slice(message(0, "x")), 0, 6)).isEqualTo(Outcome.TOO_LARGE);
    }

    @Test
    void everyReservedBitIsRefused() {
        for (int bit = 1; bit < 8; bit++) {
            reader.reset(pool, 10);
            MemorySegment slice = slice(message(1 << bit, "x"));
            assertThat(feed(slice, 0, 6)).isEqualTo(Outcome.RESERVED_FLAG);
            reader.reset(pool, 10);
            for (int i = 0; i < 5; i++) feed(slice, i, 1);
            assertThat(feed(slice, 5, 1)).isEqualTo(Outcome.RESERVED_FLAG);
        }
        assertThat(received.texts).isEmpty();
    }

    @Test
    void afterAFaultNothingMoreIsTaken() {
        reader.reset(pool, 5);
        feed(slice(message(0, "123456")), 0, 11);

        assertThat(feed(slice(message(0, "good")), 0, 9)).isEqualTo(Outcome.TOO_LARGE);
        assertThat(received.texts).isEmpty();
    }

    @Test
    void memoryFollowsTheBytesThatArrivedAndNotTheAnnouncedLength() {
        MemorySegment slice = slice(new byte[] {0, 0, 64, 0, 0, 1, 2});

        feed(slice, 0, 7);

        assertThat(reader.midMessage()).isTrue();
        assertThat(pool.outstanding()).isEqualTo(1);
        assertThat(budget.usedBytes()).isLessThan(512 << 10);
        reader.close();
    }

    @Test
    void anExhaustedBudgetIsAnOutcome() {
        SlabPool small = SlabPool.forLoop(new Budget(1));
        small.ownedBy(Thread.currentThread());
        reader.reset(small, MESSAGE_BYTES_MAX);

        assertThat(feed(slice(message(0, "hello")), 0, 10)).isEqualTo(Outcome.OK);
        assertThat(feed(slice(message(0, "hello")), 0, 9)).isEqualTo(Outcome.NO_MEMORY);
        assertThat(feed(slice(message(0, "hello")), 9, 1)).isEqualTo(Outcome.NO_MEMORY);
        small.close();
    }

    @Test
    void closeReleasesWhatWasGatheredAndDropsWhatFollows() {
        MemorySegment slice = slice(message(0, "hello"));
        feed(slice, 0, 8);

        reader.close();
        reader.close();

        assertThat(pool.outstanding()).isZero();
        assertThat(reader.midMessage()).isFalse();
        assertThat(feed(slice, 8, 2)).isEqualTo(Outcome.OK);
        assertThat(feed(slice, 0, 10)).isEqualTo(Outcome.OK);
        assertThat(received.texts).isEmpty();
    }

    @Test
    void aSinkThatClosesTheReaderGetsNothingMore() {
        MemorySegment slice = slice(join(message(0, "a"), message(0, "b"), message(0, "c")));
        received.closeAfter = 1;
        feed(slice, 0, 18);
        assertThat(received.texts).containsExactly("a");

        received.texts.clear();
        reader.reset(pool, 10);
        feed(slice, 0, 3);
        feed(slice, 3, 15);
        assertThat(received.texts).containsExactly("a");
    }

    @Test
    void resetForgetsEverything() {
        feed(slice(message(0, "hello")), 0, 8);

        reader.reset(pool, MESSAGE_BYTES_MAX);

        assertThat(pool.outstanding()).isZero();
        assertThat(feed(slice(message(0, "next")), 0, 9)).isEqualTo(Outcome.OK);
        assertThat(received.texts).containsExactly("next");
    }

    @Test
    void aNegativeLimitIsRefused() {
        assertThatThrownBy(() -> new MessageReader(pool, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bytesMax: -1 (expected: >= 0)");
    }

    @Test
    void wholeMessagesAllocateNothing() {
        MemorySegment slice = slice(join(message(0, "hello"), message(0, "world")));
        MessageSink nothing = (bytes, offset, length, compressed, home) -> {};
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = 0;
        for (int i = 0; i < 20_000; i++) {
            if (i == 10_000) before = threads.getCurrentThreadAllocatedBytes();
            reader.feed(slice, 0, 20, nothing);
        }
        long used = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(used / 10_000).isZero();
    }

    private Outcome feed(MemorySegment slice, long offset, int length) {
        return reader.feed(slice, offset, length, received);
    }

    private MemorySegment slice(byte[] bytes) {
        MemorySegment slice = arena.allocate(bytes.length);
        MemorySegment.copy(bytes, 0, slice, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return slice;
    }

    private static byte[] message(int flags, String text) {
        byte[] body = text.getBytes(ISO_8859_1);
        int n = body.length;
        byte[] head = {(byte) flags, (byte) (n >> 24), (byte) (n >> 16), (byte) (n >> 8), (byte) n};
        return join(head, body);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) all.writeBytes(part);
        return all.toByteArray();
    }

    private final class Received implements MessageSink {
        final List<String> texts = new ArrayList<>();
        final List<Boolean> flags = new ArrayList<>();
        final List<Boolean> homes = new ArrayList<>();
        MemorySegment segment;
        int closeAfter = -1;
        int pauseAfter = -1;

        @Override
        public void onMessage(
                MemorySegment bytes, long offset, int length, boolean compressed, Slab home) {
            byte[] copy = new byte[length];
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, offset, copy, 0, length);
            texts.add(new String(copy, ISO_8859_1));
            flags.add(compressed);
            homes.add(home != null);
            segment = bytes;
            if (home != null) home.release();
            if (texts.size() == closeAfter) reader.close();
            if (texts.size() == pauseAfter) reader.pause();
        }
    }
}
