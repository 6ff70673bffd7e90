package io.gyrfalcon.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.http2.sim.Bench;
import io.gyrfalcon.http2.sim.FrameBytes;
import io.gyrfalcon.http2.sim.RecordingEvents;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;

class LimitsTest {
    private static FrameBytes bytes() {
        return new FrameBytes();
    }

    private static Bench open(Http2Limits.Builder limits) {
        return Bench.open(Http2Settings.mesh(), limits.build());
    }

    private static Http2Limits.Builder limits() {
        return Bench.LIMITS.toBuilder();
    }

    private static void assertCalm(Bench bench) {
        assertThat(bench.sent().getLast()).startsWith("GOAWAY ").contains(" 11 ");
        assertThat(bench.events.log.getLast()).startsWith("error ENHANCE_YOUR_CALM");
    }

    private static byte[] requestOf(int listBytes) {
        int least = 7 + 4 + 32 + 7 + 4 + 32 + 5 + 4 + 32;
        return Bench.request("k", "v".repeat(listBytes - least - 33));
    }

    @Test
    void headerListBytesUpToTheLimitAreTakenAndOneMoreIsTooLarge() {
        try (Bench bench = Bench.open()) {
            bench.send(bytes().headers(1, requestOf(8_192), true));
            bench.send(bytes().headers(3, requestOf(8_193), true));
            bench.send(bytes().headers(5, requestOf(8_193), false));
            assertThat(bench.events.log)
                    .containsExactly(
                            "request 1 end",
                            "too large 3 of 8193 bytes, 4 fields end",
                            "too large 5 of 8193 bytes, 4 fields");
            bench.headers(bench.stream(3), true);
            bench.send(bytes().data(5, 10, true));
            assertThat(bench.sent()).containsExactly("HEADERS 3 end");
        }
    }

    @Test
    void headerFieldsUpToTheLimitAreTakenAndOneMoreIsTooLarge() {
        String[] more = new String[2 * 7];
        Arrays.fill(more, "c");
        try (Bench bench = open(limits().headerFieldsMax(10))) {
            bench.send(bytes().headers(1, Bench.request(more), true));
            String[] tooMany = Arrays.copyOf(more, 16);
            Arrays.fill(tooMany, "c");
            bench.send(bytes().headers(3, Bench.request(tooMany), true));
            assertThat(bench.events.log)
                    .containsExactly("request 1 end", "too large 3 of 399 bytes, 11 fields end");
        }
    }

    @Test
    void howFarAHeadIsOverTheLimitsIsTold() {
        try (Bench bench = open(limits().headerFieldsMax(10))) {
            String[] more = new String[2 * 400];
            Arrays.fill(more, "c");
            bench.send(bytes().headers(1, Bench.request(more), true));
            bench.send(bytes().headers(3, requestOf(16_000), true));
            assertThat(bench.events.log)
                    .containsExactly(
                            "too large 1 of 13727 bytes, 403 fields end",
                            "too large 3 of 16000 bytes, 4 fields end");
        }
    }

    @Test
    void trailersOverTheLimitResetTheStream() {
        try (Bench bench = Bench.open()) {
            bench.send(bytes().headers(1, Bench.request(), false));
            bench.send(bytes().headers(1, Bench.literals("k", "v".repeat(9_000)), true));
            assertThat(bench.sent()).containsExactly("RST_STREAM 1 11");
        }
    }

