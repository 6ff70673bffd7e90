package io.gyrfalcon.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.http2.sim.Bench;
import io.gyrfalcon.http2.sim.Frame;
import io.gyrfalcon.http2.sim.FrameBytes;
import io.gyrfalcon.http2.sim.RecordingEvents;
import io.gyrfalcon.primitives.memory.SlabChain;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;

class SendTest {
    private final Bench bench = Bench.open();

    @AfterEach
    void close() {
        bench.close();
    }

    private static FrameBytes bytes() {
        return new FrameBytes();
    }

    private Stream request(int id) {
        bench.send(bytes().headers(id, Bench.request(), true));
        return bench.stream(id);
    }

    /** Windows that never hold anything back. */
    private void openWindows() {
        bench.send(bytes().settings(4, 1 << 30).windowUpdate(0, 1 << 30));
        bench.frames();
    }

    private void trailers(Stream s) {
        bench.server.sendHeaders(s, Bench.TRAILERS, null, 0, true);
    }

    @Test
    void aUnaryAnswerLeavesAtOnce() {
        Stream s = request(1);
        bench.headers(s, false);
        bench.data(s, 20, false);
        assertThat(s.isLocalOpen()).isTrue();
        trailers(s);
        assertThat(s.isLocalOpen()).isFalse();
        assertThat(bench.events.log).containsExactly("request 1 end");
        assertThat(bench.sentOnce()).containsExactly("HEADERS 1", "DATA 1 20", "HEADERS 1 end");
        bench.server.pump(bench.now);
        assertThat(bench.events.log).containsExactly("request 1 end", "sent 1", "closed 1");
    }

    @Test
    void eventsAreToldAfterTheFrameThatAnAnswerWasGivenIn() {
        RecordingEvents answering =
                new RecordingEvents() {
                    @Override
                    public void onData(
                            Stream s, MemorySegment segment, long at, int n, boolean end) {
                        super.onData(s, segment, at, n, end);
                        table().headers(s, false);
                        table().data(s, 3, false);
                        table().server.sendHeaders(s, Bench.TRAILERS, null, 0, true);
                        table().server.pump(table().now);
                        log.add("handled " + s.id());
                    }

                    private Bench table() {
                        return reentrant[0];
                    }
                };
        reentrant[0] = Bench.open(Http2Settings.mesh(), Bench.LIMITS, answering);
        try (Bench table = reentrant[0]) {
            table.send(
                    bytes().headers(1, Bench.request(), false)
                            .data(1, 5, true)
                            .headers(3, Bench.request(), false)
                            .data(3, 5, true));
            assertThat(answering.log)
                    .containsExactly(
                            "request 1",
                            "data 1 5 end",
                            "handled 1",
                            "sent 1",
                            "closed 1",
                            "request 3",
                            "data 3 5 end",
                            "handled 3",
                            "sent 3",
                            "closed 3");
        }
    }

    private final Bench[] reentrant = new Bench[1];

    @Test
    void aResetInsideAnEventEndsTheStreamOnce() {
        RecordingEvents resetting =
                new RecordingEvents() {
                    @Override
                    public void onField(
                            Stream s, io.gyrfalcon.http2.hpack.Field f, boolean trailers) {
                        reentrant[0].server.reset(s, ErrorCode.CANCEL);
                    }
                };
        reentrant[0] = Bench.open(Http2Settings.mesh(), Bench.LIMITS, resetting);
        try (Bench table = reentrant[0]) {
            table.send(bytes().headers(1, Bench.request(), false).data(1, 5, true));
            assertThat(resetting.log).containsExactly("closed 1");
            assertThat(table.sent()).containsExactly("RST_STREAM 1 8");
        }
    }

    @Test
    void trailersWaitBehindTheData() {
        bench.send(bytes().settings(4, 10));
        Stream s = request(1);
        bench.headers(s, false);
        bench.data(s, 15, false);
        trailers(s);
        bench.headers(s, true);
        bench.data(s, 5, true);
        assertThat(s.queuedBytes()).isEqualTo(5);
        assertThat(bench.sent()).containsExactly("SETTINGS ack", "HEADERS 1", "DATA 1 10");
        assertThat(bench.events.log).containsExactly("request 1 end");
        bench.send(bytes().windowUpdate(1, 5));
        assertThat(bench.sent()).containsExactly("DATA 1 5", "HEADERS 1 end");
        assertThat(bench.events.log).containsExactly("request 1 end", "sent 1", "closed 1");
    }

