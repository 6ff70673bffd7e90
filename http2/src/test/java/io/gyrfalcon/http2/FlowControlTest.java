package io.gyrfalcon.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.http2.sim.Bench;
import io.gyrfalcon.http2.sim.FrameBytes;

import org.junit.jupiter.api.Test;

class FlowControlTest {
    private static Http2Settings windows(int stream, int connection) {
        return Http2Settings.mesh().toBuilder()
                .streamWindowBytes(stream)
                .connectionWindowBytes(connection)
                .build();
    }

    private static FrameBytes bytes() {
        return new FrameBytes();
    }

    private static Bench opened(Http2Settings settings) {
        Bench bench = Bench.open(settings, Bench.LIMITS);
        bench.send(bytes().headers(1, Bench.request(), false));
        return bench;
    }

    @Test
    void section6_9_dataUpToTheStreamsWindowIsTakenAndOneByteMoreIsAnError() {
        try (Bench bench = opened(windows(20_000, 1 << 20))) {
            bench.send(bytes().data(1, 16_384, false).data(1, 20_000 - 16_384, false));
            assertThat(bench.sent()).isEmpty();
            bench.send(bytes().data(1, 1, false));
            assertThat(bench.sent()).containsExactly("RST_STREAM 1 3");
            assertThat(bench.events.log).endsWith("reset 1 FLOW_CONTROL_ERROR", "closed 1");
        }
    }

    @Test
    void section6_9_dataBeyondTheConnectionsWindowIsAConnectionError() {
        try (Bench bench = opened(windows(1 << 20, 65_535))) {
            // Credit is given on arrival, so only what comes before it can be too much.
            Http2Limits tight = Bench.LIMITS.toBuilder().unsentBytesMax(16_384).build();
            try (Bench held = Bench.open(windows(1 << 20, 65_535), tight)) {
                held.send(bytes().settings(4, 0).headers(1, Bench.request(), false));
                held.data(held.stream(1), 16_385, false);
                held.send(bytes().data(1, 16_384, false).data(1, 16_384, false));
                held.send(bytes().data(1, 16_384, false).data(1, 16_383, false));
                assertThat(held.sent()).containsExactly("SETTINGS ack");
                held.send(bytes().data(1, 1, false));
                assertThat(held.sent().getLast()).startsWith("GOAWAY 1 3 ");
            }
            for (int i = 0; i < 20; i++) bench.send(bytes().data(1, 16_384, false));
            assertThat(bench.sent()).contains("WINDOW_UPDATE 0 32768");
        }
    }

    @Test
    void section6_9_consumedBytesAreCreditedAtHalfTheWindow() {
        try (Bench bench = opened(windows(65_536, 1 << 20))) {
            bench.send(bytes().data(1, 16_384, false).data(1, 16_384, false).data(1, 1, false));
            Stream s = bench.stream(1);
            bench.server.consumed(s, 32_767);
            assertThat(bench.sent()).isEmpty();
            bench.server.consumed(s, 1);
            assertThat(bench.sent()).containsExactly("WINDOW_UPDATE 1 32768");
        }
    }

    @Test
    void section6_9_paddingIsCountedAndCreditedAtOnce() {
        try (Bench bench = opened(windows(512, 1 << 20))) {
            for (int i = 0; i < 64; i++) bench.send(bytes().padded(1, 0, 255, false));
            assertThat(bench.sent()).hasSize(64).containsOnly("WINDOW_UPDATE 1 256");
            assertThat(bench.events.log).containsExactly("request 1");
        }
    }

    @Test
    void section6_9_noCreditForAStreamThatThePeerHasEnded() {
        try (Bench bench = opened(windows(1_000, 1 << 20))) {
            bench.send(bytes().data(1, 900, true));
            bench.server.consumed(bench.stream(1), 900);
            assertThat(bench.sent()).isEmpty();
        }
    }

    @Test
    void section6_9_creditForTheConnectionWaitsWhileMemoryIsTight() {
        Http2Limits limits = Bench.LIMITS.toBuilder().unsentBytesMax(16_384).build();
        try (Bench bench = Bench.open(windows(1 << 20, 65_535), limits)) {
            bench.send(bytes().settings(4, 0).headers(1, Bench.request(), false));
            bench.data(bench.stream(1), 16_385, false);
            bench.send(bytes().data(1, 16_384, false).data(1, 16_384, false));
            assertThat(bench.sent()).containsExactly("SETTINGS ack");
            bench.send(bytes().headers(3, Bench.request(), true));
            assertThat(bench.sent()).containsExactly("RST_STREAM 3 7");
            bench.send(bytes().windowUpdate(1, 1));
            assertThat(bench.sent()).containsExactly("DATA 1 1", "WINDOW_UPDATE 0 32768");
            bench.send(bytes().headers(5, Bench.request(), true));
            assertThat(bench.events.log).contains("request 5 end");
        }
    }

    @Test
    void section6_9_windowUpdateOfAnotherLengthIsAFrameSizeError() {
        try (Bench bench = opened(Http2Settings.mesh())) {
            bench.send(bytes().frame(8, 0, 0, new byte[3]));
            assertThat(bench.sent().getLast()).startsWith("GOAWAY 1 6 ");
        }
    }

