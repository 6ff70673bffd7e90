package io.gyrfalcon.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.http2.sim.Bench;
import io.gyrfalcon.http2.sim.FrameBytes;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;

class FramesTest {
    private final Bench bench = Bench.open();

    @AfterEach
    void close() {
        bench.close();
    }

    private FrameBytes bytes() {
        return new FrameBytes();
    }

    private void assertConnectionError(ErrorCode code) {
        assertThat(bench.sent().getLast()).startsWith("GOAWAY").contains(" " + code.code() + " ");
        assertThat(bench.events.log.getLast()).startsWith("error " + code);
        assertThat(bench.server.isFinished()).isTrue();
        assertThat(bench.server.openStreams()).isZero();
        int events = bench.events.log.size();
        bench.send(bytes().headers(99, Bench.request(), true));
        assertThat(bench.events.log).hasSize(events);
    }

    @Test
    void section4_1_unknownFramesAreIgnored() {
        bench.send(bytes().frame(0x16, 0xff, 0, new byte[8]).frame(0xff, 0, 1, new byte[0]));
        bench.send(bytes().ping(7, false));
        assertThat(bench.sent()).containsExactly("PING ack");
    }

    @Test
    void section4_1_theReservedBitIsIgnored() {
        bench.send(bytes().headers(1 | 1 << 31, Bench.request(), true));
        assertThat(bench.events.log).containsExactly("request 1 end");
    }

    @Test
    void section4_2_aFrameOfTheLargestSizeIsAccepted() {
        bench.send(bytes().headers(1, Bench.request(), false).data(1, 16_384, true));
        assertThat(bench.events.log).containsExactly("request 1", "data 1 16384 end");
    }

    @Test
    void section4_2_aLargerFrameIsAFrameSizeError() {
        bench.send(bytes().headers(1, Bench.request(), false).data(1, 16_385, true));
        assertConnectionError(ErrorCode.FRAME_SIZE_ERROR);
    }

    @Test
    void section4_2_aLargerFrameIsRefusedByItsHeaderAlone() {
        bench.send(bytes().header(16_385, 1, 4, 1));
        assertConnectionError(ErrorCode.FRAME_SIZE_ERROR);
    }

    @Test
    void section4_3_aBlockThatCannotBeDecodedIsACompressionError() {
        bench.send(bytes().headers(1, new byte[] {(byte) 0x80}, true));
        assertConnectionError(ErrorCode.COMPRESSION_ERROR);
    }

