package io.gyrfalcon.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.http2.frame.FrameType;
import io.gyrfalcon.http2.sim.Bench;
import io.gyrfalcon.http2.sim.ClientBench;
import io.gyrfalcon.http2.sim.Frame;
import io.gyrfalcon.http2.sim.FrameBytes;
import io.gyrfalcon.http2.sim.RecordingClientEvents;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

class ClientHandshakeTest {
    private static final int ENABLE_PUSH = 2;
    private static final int MAX_CONCURRENT_STREAMS = 3;

    @Test
    void section3_4_thePrefaceIsFollowedBySettingsThatForbidPush() {
        try (ClientBench bench = ClientBench.started()) {
            List<Frame> frames = bench.frames();
            assertThat(frames.getFirst().type()).isEqualTo(FrameType.SETTINGS);
            assertThat(entries(frames.getFirst())).contains(ENABLE_PUSH + "=0");
            assertThat(entries(frames.getFirst())).noneMatch(e -> e.startsWith("3="));
            assertThat(frames.get(1).is(FrameType.WINDOW_UPDATE, 0)).isTrue();
        }
    }

    private static List<String> entries(Frame settings) {
        List<String> entries = new ArrayList<>();
        for (int at = 0; at < settings.payload().length; at += 6) {
            entries.add(settings.payload()[at + 1] + "=" + settings.intAt(at + 2));
        }
        return entries;
    }

    @Test
    void noStreamIsOpenedBeforeTheServersSettings() {
        try (ClientBench bench = ClientBench.started()) {
            assertThat(bench.client.canOpen()).isFalse();
            assertThat(bench.told()).isEmpty();
            bench.send(new FrameBytes().settings());
            assertThat(bench.told()).containsExactly("established", "openable");
            assertThat(bench.client.canOpen()).isTrue();
            assertThat(bench.sent()).endsWith("SETTINGS ack");
        }
    }

    @Test
    void section3_4_aServerThatSpeaksHttp1IsAProtocolError() {
        try (ClientBench bench = ClientBench.started()) {
            byte[] http1 = "HTTP/1.1 400 Bad Request\r\n".getBytes(StandardCharsets.US_ASCII);
            bench.send(http1);
            assertThat(bench.told())
                    .containsExactly("error PROTOCOL_ERROR the first frame is not SETTINGS");
            assertThat(bench.client.isFinished()).isTrue();
            assertThat(bench.client.isClosing()).isTrue();
            assertThat(bench.sent()).endsWith("GOAWAY 0 1 the first frame is not SETTINGS");
        }
    }

    @Test
    void aServerThatStaysSilentIsGivenUp() {
        try (ClientBench bench = ClientBench.started()) {
            bench.later(10 * Bench.SECOND - 1);
            assertThat(bench.told()).isEmpty();
            bench.later(1);
            assertThat(bench.told()).containsExactly("error PROTOCOL_ERROR preface_timeout");
        }
    }

    @Test
    void theTimeForTheServersSettingsBeginsWithTheConnection() {
        RecordingClientEvents events = new RecordingClientEvents();
        Http2Settings settings = ClientBench.settings().build();
        try (ClientBench bench = new ClientBench(settings, Bench.LIMITS, events, 64 << 20)) {
            bench.now += 8 * Bench.SECOND;
            bench.client.start(bench.now);
            bench.later(9 * Bench.SECOND);
            assertThat(bench.told()).isEmpty();
        }
    }

    @Test
    void section6_5_2_aServerThatWantsToPushIsAProtocolError() {
        try (ClientBench bench = ClientBench.started()) {
            bench.send(new FrameBytes().settings(ENABLE_PUSH, 0));
            assertThat(bench.told()).containsExactly("established");
            bench.send(new FrameBytes().settings(ENABLE_PUSH, 1));
            assertThat(bench.told()).containsExactly("error PROTOCOL_ERROR ENABLE_PUSH 1");
        }
    }

    @Test
    void section5_1_2_theServersLimitOfStreamsIsKept() {
        try (ClientBench bench = ClientBench.open()) {
            bench.send(new FrameBytes().settings(MAX_CONCURRENT_STREAMS, 2));
            Stream first = bench.request(true);
            assertThat(bench.client.canOpen()).isTrue();
            assertThat(bench.client.isFull()).isFalse();
            bench.request(true);
            assertThat(bench.client.isFull()).isTrue();
            assertThat(bench.client.canOpen()).isFalse();
            bench.client.reset(first, ErrorCode.CANCEL);
            bench.client.pump(bench.now);
            assertThat(bench.told()).containsExactly("sent 1", "sent 3", "closed 1", "openable");
            assertThat(bench.client.canOpen()).isTrue();
        }
    }

    @Test
    void section6_5_2_aLimitBelowTheOpenStreamsHoldsForNewOnes() {
        try (ClientBench bench = ClientBench.open()) {
            bench.request(true);
            bench.request(true);
            bench.send(new FrameBytes().settings(MAX_CONCURRENT_STREAMS, 0));
            assertThat(bench.client.canOpen()).isFalse();
            assertThat(bench.client.isClosing()).isFalse();
            bench.told();
            bench.send(new FrameBytes().settings(MAX_CONCURRENT_STREAMS, 2));
            assertThat(bench.told()).isEmpty();
            bench.send(new FrameBytes().settings(MAX_CONCURRENT_STREAMS, -1));
            assertThat(bench.told()).containsExactly("openable");
        }
    }

    @Test
    void ourOwnLimitOfStreamsHoldsUntilTheyAreReleased() {
        Http2Limits limits = Bench.LIMITS.toBuilder().streamsMax(1).build();
        try (ClientBench bench = ClientBench.open(ClientBench.settings().build(), limits)) {
            Stream s = bench.request(true);
            assertThat(bench.client.canOpen()).isFalse();
            bench.client.reset(s, ErrorCode.CANCEL);
            bench.client.pump(bench.now);
            assertThat(bench.client.canOpen()).isFalse();
            bench.client.release(s);
            bench.client.pump(bench.now);
            assertThat(bench.told()).endsWith("closed 1", "openable");
        }
    }

    @Test
    void hostileSettingsEndTheConnection() {
        assertThat(errorOf(5, 0)).isEqualTo("error PROTOCOL_ERROR MAX_FRAME_SIZE 0");
        assertThat(errorOf(5, 1 << 24)).startsWith("error PROTOCOL_ERROR MAX_FRAME_SIZE");
        assertThat(errorOf(4, -1)).startsWith("error FLOW_CONTROL_ERROR INITIAL_WINDOW_SIZE");
        assertThat(errorOf(new int[66])).isEqualTo("error ENHANCE_YOUR_CALM too many settings");
    }

    private static String errorOf(int... entries) {
        try (ClientBench bench = ClientBench.open()) {
            bench.send(new FrameBytes().settings(entries));
            return bench.told().getLast();
        }
    }

    @Test
    void aHugeHeaderTableOfTheServersIsNotUsed() {
        try (ClientBench bench = ClientBench.open()) {
            bench.send(new FrameBytes().settings(1, -1));
            bench.request(true);
            assertThat(bench.sent()).containsExactly("SETTINGS ack", "HEADERS 1 end");
            assertThat(bench.told()).containsExactly("sent 1");
        }
    }
}
