package io.gyrfalcon.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.http2.sim.Bench;
import io.gyrfalcon.http2.sim.ClientBench;
import io.gyrfalcon.http2.sim.FrameBytes;

import org.junit.jupiter.api.Test;

import java.util.List;

class ClientLivenessTest {
    private static final byte[] HEAD = Bench.literals(":status", "200");

    private static ClientBench bench(boolean withoutCalls) {
        Http2Settings settings =
                ClientBench.settings()
                        .keepAliveNanos(30 * Bench.SECOND)
                        .keepAliveTimeoutNanos(20 * Bench.SECOND)
                        .keepAliveWithoutCalls(withoutCalls)
                        .build();
        return ClientBench.open(settings, Bench.LIMITS);
    }

    @Test
    void withoutCallsAClientIsSilent() {
        try (ClientBench bench = bench(false)) {
            bench.later(1_000 * Bench.SECOND);
            assertThat(bench.sent()).isEmpty();
        }
    }

    @Test
    void withoutCallsAClientPingsIfItIsTold() {
        try (ClientBench bench = bench(true)) {
            bench.later(30 * Bench.SECOND);
            assertThat(bench.sent()).containsExactly("PING");
        }
    }

    @Test
    void aCallThatHearsNothingIsPingedFor() {
        try (ClientBench bench = bench(false)) {
            bench.later(100 * Bench.SECOND);
            bench.request(true);
            bench.client.pump(bench.now);
            bench.frames();
            bench.later(30 * Bench.SECOND - 1);
            assertThat(bench.sent()).isEmpty();
            bench.later(1);
            assertThat(bench.sent()).containsExactly("PING");
            bench.later(20 * Bench.SECOND);
            assertThat(bench.told())
                    .containsExactly(
                            "sent 1",
                            "reset 1 INTERNAL_ERROR",
                            "closed 1",
                            "error INTERNAL_ERROR keepalive_timeout");
        }
    }

    @Test
    void whateverArrivesIsASignOfLife() {
        try (ClientBench bench = bench(false)) {
            bench.request(true);
            bench.client.pump(bench.now);
            bench.frames();
            bench.later(30 * Bench.SECOND);
            bench.send(new FrameBytes().headers(1, HEAD, false));
            bench.later(29 * Bench.SECOND);
            assertThat(bench.sent()).containsExactly("PING");
            bench.later(Bench.SECOND);
            assertThat(bench.sent()).containsExactly("PING");
            assertThat(bench.client.hasFailed()).isFalse();
        }
    }

    @Test
    void pingsStopWithTheLastCallAndBeginAgainWithTheNext() {
        try (ClientBench bench = bench(false)) {
            bench.request(true);
            bench.send(new FrameBytes().headers(1, HEAD, true));
            bench.frames();
            bench.later(100 * Bench.SECOND);
            assertThat(bench.sent()).isEmpty();
            bench.request(true);
            bench.client.pump(bench.now);
            bench.later(30 * Bench.SECOND);
            assertThat(bench.sent()).containsExactly("HEADERS 3 end", "PING");
        }
    }

    @Test
    void aServerMayPingAsOftenAsItLikesIfTheAnswersAreTaken() {
        try (ClientBench bench = bench(false)) {
            for (int i = 0; i < 500; i++) {
                bench.send(new FrameBytes().ping(i, false));
                assertThat(bench.sent()).containsExactly("PING ack");
            }
        }
    }

    @Test
    void aServerThatPingsAndDoesNotReadIsNotReadEither() {
        try (ClientBench bench = bench(false)) {
            FrameBytes pings = new FrameBytes();
            for (int i = 0; i < 100; i++) pings.ping(i, false);
            bench.send(pings);
            assertThat(bench.client.wantsReading()).isFalse();
            bench.frames();
            assertThat(bench.client.wantsReading()).isTrue();
        }
    }

    @Test
    void section6_9_requestsWaitForTheServersWindow() {
        try (ClientBench bench = ClientBench.open()) {
            bench.send(new FrameBytes().settings(4, 10));
            bench.frames();
            Stream s = bench.request(false);
            bench.data(s, 15, true);
            assertThat(bench.sent()).containsExactly("HEADERS 1", "DATA 1 10");
            assertThat(bench.told()).isEmpty();
            bench.send(new FrameBytes().windowUpdate(1, 5));
            assertThat(bench.sent()).containsExactly("DATA 1 5 end");
            assertThat(bench.told()).containsExactly("sent 1");
        }
    }

    @Test
    void windowsGrowWithWhatARoundTripBrings() {
        Http2Settings settings = ClientBench.settings().streamWindowBytes(65_535).build();
        Http2Limits limits = Http2Limits.mesh();
        try (ClientBench bench = ClientBench.open(settings, limits)) {
            bench.request(true);
            bench.frames();
            bench.send(new FrameBytes().headers(1, HEAD, false).data(1, 16_384, false));
            List<io.gyrfalcon.http2.sim.Frame> probe = bench.frames();
            assertThat(probe).hasSize(1);
            for (int i = 0; i < 3; i++) bench.send(new FrameBytes().data(1, 16_000, false));
            bench.send(new FrameBytes().ping(probe.getFirst().longAt(0), true));
            assertThat(bench.sent()).anyMatch("SETTINGS"::equals);
        }
    }
}
