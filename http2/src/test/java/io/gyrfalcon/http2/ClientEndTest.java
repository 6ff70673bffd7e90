package io.gyrfalcon.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.http2.sim.Bench;
import io.gyrfalcon.http2.sim.ClientBench;
import io.gyrfalcon.http2.sim.FrameBytes;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

class ClientEndTest {
    private static final byte[] HEAD = Bench.literals(":status", "200");

    private static FrameBytes goAway(int lastId, int code, String debug) {
        byte[] text = debug.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer payload = ByteBuffer.allocate(8 + text.length);
        payload.putInt(lastId).putInt(code).put(text);
        return new FrameBytes().frame(7, 0, 0, payload.array());
    }

    @Test
    void section6_8_streamsAboveTheLastOneWereNotProcessedAndOthersMayEnd() {
        try (ClientBench bench = ClientBench.open()) {
            for (int i = 0; i < 3; i++) bench.request(true);
            bench.told();
            bench.send(goAway(3, 0, "moving on"));
            assertThat(bench.told())
                    .containsExactly(
                            "go away 3 NO_ERROR moving on",
                            "reset 5 REFUSED_STREAM by peer",
                            "closed 5");
            assertThat(bench.client.canOpen()).isFalse();
            assertThat(bench.client.isClosing()).isTrue();
            assertThat(bench.client.isFinished()).isFalse();
            bench.send(new FrameBytes().headers(1, HEAD, true));
            assertThat(bench.client.isFinished()).isFalse();
            bench.send(new FrameBytes().headers(3, HEAD, true));
            assertThat(bench.client.isFinished()).isTrue();
            assertThat(bench.told())
                    .containsExactly("response 1 end", "closed 1", "response 3 end", "closed 3");
            assertThat(bench.sent()).endsWith("GOAWAY 0 0 ");
        }
    }

    @Test
    void section6_8_theServerMaySayItInTwoSteps() {
        try (ClientBench bench = ClientBench.open()) {
            bench.request(true);
            bench.request(true);
            bench.told();
            bench.send(goAway(Integer.MAX_VALUE, 0, ""));
            assertThat(bench.told()).containsExactly("go away 2147483647 NO_ERROR ");
            bench.send(goAway(1, 0, ""));
            assertThat(bench.told())
                    .containsExactly(
                            "go away 1 NO_ERROR ", "reset 3 REFUSED_STREAM by peer", "closed 3");
        }
    }

    @Test
    void section6_8_theLastStreamDoesNotGrow() {
        try (ClientBench bench = ClientBench.open()) {
            bench.request(true);
            bench.send(goAway(1, 0, ""));
            bench.send(goAway(1, 0, ""));
            assertThat(bench.client.hasFailed()).isFalse();
            bench.send(goAway(3, 0, ""));
            assertThat(bench.told())
                    .endsWith("error PROTOCOL_ERROR the last stream of GOAWAY grows");
        }
    }

    @Test
    void aGoAwayWithoutStreamsEndsTheConnection() {
        try (ClientBench bench = ClientBench.open()) {
            bench.send(goAway(0, 11, "too_many_pings"));
            assertThat(bench.told()).containsExactly("go away 0 ENHANCE_YOUR_CALM too_many_pings");
            assertThat(bench.client.isFinished()).isTrue();
            assertThat(bench.client.nextTimeNanos()).isGreaterThan(bench.now);
        }
    }

    @Test
    void whatAGoAwaySaysIsCutWhereItIsLong() {
        try (ClientBench bench = ClientBench.open()) {
            bench.send(goAway(0, 0, "x".repeat(9_000)));
            assertThat(bench.told()).containsExactly("go away 0 NO_ERROR " + "x".repeat(512));
        }
    }

    @Test
    void section6_8_aShortGoAwayIsAFrameSizeError() {
        try (ClientBench bench = ClientBench.open()) {
            bench.send(new FrameBytes().frame(7, 0, 0, new byte[7]));
            assertThat(bench.told()).containsExactly("error FRAME_SIZE_ERROR GOAWAY of 7 bytes");
        }
    }

