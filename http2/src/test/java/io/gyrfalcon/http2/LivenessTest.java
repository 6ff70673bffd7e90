package io.gyrfalcon.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.http2.sim.Bench;
import io.gyrfalcon.http2.sim.Frame;
import io.gyrfalcon.http2.sim.FrameBytes;

import org.junit.jupiter.api.Test;

import java.util.List;

class LivenessTest {
    private static final long SECOND = Bench.SECOND;

    private static FrameBytes bytes() {
        return new FrameBytes();
    }

    private static Http2Settings.Builder settings() {
        return Http2Settings.mesh().toBuilder();
    }

    private static Bench open(Http2Settings.Builder settings) {
        return Bench.open(settings.build(), Bench.LIMITS);
    }

    @Test
    void aSilentPeerIsPingedAndItsAnswerKeepsTheConnection() {
        try (Bench bench =
                open(settings().keepAliveNanos(10 * SECOND).keepAliveTimeoutNanos(SECOND))) {
            bench.later(10 * SECOND - 1);
            assertThat(bench.sent()).isEmpty();
            bench.later(1);
            List<Frame> frames = bench.frames();
            assertThat(frames.toString()).isEqualTo("[PING]");
            bench.send(bytes().ping(frames.getFirst().longAt(0), true));
            bench.later(10 * SECOND - 1);
            assertThat(bench.sent()).isEmpty();
            bench.later(1);
            assertThat(bench.sent()).containsExactly("PING");
        }
    }

    @Test
    void aPeerThatDoesNotAnswerInTimeIsGone() {
        try (Bench bench =
                open(settings().keepAliveNanos(10 * SECOND).keepAliveTimeoutNanos(SECOND))) {
            bench.send(bytes().headers(1, Bench.request(), true));
            bench.later(11 * SECOND - 1);
            assertThat(bench.sent()).containsExactly("PING");
            bench.later(1);
            assertThat(bench.events.log)
                    .endsWith(
                            "reset 1 INTERNAL_ERROR",
                            "closed 1",
                            "error INTERNAL_ERROR keepalive_timeout");
            assertThat(bench.server.isFinished()).isTrue();
        }
    }

    @Test
    void anyByteOfThePeerPutsThePingOff() {
        try (Bench bench = open(settings().keepAliveNanos(10 * SECOND))) {
            bench.later(9 * SECOND);
            bench.send(bytes().windowUpdate(0, 1));
            bench.later(9 * SECOND);
            assertThat(bench.sent()).isEmpty();
            bench.later(SECOND);
            assertThat(bench.sent()).containsExactly("PING");
        }
    }

    @Test
    void thirdPingThatComesTooEarlyEndsTheConnection() {
        try (Bench bench = open(settings())) {
            for (int i = 0; i < 3; i++) bench.send(bytes().ping(i, false));
            assertThat(bench.sent()).containsOnly("PING ack").hasSize(3);
            bench.send(bytes().ping(9, false));
            assertThat(bench.sent()).containsExactly("GOAWAY 0 11 too_many_pings");
        }
    }

    @Test
    void pingsBetweenAnswersAreForgiven() {
        try (Bench bench = open(settings())) {
            for (int id = 1; id < 40; id += 2) {
                bench.send(bytes().headers(id, Bench.request(), true).ping(id, false));
                bench.send(bytes().ping(id, false));
                bench.headers(bench.stream(id), false);
                bench.data(bench.stream(id), 10, true);
            }
            assertThat(bench.sent()).doesNotContain("GOAWAY 39 11 too_many_pings");
            assertThat(bench.events.log).noneMatch(e -> e.startsWith("error"));
        }
    }

    @Test
    void anIdleConnectionIsShutDown() {
        try (Bench bench = open(settings().connectionIdleNanos(5 * SECOND))) {
            bench.later(4 * SECOND);
            bench.send(bytes().headers(1, Bench.request(), true));
            bench.later(60 * SECOND);
            assertThat(bench.sent()).isEmpty();
            bench.headers(bench.stream(1), true);
            bench.server.pump(bench.now);
            assertThat(bench.sent()).containsExactly("HEADERS 1 end");
            bench.later(5 * SECOND - 1);
            assertThat(bench.sent()).isEmpty();
            bench.later(1);
            assertThat(bench.sent()).containsExactly("GOAWAY 2147483647 0 max_idle", "PING");
            bench.later(10 * SECOND);
            assertThat(bench.sent()).containsExactly("GOAWAY 1 0 max_idle");
            assertThat(bench.server.isFinished()).isTrue();
        }
    }

