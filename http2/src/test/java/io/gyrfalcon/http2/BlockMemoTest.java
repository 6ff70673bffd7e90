package io.gyrfalcon.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.http2.sim.Bench;
import io.gyrfalcon.http2.sim.FrameBytes;
import io.gyrfalcon.http2.sim.RecordingEvents;
import io.gyrfalcon.primitives.flags.FlagOverride;
import io.gyrfalcon.primitives.flags.Flags;

import org.junit.jupiter.api.Test;

import java.util.Arrays;

class BlockMemoTest {
    /** Keeps heads, and writes down when it is asked to and told of one. */
    private static final class Keeper extends RecordingEvents {
        boolean isKeeping = true;

        @Override
        public boolean onRemember(Stream stream) {
            log.add("remember " + stream.id());
            return isKeeping;
        }

        @Override
        public void onRepeated(Stream stream) {
            log.add("repeated " + stream.id());
        }
    }

    private static final byte[] BLOCK = Bench.request("content-length", "0");
    private static final byte[] OTHER = Bench.request("content-length", "7");

    private final Keeper keeper = new Keeper();
    private Bench bench = Bench.open(Http2Settings.mesh(), Bench.LIMITS, keeper);

    private void request(int id, byte[] block) {
        keeper.log.clear();
        keeper.fields.clear();
        bench.send(new FrameBytes().headers(id, block, true));
    }

    @Test
    void aBlockIsKeptTheSecondTimeAndToldWithoutFieldsFromTheThirdOn() {
        request(1, BLOCK);
        assertThat(keeper.log).containsExactly("request 1 end");
        request(3, BLOCK);
        assertThat(keeper.log).containsExactly("remember 3", "request 3 end");
        assertThat(keeper.fields).isNotEmpty();
        request(5, BLOCK);
        assertThat(keeper.log).containsExactly("repeated 5", "request 5 end");
        assertThat(keeper.fields).isEmpty();
        bench.close();
    }

    @Test
    void anotherBlockBetweenStartsTheCountAnew() {
        request(1, BLOCK);
        request(3, BLOCK);
        bench.send(new FrameBytes().headers(5, OTHER, false));
        request(7, BLOCK);
        assertThat(keeper.log).containsExactly("request 7 end");
        request(9, BLOCK);
        assertThat(keeper.log).containsExactly("remember 9", "request 9 end");
        bench.close();
    }

    @Test
    void everyByteOfAKeptBlockCounts() {
        for (int length = 1; length < 40; length++) {
            request(1, named(length, 'a'));
            request(3, named(length, 'a'));
            for (int id = 5; id < 11; id += 2) request(id, named(length, 'a'));
            assertThat(keeper.log).startsWith("repeated 9");
            request(11, named(length, 'b'));
            assertThat(keeper.log).containsExactly("request 11 end");
            bench.close();
            bench = Bench.open(Http2Settings.mesh(), Bench.LIMITS, keeper);
        }
        bench.close();
    }

    private static byte[] named(int length, char last) {
        char[] value = new char[length];
        Arrays.fill(value, 'x');
        value[length - 1] = last;
        return Bench.request("a", new String(value));
    }

    @Test
    void aBlockThatChangesTheTableIsNeverKept() {
        byte[] entering = bench.indexed(FieldBlock.of("a", "b"));
        byte[] block = Arrays.copyOf(BLOCK, BLOCK.length + entering.length);
        System.arraycopy(entering, 0, block, BLOCK.length, entering.length);
        for (int id = 1; id < 9; id += 2) {
            request(id, block);
            assertThat(keeper.log).containsExactly("request " + id + " end");
        }
        bench.close();
    }

    @Test
    void aChangeOfTheTableForgetsTheKeptBlock() {
        request(1, BLOCK);
        request(3, BLOCK);
        request(5, BLOCK);
        byte[] entering = bench.indexed(FieldBlock.of("a", "b"));
        byte[] trailers = entering.clone();
        bench.send(new FrameBytes().headers(7, OTHER, false).headers(7, trailers, true));
        request(9, BLOCK);
        assertThat(keeper.log).containsExactly("request 9 end");
        bench.close();
    }

    @Test
    void aHeadThatItsOwnerDoesNotKeepIsDecodedAgain() {
        keeper.isKeeping = false;
        request(1, BLOCK);
        request(3, BLOCK);
        request(5, BLOCK);
        assertThat(keeper.log).containsExactly("remember 5", "request 5 end");
        assertThat(keeper.fields).isNotEmpty();
        bench.close();
    }

    @Test
    void contentLengthOfARepeatedBlockIsHeldToItsData() {
        for (int id = 1; id < 7; id += 2) {
            bench.send(new FrameBytes().headers(id, OTHER, false).data(id, 7, true));
        }
        bench.sent();
        keeper.log.clear();
        bench.send(new FrameBytes().headers(7, OTHER, false).data(7, 8, true));
        assertThat(keeper.log).startsWith("repeated 7");
        assertThat(bench.sent()).contains("RST_STREAM 7 1");
        bench.send(new FrameBytes().headers(9, OTHER, true));
        assertThat(bench.sent()).contains("RST_STREAM 9 1");
        bench.close();
    }

    @Test
    void withTheFlagOffEveryBlockIsDecoded() {
        bench.close();
        try (FlagOverride off = Flags.override(Http2Flags.BLOCK_MEMO, false)) {
            bench = Bench.open(Http2Settings.mesh(), Bench.LIMITS, keeper);
            for (int id = 1; id < 9; id += 2) {
                request(id, BLOCK);
                assertThat(keeper.log).containsExactly("request " + id + " end");
            }
            bench.close();
        }
    }
}