    @Test
    void section6_9_windowUpdateOfZeroIsAProtocolErrorOfItsLevel() {
        try (Bench bench = opened(Http2Settings.mesh())) {
            bench.send(bytes().windowUpdate(1, 0));
            assertThat(bench.sent()).containsExactly("RST_STREAM 1 1");
            bench.send(bytes().windowUpdate(0, 0));
            assertThat(bench.sent().getLast()).startsWith("GOAWAY 1 1 ");
        }
    }

    @Test
    void section6_9_1_aWindowPastTheLargestIsAFlowControlErrorOfItsLevel() {
        try (Bench bench = opened(Http2Settings.mesh())) {
            bench.send(bytes().windowUpdate(1, Integer.MAX_VALUE - 65_535));
            assertThat(bench.sent()).isEmpty();
            bench.send(bytes().windowUpdate(1, 1));
            assertThat(bench.sent()).containsExactly("RST_STREAM 1 3");
            bench.send(bytes().windowUpdate(0, Integer.MAX_VALUE - 65_535));
            assertThat(bench.sent()).isEmpty();
            bench.send(bytes().windowUpdate(0, 1));
            assertThat(bench.sent().getLast()).startsWith("GOAWAY 1 3 ");
        }
    }

    @Test
    void section6_9_1_weSendNoMoreThanTheWindowsAllow() {
        try (Bench bench = opened(Http2Settings.mesh())) {
            Stream s = bench.stream(1);
            bench.headers(s, false);
            bench.data(s, 100_000, true);
            assertThat(bench.sent())
                    .containsExactly(
                            "HEADERS 1",
                            "DATA 1 16384",
                            "DATA 1 16384",
                            "DATA 1 16384",
                            "DATA 1 16338",
                            "DATA 1 45");
            bench.send(bytes().windowUpdate(1, 50_000));
            assertThat(bench.sent()).isEmpty();
            bench.send(bytes().windowUpdate(0, 10));
            assertThat(bench.sent()).containsExactly("DATA 1 10");
            bench.send(bytes().windowUpdate(0, 1 << 20));
            assertThat(bench.sent())
                    .containsExactly("DATA 1 16374", "DATA 1 16384", "DATA 1 1697 end");
            assertThat(bench.events.log).endsWith("sent 1");
        }
    }

    @Test
    void section6_9_2_aSmallerInitialWindowMayMakeOursNegative() {
        try (Bench bench = opened(Http2Settings.mesh())) {
            Stream s = bench.stream(1);
            bench.headers(s, false);
            bench.data(s, 16_000, false);
            bench.send(bytes().settings(4, 10_000));
            assertThat(bench.sent()).containsExactly("HEADERS 1", "DATA 1 16000", "SETTINGS ack");
            bench.data(s, 100, true);
            bench.send(bytes().windowUpdate(1, 6_000));
            assertThat(bench.sent()).isEmpty();
            bench.send(bytes().windowUpdate(1, 1));
            assertThat(bench.sent()).containsExactly("DATA 1 1");
            bench.send(bytes().settings(4, 20_000));
            assertThat(bench.sent()).containsExactly("SETTINGS ack", "DATA 1 99 end");
        }
    }

    @Test
    void section6_9_2_anInitialWindowThatOverflowsAStreamIsAFlowControlError() {
        try (Bench bench = opened(Http2Settings.mesh())) {
            bench.send(bytes().windowUpdate(1, 100).settings(4, Integer.MAX_VALUE));
            assertThat(bench.sent().getLast()).startsWith("GOAWAY 1 3 ");
        }
    }

    @Test
    void section6_9_2_emptyDataNeedsNoWindow() {
        try (Bench bench = Bench.open()) {
            bench.send(bytes().settings(4, 0).headers(1, Bench.request(), true));
            Stream s = bench.stream(1);
            bench.headers(s, false);
            bench.data(s, 0, true);
            assertThat(bench.sent()).containsExactly("SETTINGS ack", "HEADERS 1", "DATA 1 0 end");
        }
    }

    @Test
    void section6_9_3_aWindowBelowTheInitialOneHoldsFromTheAckOn() {
        Bench bench =
                new Bench(
                        windows(100, 65_535),
                        Bench.LIMITS,
                        new io.gyrfalcon.http2.sim.RecordingEvents());
        try (bench) {
            bench.server.start();
            bench.send(bytes().preface().settings().headers(1, Bench.request(), false));
            bench.send(bytes().data(1, 500, false));
            assertThat(bench.sent()).containsExactly("SETTINGS", "SETTINGS ack");
            bench.send(bytes().settingsAck().headers(3, Bench.request(), false));
            bench.send(bytes().data(3, 101, false));
            assertThat(bench.sent()).containsExactly("RST_STREAM 3 3");
            bench.send(bytes().data(1, 1, false));
            assertThat(bench.sent()).containsExactly("RST_STREAM 1 3");
        }
    }
}