    @Test
    void section6_1_dataOnStreamZeroIsAProtocolError() {
        bench.send(bytes().data(0, 1, true));
        assertConnectionError(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section6_1_paddingAsLongAsTheFrameIsAProtocolError() {
        bench.send(bytes().headers(1, Bench.request(), false).frame(0, 8, 1, new byte[] {3, 0, 0}));
        assertConnectionError(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section6_1_paddedDataWithoutItsPadLengthIsAFrameSizeError() {
        bench.send(bytes().headers(1, Bench.request(), false).frame(0, 8, 1, new byte[0]));
        assertConnectionError(ErrorCode.FRAME_SIZE_ERROR);
    }

    @Test
    void section6_1_paddingIsStripped() {
        bench.send(bytes().headers(1, Bench.request(), false).padded(1, 5, 255, true));
        assertThat(bench.events.log).containsExactly("request 1", "data 1 5 end");
    }

    @Test
    void section6_1_paddingAloneMayEndAStream() {
        bench.send(bytes().headers(1, Bench.request(), false).padded(1, 0, 7, true));
        assertThat(bench.events.log).containsExactly("request 1", "data 1 0 end");
    }

    @Test
    void section6_2_headersOnStreamZeroIsAProtocolError() {
        bench.send(bytes().headers(0, Bench.request(), true));
        assertConnectionError(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section6_2_paddedHeadersAreUnderstood() {
        byte[] block = Bench.request();
        byte[] padded = new byte[block.length + 4];
        padded[0] = 3;
        System.arraycopy(block, 0, padded, 1, block.length);
        bench.send(bytes().frame(1, 4 | 8 | 1, 1, padded));
        assertThat(bench.events.log).containsExactly("request 1 end");
    }

    @Test
    void section6_2_headersWithPaddingAndPriorityAreUnderstood() {
        byte[] block = Bench.request();
        byte[] payload = new byte[block.length + 6 + 2];
        payload[0] = 2;
        payload[4] = 9;
        System.arraycopy(block, 0, payload, 6, block.length);
        bench.send(bytes().frame(1, 4 | 8 | 0x20 | 1, 1, payload));
        assertThat(bench.events.log).containsExactly("request 1 end");
    }

    @Test
    void section6_2_paddingLongerThanTheFragmentIsAProtocolError() {
        bench.send(bytes().frame(1, 4 | 8, 1, new byte[] {2, 0}));
        assertConnectionError(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section6_2_headersTooShortForTheirFieldsAreAFrameSizeError() {
        bench.send(bytes().frame(1, 4 | 0x20, 1, new byte[4]));
        assertConnectionError(ErrorCode.FRAME_SIZE_ERROR);
    }

    @Test
    void section6_2_aFrameInsideABlockIsAProtocolError() {
        bench.send(bytes().frame(1, 1, 1, Bench.request()).ping(1, false));
        assertConnectionError(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section6_2_anUnknownFrameInsideABlockIsAProtocolErrorToo() {
        bench.send(bytes().frame(1, 1, 1, Bench.request()).frame(0x20, 0, 1, new byte[1]));
        assertConnectionError(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section6_3_priorityIsIgnoredOnStreamsInAnyState() {
        bench.send(bytes().priority(5, 0).headers(7, Bench.request(), true).priority(7, 5));
        bench.send(bytes().priority(3, 7));
        assertThat(bench.events.log).containsExactly("request 7 end");
        assertThat(bench.sent()).isEmpty();
    }

    @Test
    void section6_3_priorityOnStreamZeroIsAProtocolError() {
        bench.send(bytes().priority(0, 1));
        assertConnectionError(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section6_3_priorityOfAnotherLengthIsAFrameSizeErrorOfItsStream() {
        bench.send(bytes().headers(1, Bench.request(), false).frame(2, 0, 1, new byte[4]));
        assertThat(bench.sent()).containsExactly("RST_STREAM 1 6");
        assertThat(bench.events.log)
                .containsExactly("request 1", "reset 1 FRAME_SIZE_ERROR", "closed 1");
    }

    @Test
    void rfc7540section5_3_1_aStreamThatDependsOnItselfIsAStreamError() {
        bench.send(bytes().headers(1, Bench.request(), false).priority(1, 1));
        assertThat(bench.sent()).containsExactly("RST_STREAM 1 1");
        bench.send(bytes().priority(1, 1));
        assertThat(bench.sent()).containsExactly("RST_STREAM 1 1");
        byte[] block = Bench.request();
        byte[] payload = new byte[block.length + 5];
        payload[3] = 3;
        System.arraycopy(block, 0, payload, 5, block.length);
        bench.send(bytes().frame(1, 4 | 0x20 | 1, 3, payload));
        assertThat(bench.sent()).containsExactly("RST_STREAM 3 1");
        assertThat(bench.events.log).doesNotContain("request 3 end");
        bench.send(bytes().headers(5, Bench.request(), true));
        assertThat(bench.events.log).contains("request 5 end");
    }

    @Test
    void rfc7540section5_3_1_anIdleStreamThatDependsOnItselfIsAConnectionError() {
        bench.send(bytes().priority(1, 1));
        assertConnectionError(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section6_4_rstStreamOfAnotherLengthIsAFrameSizeError() {
        bench.send(bytes().headers(1, Bench.request(), false).frame(3, 0, 1, new byte[3]));
        assertConnectionError(ErrorCode.FRAME_SIZE_ERROR);
        assertThat(bench.events.log)
                .containsSubsequence("request 1", "reset 1 FRAME_SIZE_ERROR", "closed 1");
    }

    @Test
    void section6_4_rstStreamOnStreamZeroIsAProtocolError() {
        bench.send(bytes().rst(0, 8));
        assertConnectionError(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section6_4_rstStreamOnAnIdleStreamIsAProtocolError() {
        bench.send(bytes().rst(1, 8));
        assertConnectionError(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section6_4_rstStreamEndsItsStreamAndIsNotAnswered() {
        bench.send(bytes().headers(1, Bench.request(), false).rst(1, 0x77).rst(1, 8));
        assertThat(bench.events.log)
                .containsExactly("request 1", "reset 1 INTERNAL_ERROR by peer", "closed 1");
        assertThat(bench.sent()).isEmpty();
    }

    @Test
    void section6_6_pushPromiseFromAClientIsAProtocolError() {
        bench.send(bytes().frame(5, 4, 1, new byte[4]));
        assertConnectionError(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section6_7_aPingIsAnsweredWithItsPayload() {
        bench.send(bytes().ping(0x0123456789abcdefL, false));
        assertThat(bench.frames().getFirst().longAt(0)).isEqualTo(0x0123456789abcdefL);
    }

    @Test
    void section6_7_anAnswerToAPingThatWasNotSentIsIgnored() {
        bench.send(bytes().ping(1, true));
        assertThat(bench.sent()).isEmpty();
    }

    @Test
    void section6_7_aPingOnAStreamIsAProtocolError() {
        bench.send(bytes().frame(6, 0, 1, new byte[8]));
        assertConnectionError(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section6_7_aPingOfAnotherLengthIsAFrameSizeError() {
        bench.send(bytes().frame(6, 0, 0, new byte[6]));
        assertConnectionError(ErrorCode.FRAME_SIZE_ERROR);
    }

    @Test
    void section6_8_goAwayFromTheClientIsTaken() {
        bench.send(bytes().headers(1, Bench.request(), true).frame(7, 0, 0, new byte[8]));
        bench.headers(bench.stream(1), true);
        assertThat(bench.sent()).containsExactly("HEADERS 1 end");
    }

    @Test
    void section6_8_goAwayOnAStreamOrTooShortIsAnError() {
        bench.send(bytes().frame(7, 0, 1, new byte[8]));
        assertConnectionError(ErrorCode.PROTOCOL_ERROR);
        try (Bench other = Bench.open()) {
            other.send(bytes().frame(7, 0, 0, new byte[7]));
            assertThat(other.sent().getLast()).startsWith("GOAWAY 0 6 ");
        }
    }

    @Test
    void section6_10_aBlockMayComeInPieces() {
        byte[] block = Bench.request("a", "1");
        bench.send(
                bytes().frame(1, 1, 1, java.util.Arrays.copyOf(block, 3))
                        .continuation(1, java.util.Arrays.copyOfRange(block, 3, 9), false)
                        .continuation(
                                1, java.util.Arrays.copyOfRange(block, 9, block.length), true));
        assertThat(bench.events.log).containsExactly("request 1 end");
        assertThat(bench.events.fields).hasSize(4).last().isEqualTo("1 a: 1");
        assertThat(bench.slabs.outstanding()).isZero();
    }

    @Test
    void section6_10_continuationWithoutHeadersIsAProtocolError() {
        bench.send(bytes().continuation(1, new byte[1], true));
        assertConnectionError(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section6_10_continuationOfAnotherStreamIsAProtocolError() {
        bench.send(bytes().frame(1, 1, 1, Bench.request()).continuation(3, new byte[1], true));
        assertConnectionError(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section6_10_continuationAfterTheEndOfItsBlockIsAProtocolError() {
        bench.send(bytes().headers(1, Bench.request(), true).continuation(1, new byte[1], true));
        assertConnectionError(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void framesMayBeCutAnywhere() {
        byte[] block = Bench.request("k", "v");
        FrameBytes all =
                bytes().headers(1, block, false)
                        .data(1, 3, false)
                        .padded(1, 2, 4, false)
                        .frame(1, 0, 3, java.util.Arrays.copyOf(block, 5))
                        .continuation(3, java.util.Arrays.copyOfRange(block, 5, block.length), true)
                        .ping(5, false)
                        .data(1, 0, true)
                        .windowUpdate(1, 10);
        bench.sendBytewise(all);
        assertThat(bench.events.log)
                .containsExactly(
                        "request 1",
                        "data 1 1",
                        "data 1 1",
                        "data 1 1",
                        "data 1 1",
                        "data 1 1",
                        "request 3",
                        "data 1 0 end");
        assertThat(bench.sent()).containsExactly("PING ack");
    }

    @Test
    void everySingleCutGivesTheSame() {
        FrameBytes all =
                bytes().headers(1, Bench.request(), false)
                        .padded(1, 7, 2, true)
                        .settings(4, 100)
                        .rst(1, 8);
        byte[] whole = all.toByteArray();
        for (int cut = 1; cut < whole.length; cut++) {
            try (Bench cutBench = Bench.open()) {
                cutBench.send(java.util.Arrays.copyOf(whole, cut));
                cutBench.send(java.util.Arrays.copyOfRange(whole, cut, whole.length));
                assertThat(cutBench.events.bytes).as("cut at " + cut).containsEntry(1, 7);
                assertThat(cutBench.events.log)
                        .as("cut at " + cut)
                        .endsWith("reset 1 CANCEL by peer", "closed 1");
                assertThat(cutBench.slabs.outstanding() == 0 || !cutBench.out.isEmpty()).isTrue();
            }
        }
    }

    @Test
    void anIdleConnectionOwnsNoSlab() {
        bench.send(bytes().headers(1, Bench.request(), false).data(1, 100, true));
        bench.headers(bench.stream(1), true);
        bench.frames();
        assertThat(bench.slabs.outstanding()).isZero();
        assertThat(List.copyOf(bench.events.streams.keySet())).isEmpty();
    }
}