    @Test
    void hpackStaysInStepBehindABlockThatIsTooLarge() {
        try (Bench bench = Bench.open()) {
            byte[] large = requestOf(9_000);
            byte[] entry = bench.indexed(FieldBlock.of("k", "remembered"));
            bench.send(bytes().headers(1, concat(large, entry), true));
            byte[] known = bench.indexed(FieldBlock.of("k", "remembered"));
            bench.send(bytes().headers(3, concat(Bench.request(), known), true));
            assertThat(bench.events.fields).contains("3 k: remembered");
        }
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    @ParameterizedTest
    @ValueSource(ints = {8, 9})
    void continuationsOfABlockAreLimited(int n) {
        byte[] block = Bench.request("k", "0123456789");
        try (Bench bench = Bench.open()) {
            FrameBytes frames = bytes().frame(1, 1, 1, Arrays.copyOf(block, block.length - n));
            for (int i = n; i > 0; i--) {
                byte[] one = {block[block.length - i]};
                frames.continuation(1, one, i == 1);
            }
            bench.send(frames);
            if (n == 8) assertThat(bench.events.log).containsExactly("request 1 end");
            else assertCalm(bench);
            assertThat(bench.slabs.outstanding()).isZero();
        }
    }

    @Test
    void anEmptyContinuationIsOneTooMany() {
        try (Bench bench = Bench.open()) {
            bench.send(bytes().frame(1, 1, 1, Bench.request()));
            bench.send(bytes().continuation(1, new byte[0], true));
            assertCalm(bench);
        }
    }

    @Test
    void anEncodedBlockIsLimited() {
        try (Bench bench = open(limits().headerBlockBytesMax(20_000))) {
            bench.send(bytes().frame(1, 1, 1, new byte[16_384]));
            bench.send(bytes().continuation(1, new byte[20_000 - 16_384], false));
            assertThat(bench.events.log).isEmpty();
            bench.send(bytes().continuation(1, new byte[1], false));
            assertCalm(bench);
        }
    }

    @Test
    void blocksThatRetainMuchMoreThanTheySentEndTheConnection() {
        try (Bench bench = open(limits().hpackAmplificationMax(4))) {
            byte[] name = bench.indexed(FieldBlock.of("n".repeat(2_000), "v"));
            bench.send(bytes().headers(1, concat(Bench.request(), name), true));
            // The dynamic table's newest name, an empty value, not to be indexed.
            byte[] reuse = concat(Bench.request(), new byte[] {0x0f, 62 - 15, 0});
            for (int id = 3; id < 200 && !bench.server.isFinished(); id += 2) {
                bench.send(bytes().headers(id, reuse, true));
            }
            assertCalm(bench);
        }
    }

    private static void resets(Bench bench, int from, int n) {
        for (int i = 0; i < n; i++) {
            int id = from + 2 * i;
            bench.send(bytes().headers(id, Bench.request(), true).rst(id, 8));
        }
    }

    @Test
    void resetsOfYoungStreamsEmptyTheBucketAndOneMoreEndsTheConnection() {
        try (Bench bench = open(limits().resetsMax(10).resetRefillNanos(0))) {
            resets(bench, 1, 10);
            assertThat(bench.sent()).isEmpty();
            resets(bench, 101, 1);
            assertCalm(bench);
        }
    }

    @Test
    void resetsOfOldOrAnsweredStreamsCostNothing() {
        try (Bench bench = open(limits().resetsMax(1).resetRefillNanos(0))) {
            for (int id = 1; id < 100; id += 4) {
                bench.send(bytes().headers(id, Bench.request(), true));
                bench.headers(bench.stream(id), false);
                bench.send(bytes().rst(id, 8).headers(id + 2, Bench.request(), true));
                bench.later(100_000_000);
                bench.send(bytes().rst(id + 2, 8));
            }
            assertThat(bench.events.log).noneMatch(e -> e.startsWith("error"));
            resets(bench, 201, 2);
            assertCalm(bench);
        }
    }

    @Test
    void callsThatEndWholeRefillTheBucket() {
        try (Bench bench = open(limits().resetsMax(4).resetRefillNanos(0))) {
            for (int id = 1; id < 200; id += 10) {
                resets(bench, id, 4);
                bench.send(bytes().headers(id + 8, Bench.request(), true));
                bench.headers(bench.stream(id + 8), true);
                bench.frames();
            }
            assertThat(bench.events.log).noneMatch(e -> e.startsWith("error"));
        }
    }

    @Test
    void resetsThatThePeerMakesUsSendComeFromTheSameBucket() {
        try (Bench bench = open(limits().resetsMax(3).resetRefillNanos(0))) {
            for (int id = 1; id < 7; id += 2) {
                bench.send(bytes().headers(id, Bench.request(), true).windowUpdate(id, 0));
            }
            assertThat(bench.sent()).hasSize(3);
            bench.send(bytes().headers(9, Bench.request(), true).data(9, 1, true));
            assertCalm(bench);
        }
    }

    @Test
    void repliesThatAreNotReadPauseReadingAndThenEndTheConnection() {
        Http2Settings settings =
                Http2Settings.mesh().toBuilder()
                        .permitKeepAliveNanos(0)
                        .permitKeepAliveWithoutCalls(true)
                        .build();
        Http2Limits limits = limits().repliesPauseAt(10).repliesMax(20).build();
        try (Bench bench = Bench.open(settings, limits)) {
            for (int i = 0; i < 9; i++) bench.send(bytes().ping(i, false));
            assertThat(bench.server.wantsReading()).isTrue();
            bench.send(bytes().settings());
            assertThat(bench.server.wantsReading()).isFalse();
            bench.frames();
            assertThat(bench.server.wantsReading()).isTrue();
            for (int i = 0; i < 20; i++) bench.send(bytes().ping(i, false));
            assertThat(bench.events.log).isEmpty();
            bench.send(bytes().ping(1, false));
            assertCalm(bench);
        }
    }

    @Test
    void aBurstFarBeyondTheStreamLimitIsRefusedAndHarmsNoCall() {
        final int max = 10;
        final int tooMany = 2_000;
        try (Bench bench = open(limits().streamsMax(max))) {
            FrameBytes burst = bytes();
            FrameBytes resets = bytes();
            for (int i = 0; i < max + tooMany; i++) {
                int id = 2 * i + 1;
                burst.headers(id, Bench.request(), true);
                if (i >= max) resets.rst(id, 8);
            }
            bench.send(burst);
            assertThat(bench.sent()).hasSize(tooMany).allMatch(f -> f.endsWith(" 7"));
            bench.send(resets);
            for (int id = 1; id < 2 * max; id += 2) bench.headers(bench.stream(id), true);
            assertThat(bench.sent()).hasSize(max).allMatch(f -> f.startsWith("HEADERS "));
            assertThat(bench.events.log).noneMatch(e -> e.startsWith("error"));
        }
    }

    @Test
    void headersOfStreamsAfterAGoAwayAreNotCountedAsEmpty() {
        try (Bench bench = open(limits().emptyFramesMax(2))) {
            bench.send(bytes().headers(1, Bench.request(), true));
            bench.server.shutdown(bench.now);
            bench.frames();
            bench.later(60 * Bench.SECOND);
            for (int id = 3; id < 99; id += 2) {
                bench.send(bytes().headers(id, Bench.request(), true).rst(id, 8));
            }
            assertThat(bench.events.log).noneMatch(e -> e.startsWith("error"));
            bench.send(bytes().rst(97, 8).rst(97, 8));
            assertThat(bench.events.log).noneMatch(e -> e.startsWith("error"));
            bench.send(bytes().rst(97, 8));
            assertCalm(bench);
        }
    }

    @Test
    void theFirstResetOfAStreamThatWeHaveResetIsNotCountedAsEmpty() {
        try (Bench bench = open(limits().emptyFramesMax(1))) {
            for (int id = 1; id < 9; id += 2) {
                bench.send(bytes().headers(id, Bench.request(), true));
                bench.server.reset(bench.stream(id), ErrorCode.CANCEL);
                bench.frames();
            }
            bench.send(bytes().rst(1, 8).rst(3, 8).rst(5, 8).rst(7, 8).rst(1, 8));
            assertThat(bench.events.log).noneMatch(e -> e.startsWith("error"));
            bench.send(bytes().rst(3, 8));
            assertCalm(bench);
        }
    }

    @Test
    void framesWithoutProgressAreLimitedInARow() {
        try (Bench bench = open(limits().emptyFramesMax(6))) {
            bench.send(bytes().headers(1, Bench.request(), false));
            FrameBytes six = bytes();
            six.data(1, 0, false).padded(1, 0, 3, false).priority(1, 0);
            six.windowUpdate(0, 1).windowUpdate(1, 1).frame(0x50, 0, 0, new byte[1]);
            bench.send(six).send(bytes().data(1, 1, false)).send(six);
            bench.headers(bench.stream(1), false);
            bench.data(bench.stream(1), 1, false);
            bench.send(six).send(bytes().windowUpdate(0, 1).windowUpdate(1, 1));
            assertThat(bench.events.log).noneMatch(e -> e.startsWith("error"));
            bench.send(bytes().windowUpdate(0, 1));
            assertCalm(bench);
        }
    }

    @Test
    void windowUpdatesForDataThatWeHaveSentAreNotCounted() {
        final int frames = 3_000;
        try (Bench bench = Bench.open()) {
            bench.send(bytes().headers(1, Bench.request(), true));
            bench.headers(bench.stream(1), false);
            for (int i = 0; i < frames; i++) bench.data(bench.stream(1), 1, false);
            assertThat(bench.sent()).hasSize(1 + frames);
            bench.send(updates(frames));
            bench.send(updates(500));
            assertThat(bench.events.log).containsExactly("request 1 end");
            bench.send(bytes().windowUpdate(0, 1));
            assertCalm(bench);
        }
    }

    private static FrameBytes updates(int pairs) {
        FrameBytes all = bytes();
        for (int i = 0; i < pairs; i++) all.windowUpdate(0, 1).windowUpdate(1, 1);
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"ack", "data", "goaway", "ping"})
    void everyKindOfFrameWithoutProgressIsCounted(String kind) {
        try (Bench bench = open(limits().emptyFramesMax(2))) {
            bench.send(bytes().headers(1, Bench.request(), false));
            for (int i = 0; i < 3; i++) {
                bench.send(
                        switch (kind) {
                            case "ack" -> bytes().settingsAck();
                            case "data" -> bytes().data(1, 0, false);
                            case "goaway" -> bytes().frame(7, 0, 0, new byte[8]);
                            default -> bytes().ping(3, true);
                        });
            }
            assertCalm(bench);
        }
    }

