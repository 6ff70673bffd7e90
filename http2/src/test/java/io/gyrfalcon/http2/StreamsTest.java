package io.gyrfalcon.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.http2.sim.Bench;
import io.gyrfalcon.http2.sim.FrameBytes;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamsTest {
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
    }

    /** A stream that both sides ended. */
    private void openAndEnd(int id) {
        bench.send(bytes().headers(id, Bench.request(), true));
        bench.headers(bench.stream(id), true);
        assertThat(bench.sent()).containsExactly("HEADERS " + id + " end");
        assertThat(bench.events.log)
                .endsWith("request " + id + " end", "sent " + id, "closed " + id);
    }

    @Test
    void section5_1_dataOnAnIdleStreamIsAProtocolError() {
        bench.send(bytes().data(1, 1, true));
        assertConnectionError(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section5_1_windowUpdateOnAnIdleStreamIsAProtocolError() {
        bench.send(bytes().windowUpdate(1, 1));
        assertConnectionError(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section5_1_anythingOnAStreamOfOursIsAProtocolError() {
        bench.send(bytes().windowUpdate(2, 1));
        assertConnectionError(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section5_1_dataOnHalfClosedRemoteIsAStreamErrorStreamClosed() {
        bench.send(bytes().headers(1, Bench.request(), true).data(1, 5, true));
        assertThat(bench.sent()).containsExactly("RST_STREAM 1 5");
        assertThat(bench.events.log)
                .containsExactly("request 1 end", "reset 1 STREAM_CLOSED", "closed 1");
    }

    @Test
    void section5_1_headersOnHalfClosedRemoteAreAStreamErrorStreamClosed() {
        bench.send(
                bytes().headers(1, Bench.request(), true)
                        .headers(1, Bench.literals("a", "b"), true));
        assertThat(bench.sent()).containsExactly("RST_STREAM 1 5");
    }

    @Test
    void section5_1_windowUpdatePriorityAndResetOnHalfClosedRemoteAreTaken() {
        bench.send(
                bytes().headers(1, Bench.request(), true)
                        .windowUpdate(1, 5)
                        .priority(1, 0)
                        .rst(1, 8));
        assertThat(bench.sent()).isEmpty();
        assertThat(bench.events.log)
                .containsExactly("request 1 end", "reset 1 CANCEL by peer", "closed 1");
    }

    @Test
    void section5_1_dataAfterBothEndsIsAConnectionErrorStreamClosed() {
        openAndEnd(1);
        bench.send(bytes().data(1, 1, true));
        assertConnectionError(ErrorCode.STREAM_CLOSED);
    }

    @Test
    void section5_1_headersAfterBothEndsAreAConnectionErrorStreamClosed() {
        openAndEnd(1);
        bench.send(bytes().headers(1, Bench.request(), true));
        assertConnectionError(ErrorCode.STREAM_CLOSED);
    }

    @Test
    void section5_1_windowUpdatePriorityAndResetAfterBothEndsAreIgnored() {
        openAndEnd(1);
        bench.send(bytes().windowUpdate(1, 5).windowUpdate(1, 0).priority(1, 0).rst(1, 8));
        assertThat(bench.sent()).isEmpty();
    }

    @Test
    void section5_1_framesAfterTheirOwnResetAreAStreamErrorStreamClosed() {
        bench.send(bytes().headers(1, Bench.request(), false).rst(1, 8).data(1, 1, false));
        assertThat(bench.sent()).containsExactly("RST_STREAM 1 5");
        bench.send(bytes().headers(1, Bench.literals("a", "b"), true));
        assertThat(bench.sent()).containsExactly("RST_STREAM 1 5");
        assertThat(bench.events.log).hasSize(3);
    }

    @Test
    void section5_1_framesThatCrossOurResetAreIgnoredButHpackStaysInStep() {
        bench.send(bytes().headers(1, Bench.request(), false));
        bench.server.reset(bench.stream(1), ErrorCode.CANCEL);
        bench.send(
                bytes().data(1, 100, false)
                        .windowUpdate(1, 1)
                        .headers(
                                1,
                                bench.indexed(io.gyrfalcon.http2.hpack.FieldBlock.of("k", "v")),
                                true));
        assertThat(bench.sent()).containsExactly("RST_STREAM 1 8");
        byte[] known = bench.indexed(io.gyrfalcon.http2.hpack.FieldBlock.of("k", "v"));
        byte[] block = new byte[Bench.request().length + known.length];
        System.arraycopy(Bench.request(), 0, block, 0, Bench.request().length);
        System.arraycopy(known, 0, block, Bench.request().length, known.length);
        bench.send(bytes().headers(3, block, true));
        assertThat(bench.events.fields).contains("3 k: v");
        assertThat(bench.events.log).containsExactly("request 1", "closed 1", "request 3 end");
    }

    @Test
    void section5_1_bytesForAStreamThatWeResetAreCreditedToTheConnection() {
        bench.send(bytes().headers(1, Bench.request(), false));
        bench.server.reset(bench.stream(1), ErrorCode.CANCEL);
        FrameBytes much = bytes();
        for (int i = 0; i < 32; i++) much.data(1, 16_384, false);
        bench.send(much);
        assertThat(bench.sent()).containsExactly("RST_STREAM 1 8", "WINDOW_UPDATE 0 524288");
    }

    @Test
    void section5_1_1_identifiersOfTheClientAreOdd() {
        bench.send(bytes().headers(2, Bench.request(), true));
        assertConnectionError(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section5_1_1_identifiersIncrease() {
        bench.send(bytes().headers(5, Bench.request(), true).headers(3, Bench.request(), true));
        assertConnectionError(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section5_1_2_oneStreamMoreThanAnnouncedIsRefused() {
        Http2Limits limits = Bench.LIMITS.toBuilder().streamsMax(2).build();
        try (Bench two = Bench.open(Http2Settings.mesh(), limits)) {
            two.send(bytes().headers(1, Bench.request(), true).headers(3, Bench.request(), true));
            assertThat(two.sent()).isEmpty();
            two.send(bytes().headers(5, Bench.request(), true));
            assertThat(two.sent()).containsExactly("RST_STREAM 5 7");
            assertThat(two.events.log).containsExactly("request 1 end", "request 3 end");

            Stream first = two.stream(1);
            two.headers(first, true);
            two.frames();
            two.send(bytes().headers(7, Bench.request(), true));
            assertThat(two.sent()).isEmpty();
            assertThat(two.events.log).endsWith("request 7 end");
        }
    }

    @Test
    void aStreamThatWasResetTakesItsSlotUntilItIsReleased() {
        Http2Limits limits = Bench.LIMITS.toBuilder().streamsMax(1).build();
        try (Bench one = Bench.open(Http2Settings.mesh(), limits)) {
            one.send(bytes().headers(1, Bench.request(), true));
            Stream first = one.stream(1);
            one.send(bytes().rst(1, 8));
            one.send(bytes().headers(3, Bench.request(), true));
            assertThat(one.sent()).containsExactly("RST_STREAM 3 7");

            one.server.release(first);
            one.send(bytes().headers(5, Bench.request(), true));
            assertThat(one.sent()).isEmpty();
            assertThat(one.events.log).endsWith("request 5 end");
        }
    }

    @Test
    void streamsThatHaveEndedButAreNotReleasedAreBoundedToo() {
        Http2Limits limits = Bench.LIMITS.toBuilder().streamsMax(1).build();
        try (Bench one = Bench.open(Http2Settings.mesh(), limits)) {
            Stream last = null;
            for (int id = 1; id < 17; id += 2) {
                one.send(bytes().headers(id, Bench.request(), true));
                last = one.stream(id);
                one.headers(last, true);
                one.frames();
            }
            one.send(bytes().headers(17, Bench.request(), true));
            assertThat(one.sent()).containsExactly("RST_STREAM 17 7");

            one.server.release(last);
            one.send(bytes().headers(19, Bench.request(), true));
            assertThat(one.sent()).isEmpty();
        }
    }

    @Test
    void section5_4_1_aConnectionErrorEndsEveryStreamBeforeItIsTold() {
        bench.send(bytes().headers(1, Bench.request(), true).headers(3, Bench.request(), false));
        bench.send(bytes().ping(1, false).data(0, 1, false));
        assertThat(bench.sent())
                .containsExactly("PING ack", "GOAWAY 3 1 a frame of a stream on stream 0");
        assertThat(bench.events.log)
                .containsSubsequence("reset 1 PROTOCOL_ERROR", "closed 1")
                .containsSubsequence("reset 3 PROTOCOL_ERROR", "closed 3")
                .endsWith("error PROTOCOL_ERROR a frame of a stream on stream 0");
    }

    @Test
    void section5_4_2_resetByTheOwnerIsSentOnceAndToldAsClosedOnly() {
        bench.send(bytes().headers(1, Bench.request(), false));
        Stream s = bench.stream(1);
        bench.server.reset(s, ErrorCode.NO_ERROR);
        bench.server.reset(s, ErrorCode.NO_ERROR);
        bench.headers(s, true);
        bench.data(s, 10, true);
        bench.server.consumed(s, 100_000_000);
        assertThat(bench.sent()).containsExactly("RST_STREAM 1 0");
        assertThat(bench.events.log).containsExactly("request 1", "closed 1");
    }

    @Test
    void lossOfTheConnectionEndsEveryStream() {
        bench.send(bytes().headers(1, Bench.request(), false).headers(3, Bench.request(), true));
        bench.server.onInputEnd(bench.now);
        assertThat(bench.events.log)
                .contains(
                        "reset 1 CANCEL by peer", "closed 1", "reset 3 CANCEL by peer", "closed 3");
        assertThat(bench.server.isFinished()).isTrue();
        assertThat(bench.server.nextTimeNanos()).isEqualTo(Long.MAX_VALUE);
        bench.server.onTime(bench.now);
        assertThat(bench.server.openStreams()).isZero();
    }

    @Test
    void aStreamKeepsWhatItsOwnerAttaches() {
        bench.send(bytes().headers(1, Bench.request(), false));
        Stream s = bench.stream(1);
        s.attach("mine");
        assertThat(s.attachment()).isEqualTo("mine");
        assertThat(s).hasToString("stream 1 OPEN");
        bench.server.reset(s, ErrorCode.CANCEL);
        bench.frames();
        bench.server.release(s);
        assertThat(s.attachment()).isNull();
    }

    @Test
    void manyStreamsAreRecycledAtOnce() {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 50; i++) {
                bench.send(bytes().headers(100 * round + 2 * i + 1, Bench.request(), true));
            }
            java.util.List<Stream> all = java.util.List.copyOf(bench.events.streams.values());
            assertThat(all).hasSize(50);
            for (Stream s : all) bench.headers(s, true);
            assertThat(bench.sent()).hasSize(50);
            for (Stream s : all) bench.server.release(s);
        }
    }
}