    @Test
    void endStreamWithoutBytesWaitsBehindTheDataToo() {
        bench.send(bytes().settings(4, 10));
        Stream s = request(1);
        bench.headers(s, false);
        bench.data(s, 15, false);
        bench.data(s, 0, true);
        bench.frames();
        bench.send(bytes().windowUpdate(1, 5));
        assertThat(bench.sent()).containsExactly("DATA 1 5 end");
    }

    @Test
    void theOutputNeverRunsFarAhead() {
        openWindows();
        Stream s = request(1);
        bench.headers(s, false);
        bench.data(s, 1 << 20, true);
        assertThat(bench.out.bytes()).isLessThanOrEqualTo(64 << 10);
        assertThat(s.queuedBytes()).isGreaterThan((1 << 20) - (64 << 10));
        long sum = 0;
        for (Frame f : bench.frames()) {
            if (f.type().ordinal() == 0) sum += f.payload().length;
        }
        assertThat(sum).isEqualTo(1 << 20);
        assertThat(bench.events.log).endsWith("sent 1", "closed 1");
    }

    @Test
    void headersWaitForRoomInTheOutput() {
        openWindows();
        Stream large = request(1);
        bench.headers(large, false);
        bench.data(large, 64 << 10, false);
        byte[][] extra = {"k".getBytes(StandardCharsets.US_ASCII), new byte[200]};
        java.util.Arrays.fill(extra[1], (byte) 'v');
        for (int id = 3; id < 50; id += 2) {
            bench.server.sendHeaders(request(id), Bench.OK, extra, 2, true);
        }
        Stream late = request(51);
        bench.headers(late, false);
        bench.data(late, 10, false);
        trailers(late);
        assertThat(bench.out.bytes()).isLessThan(66_000);
        List<String> all = bench.sent();
        assertThat(all).containsSubsequence("HEADERS 51", "DATA 51 10", "HEADERS 51 end");
        assertThat(all).filteredOn(f -> f.endsWith(" end")).hasSize(25);
        assertThat(bench.events.log).contains("sent 51", "closed 51");
    }

    @Test
    void trailersOnlyThatWaitedEndTheStream() {
        openWindows();
        Stream large = request(1);
        bench.headers(large, false);
        bench.data(large, 100 << 10, false);
        bench.send(bytes().headers(3, Bench.request(), false));
        Stream small = bench.stream(3);
        byte[][] extra = {{'k'}, new byte[60]};
        java.util.Arrays.fill(extra[1], (byte) 'v');
        while (bench.out.bytes() <= (64 << 10)) {
            bench.server.sendHeaders(request(5 + 2 * id++), Bench.OK, extra, 2, true);
        }
        bench.headers(small, true);
        assertThat(small.isLocalOpen()).isFalse();
        bench.headers(small, true);
        assertThat(bench.sent()).contains("HEADERS 3 end").doesNotContain("DATA 3 0 end");
    }

    private int id;

    @Test
    void aSmallMessageIsNotStuckBehindLargeOnes() {
        openWindows();
        for (int i = 1; i < 9; i += 2) {
            Stream s = request(i);
            bench.headers(s, false);
            bench.data(s, 500_000, false);
        }
        bench.sentOnce();
        Stream small = request(9);
        bench.headers(small, false);
        bench.data(small, 100, true);
        assertThat(bench.sentOnce()).endsWith("HEADERS 9");
        bench.server.pump(bench.now);
        assertThat(bench.sentOnce().getFirst()).isEqualTo("DATA 9 100 end");
    }

    @Test
    void streamsShareByBytes() {
        openWindows();
        for (int i = 1; i < 9; i += 2) {
            Stream s = request(i);
            bench.headers(s, false);
            bench.data(s, 400_000, false);
        }
        long[] sums = new long[9];
        for (int turn = 0; turn < 10; turn++) {
            for (String line : bench.sentOnce()) {
                String[] words = line.split(" ");
                if (words[0].equals("DATA")) {
                    sums[Integer.parseInt(words[1])] += Integer.parseInt(words[2]);
                }
            }
            bench.server.pump(bench.now);
        }
        for (int i = 3; i < 9; i += 2) {
            assertThat(sums[i]).isBetween(sums[1] - 80_000, sums[1] + 80_000);
        }
    }