    @Test
    void anOldConnectionIsShutDownGiveOrTakeATenthAndItsStreamsHaveAGrace() {
        try (Bench bench =
                open(
                        settings()
                                .connectionAgeNanos(100 * SECOND)
                                .connectionAgeGraceNanos(20 * SECOND))) {
            bench.send(bytes().headers(1, Bench.request(), true));
            bench.later(90 * SECOND - 1);
            assertThat(bench.sent()).isEmpty();
            bench.later(20 * SECOND + 1);
            assertThat(bench.sent().getFirst()).isEqualTo("GOAWAY 2147483647 0 max_age");
            bench.later(20 * SECOND);
            assertThat(bench.events.log)
                    .endsWith("reset 1 NO_ERROR", "closed 1", "error NO_ERROR max_age");
            assertThat(bench.server.isFinished()).isTrue();
        }
    }

    private static FrameBytes upload(int id, int n) {
        FrameBytes bytes = bytes();
        for (int left = n; left > 0; left -= 16_384) {
            bytes.data(id, Math.min(left, 16_384), false);
        }
        return bytes;
    }

    @Test
    void aWindowThatHoldsThePeerBackGrowsToTheLimit() {
        Http2Settings.Builder small =
                settings().streamWindowBytes(100_000).connectionWindowBytes(100_000);
        Http2Limits limits = Http2Limits.mesh().toBuilder().windowBytesMax(150_000).build();
        try (Bench bench = Bench.open(small.build(), limits)) {
            bench.send(bytes().headers(1, Bench.request(), false));
            bench.send(upload(1, 25_000));
            List<Frame> frames = bench.frames();
            assertThat(frames.toString()).isEqualTo("[PING]");
            bench.send(upload(1, 70_000));
            bench.frames();
            bench.send(bytes().ping(frames.getFirst().longAt(0), true));
            assertThat(bench.sent()).containsExactly("WINDOW_UPDATE 0 40000", "SETTINGS");
            bench.send(bytes().settingsAck());
            bench.send(upload(1, 40_000));
            assertThat(bench.events.log).noneMatch(e -> e.startsWith("error"));
            bench.later(600 * SECOND);
            assertThat(bench.events.log).noneMatch(e -> e.startsWith("error"));
        }
    }

    @Test
    void aPeerThatIsSlowerThanItsWindowChangesNothing() {
        try (Bench bench =
                Bench.open(
                        settings().streamWindowBytes(100_000).build(),
                        Http2Limits.mesh().toBuilder().windowBytesMax(1 << 20).build())) {
            bench.send(bytes().headers(1, Bench.request(), false));
            bench.send(upload(1, 25_000));
            long opaque = bench.frames().getFirst().longAt(0);
            bench.send(upload(1, 66_665));
            bench.server.consumed(bench.stream(1), 91_665);
            bench.frames();
            bench.send(bytes().ping(opaque, true).ping(opaque, true));
            assertThat(bench.sent()).isEmpty();
        }
    }

    @Test
    void announcedWindowsMustBeAcknowledgedToo() {
        Http2Settings.Builder small =
                settings().streamWindowBytes(100_000).connectionWindowBytes(1 << 20);
        Http2Limits limits = Http2Limits.mesh().toBuilder().windowBytesMax(1 << 20).build();
        try (Bench bench = Bench.open(small.build(), limits)) {
            bench.send(bytes().headers(1, Bench.request(), false));
            bench.send(upload(1, 25_000));
            long opaque = bench.frames().getFirst().longAt(0);
            bench.send(upload(1, 70_000).ping(opaque, true));
            assertThat(bench.sent()).containsExactly("SETTINGS");
            bench.later(60 * SECOND);
            assertThat(bench.events.log).endsWith("error SETTINGS_TIMEOUT settings_timeout");
        }
    }
}
