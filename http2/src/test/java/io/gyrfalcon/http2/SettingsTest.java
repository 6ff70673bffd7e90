package io.gyrfalcon.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.http2.sim.Bench;
import io.gyrfalcon.http2.sim.Frame;
import io.gyrfalcon.http2.sim.FrameBytes;
import io.gyrfalcon.http2.sim.RecordingEvents;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;

class SettingsTest {
    private final Bench bench =
            new Bench(Http2Settings.mesh(), Bench.LIMITS, new RecordingEvents());

    @AfterEach
    void close() {
        bench.close();
    }

    private static FrameBytes bytes() {
        return new FrameBytes();
    }

    private void assertGoAway(ErrorCode code) {
        assertThat(bench.sent().getLast()).startsWith("GOAWAY 0 " + code.code() + " ");
        assertThat(bench.server.isFinished()).isTrue();
    }

    @Test
    void section3_4_theServerSendsItsSettingsFirst() {
        bench.server.start();
        List<Frame> frames = bench.frames();
        assertThat(frames.toString()).isEqualTo("[SETTINGS, WINDOW_UPDATE 0 983041]");
        byte[] settings = frames.getFirst().payload();
        assertThat(settings)
                .containsExactly(0, 3, 0, 0, 0x27, 0x10, 0, 4, 0, 0x10, 0, 0, 0, 6, 0, 0, 0x20, 0);
    }

    @Test
    void section3_4_theEdgeProfileAnnouncesItsOwn() {
        Http2Settings settings =
                Http2Settings.edge().toBuilder()
                        .frameBytesMax(20_000)
                        .connectionWindowBytes(65_535)
                        .build();
        Http2Limits limits = Http2Limits.edge().toBuilder().hpackTableBytesMax(0).build();
        try (Bench edge = new Bench(settings, limits, new RecordingEvents())) {
            edge.server.start();
            List<Frame> frames = edge.frames();
            assertThat(frames).hasSize(1);
            assertThat(frames.getFirst().payload())
                    .startsWith(0, 3, 0, 0, 0, 100)
                    .contains(0, 5, 0, 0, 0x4e, 0x20)
                    .endsWith(0, 1, 0, 0, 0, 0);
            edge.send(bytes().preface().settings().settingsAck());
            edge.send(bytes().headers(1, Bench.request(), true));
            assertThat(edge.events.log).isNotEmpty();
        }
    }

    @Test
    void section6_5_2_thePeerMayBeToldOfMoreHeadersThanAreTaken() {
        Http2Limits limits = Http2Limits.mesh().toBuilder().headerListBytesTold(9_000).build();
        try (Bench told = new Bench(Http2Settings.mesh(), limits, new RecordingEvents())) {
            told.server.start();
            assertThat(told.frames().getFirst().payload()).endsWith(0, 6, 0, 0, 0x23, 0x28);
        }
        assertThatThrownBy(() -> limits.toBuilder().headerListBytesTold(8_000).build())
                .hasMessageContaining("headerListBytesTold: 8000");
    }

    @Test
    void section3_4_thePrefaceMayComeByteByByte() {
        bench.sendBytewise(bytes().preface().settings());
        assertThat(bench.sent()).containsExactly("SETTINGS ack");
    }