    @Test
    void aStreamThatTakesTooLittleInItsPeriodIsReset() {
        Http2Limits edge = Http2Limits.edge().toBuilder().windowBytesMax(65_535).build();
        try (Bench bench = Bench.open(Http2Settings.mesh(), edge)) {
            bench.send(bytes().settings(4, 0));
            bench.send(bytes().headers(1, Bench.request(), true).headers(3, Bench.request(), true));
            for (int id = 1; id < 4; id += 2) {
                bench.headers(bench.stream(id), false);
                bench.data(bench.stream(id), 50_000, true);
            }
            bench.later(9 * Bench.SECOND);
            bench.send(bytes().windowUpdate(1, 16_384).windowUpdate(3, 16_383));
            bench.frames();
            bench.later(Bench.SECOND);
            assertThat(bench.sent()).containsExactly("RST_STREAM 3 8");
            bench.send(bytes().windowUpdate(0, 99_999).windowUpdate(1, 33_616));
            assertThat(bench.sent().getLast()).endsWith(" end");
            bench.later(60 * Bench.SECOND);
            assertThat(bench.events.log).endsWith("sent 1", "closed 1");
        }
    }

    @Test
    void aTrustedPeerMayPauseAStreamForEver() {
        try (Bench bench = Bench.open()) {
            bench.send(bytes().settings(4, 0).headers(1, Bench.request(), true));
            bench.headers(bench.stream(1), false);
            bench.data(bench.stream(1), 50_000, true);
            bench.frames();
            bench.later(600 * Bench.SECOND);
            assertThat(bench.sent()).isEmpty();
        }
    }

    @Test
    void withoutMemoryTheConnectionEndsAndGivesBackWhatItHas() {
        RecordingEvents events = new RecordingEvents();
        try (Bench bench =
                new Bench(Http2Settings.mesh(), Bench.LIMITS, events, 3 * (64 << 10) + 4_096)) {
            bench.server.start();
            bench.send(bytes().preface().settings().settingsAck());
            bench.frames();
            bench.send(bytes().headers(1, Bench.request(), false));
            Stream s = bench.stream(1);
            bench.send(bytes().settings(4, 0));
            bench.frames();
            try {
                for (int i = 0; i < 100; i++) bench.data(s, 16_000, false);
            } catch (io.gyrfalcon.primitives.memory.OutOfSlabs e) {
                bench.server.reset(s, ErrorCode.ENHANCE_YOUR_CALM);
            }
            bench.frames();
            assertThat(bench.slabs.outstanding()).isZero();
            assertThat(events.log).endsWith("closed 1");
        }
    }
}