    @Test
    void aBlockLargerThanAFrameContinues() {
        Stream s = request(1);
        byte[][] extra = {{'k'}, new byte[40_000]};
        java.util.Arrays.fill(extra[1], (byte) '~');
        bench.server.sendHeaders(s, Bench.OK, extra, 2, true);
        List<Frame> frames = bench.frames();
        assertThat(frames.toString()).startsWith("[HEADERS 1 end, CONTINUATION 1, CONTINUATION 1");
        assertThat(frames.getFirst().payload()).hasSize(16_384);
        assertThat(frames.getFirst().flags() & 4).isZero();
        assertThat(frames.getLast().flags() & 4).isEqualTo(4);
        assertThat(bench.slabs.outstanding()).isZero();
    }

    @Test
    void onSendableComesOnceTheQueueFallsBelowTheThreshold() {
        bench.send(bytes().settings(4, 0));
        Stream s = request(1);
        s.readyBytes(1_000);
        bench.headers(s, false);
        bench.data(s, 999, false);
        bench.send(bytes().windowUpdate(1, 10));
        assertThat(bench.events.log).doesNotContain("sendable 1");
        bench.data(s, 11, false);
        bench.data(s, 500, false);
        bench.send(bytes().windowUpdate(1, 500));
        assertThat(bench.events.log).doesNotContain("sendable 1");
        bench.send(bytes().windowUpdate(1, 1));
        bench.send(bytes().windowUpdate(1, 1));
        assertThat(bench.events.log).containsOnlyOnce("sendable 1");
        bench.data(s, 500, true);
        bench.send(bytes().windowUpdate(1, 2_000));
        assertThat(bench.events.log).containsOnlyOnce("sendable 1").endsWith("sent 1", "closed 1");
    }

    @Test
    void whatIsSentOnAStreamThatIsGoneIsDropped() {
        Stream s = request(1);
        bench.headers(s, false);
        bench.send(bytes().rst(1, 8));
        bench.data(s, 100, true);
        trailers(s);
        bench.server.reset(s, ErrorCode.CANCEL);
        assertThat(bench.sent()).containsExactly("HEADERS 1");
        assertThat(bench.slabs.outstanding()).isZero();
    }

    @Test
    void aResetThrowsQueuedDataAway() {
        bench.send(bytes().settings(4, 0));
        Stream s = request(1);
        bench.headers(s, false);
        bench.data(s, 5_000, false);
        trailers(s);
        bench.frames();
        bench.send(bytes().rst(1, 8));
        assertThat(bench.sent()).isEmpty();
        assertThat(bench.slabs.outstanding()).isZero();
        assertThat(bench.events.log).doesNotContain("sent 1").endsWith("closed 1");
    }

    @Test
    void anOwnerThatGivesUpWithinItsDataResetsTheStream() {
        bench.send(bytes().settings(4, 0));
        Stream s = request(1);
        bench.headers(s, false);
        SlabChain chain = bench.server.beginData(s, 2_000);
        chain.append(new byte[1_000], 0, 1_000);
        bench.server.reset(s, ErrorCode.INTERNAL_ERROR);
        Stream next = request(3);
        bench.headers(next, true);
        assertThat(bench.sent())
                .containsExactly("SETTINGS ack", "HEADERS 1", "RST_STREAM 1 2", "HEADERS 3 end");
        assertThat(bench.slabs.outstanding()).isZero();
    }

    @Test
    void aStreamIsRecycledCleanly() {
        for (int i = 1; i < 20; i += 2) {
            Stream s = request(i);
            bench.headers(s, false);
            bench.data(s, 10, false);
            bench.server.sendHeaders(s, FieldBlock.of("grpc-status", "0"), null, 0, true);
            assertThat(bench.sent()).hasSize(3);
            bench.server.release(s);
        }
    }

    @Test
    void bytesThatWaitBehindTheOutputCountAsItsOwn() {
        openWindows();
        Stream s = request(1);
        bench.headers(s, false);
        bench.frames();
        bench.server.unsentBeyond(64 << 10);
        bench.data(s, 100, true);
        bench.server.pump(bench.now);
        assertThat(bench.out.isEmpty()).isTrue();
        bench.server.unsentBeyond(0);
        bench.server.pump(bench.now);
        assertThat(bench.sent()).containsExactly("DATA 1 100 end");
    }
}