    @Test
    void section3_4_anotherPrefaceIsAProtocolErrorAtItsFirstWrongByte() {
        bench.send("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertGoAway(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section3_4_aPrefaceThatGoesWrongAtItsEndIsAProtocolError() {
        byte[] preface = bytes().preface().toByteArray();
        preface[23] = 'x';
        bench.send(preface);
        assertGoAway(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section3_4_anotherFirstFrameIsAProtocolError() {
        bench.send(bytes().preface().ping(1, false));
        assertGoAway(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section3_4_anAckIsNotTheFirstSettings() {
        bench.send(bytes().preface().settingsAck());
        assertGoAway(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void thePrefaceWithSettingsHasItsTimeAndNotMore() {
        long limit = Bench.LIMITS.prefaceNanos();
        bench.send(bytes().preface());
        bench.later(limit - 1);
        assertThat(bench.events.log).isEmpty();
        bench.later(1);
        assertThat(bench.events.log).containsExactly("error PROTOCOL_ERROR preface_timeout");
    }

    private void handshake() {
        bench.server.start();
        bench.send(bytes().preface().settings());
        assertThat(bench.sent())
                .containsExactly("SETTINGS", "WINDOW_UPDATE 0 983041", "SETTINGS ack");
    }

    @Test
    void section6_5_3_ourSettingsMustBeAcknowledgedInTime() {
        handshake();
        bench.later(Http2Settings.mesh().settingsAckNanos() - 1);
        assertThat(bench.events.log).isEmpty();
        bench.later(1);
        assertThat(bench.events.log).containsExactly("error SETTINGS_TIMEOUT settings_timeout");
    }

    @Test
    void section6_5_3_afterTheAckNoTimeRuns() {
        handshake();
        bench.send(bytes().settingsAck());
        bench.later(3_600 * Bench.SECOND);
        assertThat(bench.events.log).isEmpty();
    }

    @Test
    void section6_5_3_settingsAreAcknowledgedInTurn() {
        handshake();
        bench.send(bytes().settings(4, 1).settings(0x99, 7).settings(3, 0));
        assertThat(bench.sent()).containsOnly("SETTINGS ack").hasSize(3);
    }

    @Test
    void section6_5_anAckWithAPayloadIsAFrameSizeError() {
        handshake();
        bench.send(bytes().frame(4, 1, 0, new byte[6]));
        assertGoAway(ErrorCode.FRAME_SIZE_ERROR);
    }

    @Test
    void section6_5_settingsOnAStreamAreAProtocolError() {
        handshake();
        bench.send(bytes().frame(4, 0, 1, new byte[0]));
        assertGoAway(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section6_5_settingsOfAnotherLengthAreAFrameSizeError() {
        handshake();
        bench.send(bytes().frame(4, 0, 0, new byte[5]));
        assertGoAway(ErrorCode.FRAME_SIZE_ERROR);
    }

    @Test
    void section6_5_2_enablePushIsZeroOrOne() {
        handshake();
        bench.send(bytes().settings(2, 0).settings(2, 1));
        assertThat(bench.sent()).hasSize(2);
        bench.send(bytes().settings(2, 2));
        assertGoAway(ErrorCode.PROTOCOL_ERROR);
    }

    @Test
    void section6_5_2_anInitialWindowAboveTheLargestIsAFlowControlError() {
        handshake();
        bench.send(bytes().settings(4, Integer.MAX_VALUE));
        assertThat(bench.sent()).hasSize(1);
        bench.send(bytes().settings(4, Integer.MIN_VALUE));
        assertGoAway(ErrorCode.FLOW_CONTROL_ERROR);
    }

    @Test
    void section6_5_2_maxFrameSizeHasBounds() {
        handshake();
        bench.send(bytes().settings(5, 16_384).settings(5, 16_777_215));
        assertThat(bench.sent()).hasSize(2);
        bench.send(bytes().settings(5, 16_383));
        assertGoAway(ErrorCode.PROTOCOL_ERROR);
        try (Bench other = Bench.open()) {
            other.send(bytes().settings(5, 16_777_216));
            assertThat(other.sent().getLast()).startsWith("GOAWAY 0 1 ");
        }
    }

    @Test
    void section6_5_2_aHugeHeaderTableOfThePeerCostsNothing() {
        handshake();
        bench.send(bytes().settings(1, -1).headers(1, Bench.request(), true));
        bench.headers(bench.stream(1), true);
        assertThat(bench.sent()).containsExactly("SETTINGS ack", "HEADERS 1 end");
    }

    @Test
    void aFrameMayHaveSoManySettingsAndNotOneMore() {
        handshake();
        int max = Bench.LIMITS.settingsEntriesMax();
        int[] entries = new int[2 * max];
        java.util.Arrays.fill(entries, 0x77);
        bench.send(bytes().settings(entries));
        assertThat(bench.sent()).containsExactly("SETTINGS ack");
        entries = new int[2 * max + 2];
        java.util.Arrays.fill(entries, 0x77);
        bench.send(bytes().settings(entries));
        assertGoAway(ErrorCode.ENHANCE_YOUR_CALM);
    }

    @Test
    void operatorsAreToldWhatWasExpected() {
        assertThatThrownBy(() -> Http2Settings.mesh().toBuilder().frameBytesMax(16_383).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("frameBytesMax: 16383 (expected: 16384..16777215)");
        assertThatThrownBy(() -> Http2Limits.mesh().toBuilder().streamsMax(0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("streamsMax: 0 (expected: 1..");
        assertThat(Http2Limits.edge().toBuilder().build()).isEqualTo(Http2Limits.edge());
        assertThat(Http2Settings.edge().toBuilder().build()).isEqualTo(Http2Settings.edge());
    }

    @Test
    void section7_everyErrorHasItsNumber() {
        for (ErrorCode code : ErrorCode.values()) {
            assertThat(ErrorCode.of(code.code())).isSameAs(code);
        }
        assertThat(ErrorCode.HTTP_1_1_REQUIRED.code()).isEqualTo(0xd);
        assertThat(ErrorCode.of(0xe)).isSameAs(ErrorCode.INTERNAL_ERROR);
        assertThat(ErrorCode.of(-1)).isSameAs(ErrorCode.INTERNAL_ERROR);
    }
}