    @Test
    void section8_7_aRefusedStreamWasNotProcessed() {
        try (ClientBench bench = ClientBench.open()) {
            bench.request(true);
            bench.send(new FrameBytes().rst(1, 7));
            assertThat(bench.told())
                    .containsExactly("sent 1", "reset 1 REFUSED_STREAM by peer", "closed 1");
        }
    }

    @Test
    void resetsByTheServerCostNothing() {
        Http2Limits limits =
                Bench.LIMITS.toBuilder().resetsMax(1).resetRefillNanos(0).resetsPerCall(0).build();
        try (ClientBench bench = ClientBench.open(ClientBench.settings().build(), limits)) {
            for (int i = 0; i < 10; i++) {
                int id = bench.request(true).id();
                bench.send(new FrameBytes().rst(id, 7));
            }
            assertThat(bench.client.hasFailed()).isFalse();
        }
    }

    @Test
    void faultsOfTheServerAreCounted() {
        Http2Limits limits =
                Bench.LIMITS.toBuilder().resetsMax(2).resetRefillNanos(0).resetsPerCall(0).build();
        try (ClientBench bench = ClientBench.open(ClientBench.settings().build(), limits)) {
            for (int i = 0; i < 2; i++) {
                bench.send(new FrameBytes().data(bench.request(true).id(), 1, false));
            }
            assertThat(bench.client.hasFailed()).isFalse();
            bench.send(new FrameBytes().data(bench.request(true).id(), 1, false));
            assertThat(bench.told()).endsWith("error ENHANCE_YOUR_CALM too_many_resets");
        }
    }

    @Test
    void aClientShutsDownInOneStep() {
        try (ClientBench bench = ClientBench.open()) {
            bench.request(true);
            bench.client.shutdown(bench.now);
            bench.client.shutdown(bench.now);
            assertThat(bench.sent()).containsExactly("HEADERS 1 end", "GOAWAY 0 0 ");
            assertThat(bench.client.canOpen()).isFalse();
            assertThat(bench.client.isFinished()).isFalse();
            bench.send(new FrameBytes().headers(1, HEAD, true));
            assertThat(bench.client.isFinished()).isTrue();
        }
    }

    @Test
    void goingAwayAtOnceEndsEveryStream() {
        try (ClientBench bench = ClientBench.open()) {
            bench.request(true);
            bench.told();
            bench.client.goAway(ErrorCode.NO_ERROR, "bye");
            bench.client.pump(bench.now);
            assertThat(bench.told()).containsExactly("reset 1 NO_ERROR", "closed 1");
            assertThat(bench.sent()).endsWith("GOAWAY 0 0 bye");
            assertThat(bench.client.isFinished()).isTrue();
        }
    }

    @Test
    void anEndOfInputEndsEveryStream() {
        try (ClientBench bench = ClientBench.open()) {
            bench.request(true);
            bench.client.onInputEnd(bench.now);
            assertThat(bench.told())
                    .containsExactly("sent 1", "reset 1 CANCEL by peer", "closed 1");
        }
    }

    @Test
    void anIdleConnectionIsShutDown() {
        Http2Settings settings =
                ClientBench.settings().connectionIdleNanos(5 * Bench.SECOND).build();
        try (ClientBench bench = ClientBench.open(settings, Bench.LIMITS)) {
            Stream s = bench.request(true);
            bench.later(6 * Bench.SECOND);
            assertThat(bench.client.isClosing()).isFalse();
            bench.client.reset(s, ErrorCode.CANCEL);
            bench.client.pump(bench.now);
            bench.later(5 * Bench.SECOND);
            assertThat(bench.sent()).endsWith("GOAWAY 0 0 max_idle");
            assertThat(bench.client.isFinished()).isTrue();
        }
    }
}
