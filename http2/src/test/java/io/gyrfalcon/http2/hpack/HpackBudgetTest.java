package io.gyrfalcon.http2.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Random;

/** What coding may allocate and keep. */
final class HpackBudgetTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final int BLOCKS = 400;
    private static final int LIVE_BYTES_MAX = 1700;

    /** Counts, and remembers like an engine does. */
    private static final class Counter implements FieldSink {
        int fields;
        int memos;

        @Override
        public void onField(Field field) {
            fields++;
            if (field.kind() == FieldKind.PATH && field.memo() == null) {
                field.memo(this);
                memos++;
            }
        }
    }

    private static MemorySegment[] blocks(TypicalClient client) {
        final MemorySegment[] blocks = new MemorySegment[BLOCKS];
        for (int i = 0; i < BLOCKS; i++) blocks[i] = Blocks.nativeCopy(client.block());
        return blocks;
    }

    private static void decodeAll(HpackDecoder decoder, MemorySegment[] blocks, FieldSink sink) {
        for (MemorySegment block : blocks) {
            final HpackOutcome outcome = decoder.decode(block, 0, (int) block.byteSize(), sink);
            if (outcome != HpackOutcome.OK) throw new AssertionError(outcome);
        }
    }

    /** The least of several rounds: the compiler's own doings are not ours. */
    private static long allocatedBytes(Runnable round) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 8; i++) {
            final long before = THREADS.getCurrentThreadAllocatedBytes();
            round.run();
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }

    @Test
    void decodingCallsWithFreshFieldsAllocatesNothingOnceSteady() {
        final TypicalClient client = new TypicalClient(Seeds.random(getClass()), 2, true);
        final HpackDecoder decoder = Blocks.decoder();
        final Counter sink = new Counter();
        decodeAll(decoder, blocks(client), sink);
        final MemorySegment[][] rounds = new MemorySegment[8][];
        for (int i = 0; i < rounds.length; i++) rounds[i] = blocks(client);
        final int[] round = {0};
        assertThat(allocatedBytes(() -> decodeAll(decoder, rounds[round[0]++], sink))).isZero();
        assertThat(sink.fields).isEqualTo(9 * BLOCKS * 12);
        assertThat(sink.memos).isLessThan(9 * BLOCKS / 10);
    }

    @Test
    void encodingBlocksAllocatesNothingOnceSteady() {
        final FieldBlock head =
                FieldBlock.of(
                        ":status", "200",
                        "content-type", "application/grpc",
                        "grpc-encoding", "identity",
                        "grpc-accept-encoding", "gzip");
        final FieldBlock trailers = FieldBlock.of("grpc-status", "0");
        final byte[] name = Blocks.ascii("grpc-message");
        final byte[] value = Blocks.ascii("not found");
        final HpackEncoder encoder = new HpackEncoder();
        final MemorySegment out = Blocks.room(256);
        final Runnable round =
                () -> {
                    for (int i = 0; i < 10_000; i++) {
                        encoder.encode(head, out, 0);
                        encoder.encode(trailers, out, 100);
                        encoder.encodeLiteral(name, value, false, out, 200);
                    }
                };
        assertThat(allocatedBytes(round)).isZero();
        assertThat(encoder.encode(head, out, 0)).isEqualTo(4);
        assertThat(encoder.encode(trailers, out, 0)).isEqualTo(1);
    }

    @Test
    void aConnectionKeepsLittleAfterItsFirstRequest() {
        final int connections = 2000;
        final MemorySegment block =
                Blocks.nativeCopy(new TypicalClient(new Random(1), 9, false).block());
        final HpackScratch scratch = new HpackScratch();
        final HpackDecoder[] decoders = new HpackDecoder[connections];
        final Counter sink = new Counter();
        for (int i = 0; i < connections; i++) {
            decoders[i] = new HpackDecoder(4096, scratch);
        }
        final long before = liveBytes();
        for (HpackDecoder decoder : decoders) {
            decoder.decode(block, 0, (int) block.byteSize(), sink);
        }
        final long each = (liveBytes() - before) / connections;
        System.out.println("HPACK decoder after a request of 17 fields: " + each + " bytes");
        assertThat(each).isBetween(500L, (long) LIVE_BYTES_MAX);
        assertThat(decoders[connections - 1].tableBytes()).isPositive();
    }

    private static long liveBytes() {
        System.gc();
        System.gc();
        final Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
