package io.gyrfalcon.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.http2.sim.Bench;
import io.gyrfalcon.http2.sim.ClientBench;
import io.gyrfalcon.http2.sim.FrameBytes;
import io.gyrfalcon.http2.sim.RecordingClientEvents;
import io.gyrfalcon.primitives.memory.OutOfSlabs;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;

class ClientStreamsTest {
    private static final byte[] HEAD = Bench.literals(":status", "200", "a", "b");
    private static final byte[] TRAILERS = Bench.literals("grpc-status", "0");

    @Test
    void section5_1_1_identifiersAreOddAndIncrease() {
        try (ClientBench bench = ClientBench.open()) {
            assertThat(bench.request(true).id()).isEqualTo(1);
            assertThat(bench.request(false).id()).isEqualTo(3);
            assertThat(bench.sent()).containsExactly("HEADERS 1 end", "HEADERS 3");
        }
    }

    @Test
    void section5_1_1_aConnectionEndsWithItsLastIdentifier() {
        try (ClientBench bench = ClientBench.open()) {
            bench.client.skipTo(Integer.MAX_VALUE - 2);
            assertThat(bench.client.isClosing()).isFalse();
            Stream last = bench.request(true);
            assertThat(last.id()).isEqualTo(Integer.MAX_VALUE);
            assertThat(bench.client.canOpen()).isFalse();
            assertThat(bench.client.isClosing()).isTrue();
            bench.send(new FrameBytes().headers(last.id(), HEAD, true));
            assertThat(bench.told())
                    .containsExactly(
                            "sent 2147483647", "response 2147483647 end", "closed 2147483647");
            assertThat(bench.client.isFinished()).isTrue();
            assertThat(bench.sent()).endsWith("GOAWAY 0 0 ");
        }
    }

    @Test
    void aUnaryExchangeIsToldInOrder() {
        try (ClientBench bench = ClientBench.open()) {
            Stream s = bench.request(false);
            bench.data(s, 10, true);
            FrameBytes answer =
                    new FrameBytes()
                            .headers(1, HEAD, false)
                            .data(1, 7, false)
                            .headers(1, TRAILERS, true);
            bench.sendBytewise(answer);
            assertThat(bench.events.fields)
                    .containsExactly("1 :status: 200", "1 a: b", "1 grpc-status: 0 (trailer)");
            List<String> told = new ArrayList<>(bench.told());
            assertThat(told.removeIf("data 1 1"::equals)).isTrue();
            assertThat(told).containsExactly("sent 1", "response 1", "trailers 1", "closed 1");
            assertThat(bench.sent()).containsExactly("HEADERS 1", "DATA 1 10 end");
            bench.client.release(s);
        }
    }

    @Test
    void aResponseMayEndWithItsHead() {
        try (ClientBench bench = ClientBench.open()) {
            bench.request(true);
            bench.send(new FrameBytes().headers(1, HEAD, true));
            assertThat(bench.told()).containsExactly("sent 1", "response 1 end", "closed 1");
        }
    }

    @Test
    void aResponseMayEndBeforeItsRequest() {
        try (ClientBench bench = ClientBench.open()) {
            Stream s = bench.request(false);
            bench.send(new FrameBytes().headers(1, HEAD, true).rst(1, 0));
            assertThat(bench.told())
                    .containsExactly("response 1 end", "reset 1 NO_ERROR by peer", "closed 1");
            bench.data(s, 3, true);
            assertThat(bench.sent()).containsExactly("HEADERS 1");
        }
    }

    @Test
    void section8_1_interimResponsesAreNotTold() {
        try (ClientBench bench = ClientBench.open()) {
            bench.request(true);
            byte[] interim = Bench.literals(":status", "103", "link", "x");
            bench.send(new FrameBytes().headers(1, interim, false).headers(1, interim, false));
            bench.send(new FrameBytes().headers(1, HEAD, true));
            assertThat(bench.told()).containsExactly("sent 1", "response 1 end", "closed 1");
            assertThat(bench.events.fields).containsExactly("1 :status: 200", "1 a: b");
        }
    }

    @Test
    void interimResponsesWithoutEndAreTooMany() {
        Http2Limits limits = Bench.LIMITS.toBuilder().emptyFramesMax(3).build();
        try (ClientBench bench = ClientBench.open(ClientBench.settings().build(), limits)) {
            bench.request(true);
            FrameBytes interim = new FrameBytes();
            for (int i = 0; i < 3; i++) interim.headers(1, Bench.literals(":status", "100"), false);
            bench.send(interim);
            assertThat(bench.told()).containsExactly("sent 1");
            bench.send(new FrameBytes().headers(1, Bench.literals(":status", "100"), false));
            assertThat(bench.told())
                    .containsExactly(
                            "reset 1 ENHANCE_YOUR_CALM",
                            "closed 1",
                            "error ENHANCE_YOUR_CALM too_many_empty_frames");
        }
    }

    @Test
    void section8_responsesThatAreNoneAreMalformed() {
        assertMalformed(false, "a", "b");
        assertMalformed(false, ":status", "200", ":status", "200");
        assertMalformed(false, "a", "b", ":status", "200");
        assertMalformed(false, ":status", "20");
        assertMalformed(false, ":status", "2000");
        assertMalformed(false, ":status", "2x0");
        assertMalformed(false, ":status", "2!0");
        assertMalformed(false, ":status", "099");
        assertMalformed(false, ":status", "101");
        assertMalformed(true, ":status", "100");
        assertMalformed(false, ":status", "200", ":path", "/");
        assertMalformed(false, ":status", "200", ":nothing", "x");
        assertMalformed(false, ":status", "200", "Upper", "x");
        assertMalformed(false, ":status", "200", "connection", "close");
        assertMalformed(true, ":status", "200", "content-length", "1");
        assertMalformed(false, ":status", "200", "content-length", "");
        assertMalformed(false, ":status", "200", "content-length", "x");
        assertMalformed(false, ":status", "200", "content-length", "1", "content-length", "2");
    }

    private static void assertMalformed(boolean end, String... namesAndValues) {
        try (ClientBench bench = ClientBench.open()) {
            bench.request(true);
            bench.send(new FrameBytes().headers(1, Bench.literals(namesAndValues), end));
            assertThat(bench.told())
                    .containsExactly("sent 1", "reset 1 PROTOCOL_ERROR", "closed 1");
            assertThat(bench.sent()).containsExactly("HEADERS 1 end", "RST_STREAM 1 1");
        }
    }

    @Test
    void fieldsThatARequestGivesAMeaningAreOrdinaryInAResponse() {
        try (ClientBench bench = ClientBench.open()) {
            bench.request(true);
            byte[] block =
                    Bench.literals(
                            ":status",
                            "200",
                            "te",
                            "trailers",
                            "host",
                            "x",
                            "host",
                            "y",
                            "cookie",
                            "z");
            bench.send(new FrameBytes().headers(1, block, true));
            assertThat(bench.told()).contains("response 1 end");
        }
    }

    @Test
    void section8_1_1_aContentLengthMustBeTheSumOfTheData() {
        byte[] head = Bench.literals(":status", "200", "content-length", "5");
        try (ClientBench bench = ClientBench.open()) {
            for (int i = 0; i < 4; i++) bench.request(true);
            bench.told();
            bench.send(new FrameBytes().headers(1, head, false).data(1, 5, true));
            bench.send(new FrameBytes().headers(3, head, false).data(3, 6, false));
            bench.send(new FrameBytes().headers(5, head, false).data(5, 4, true));
            bench.send(
                    new FrameBytes()
                            .headers(7, head, false)
                            .data(7, 4, false)
                            .headers(7, TRAILERS, true));
            assertThat(bench.told())
                    .containsExactly(
                            "response 1",
                            "data 1 5 end",
                            "closed 1",
                            "response 3",
                            "reset 3 PROTOCOL_ERROR",
                            "closed 3",
                            "response 5",
                            "reset 5 PROTOCOL_ERROR",
                            "closed 5",
                            "response 7",
                            "data 7 4",
                            "reset 7 PROTOCOL_ERROR",
                            "closed 7");
        }
    }

    @Test
    void section8_1_1_aNotModifiedResponseHasNoBodyWhateverItAnnounces() {
        byte[] head = Bench.literals(":status", "304", "content-length", "5");
        try (ClientBench bench = ClientBench.open()) {
            bench.request(true);
            bench.send(new FrameBytes().headers(1, head, true));
            assertThat(bench.told()).contains("response 1 end");
        }
    }

    @Test
    void section8_1_dataBeforeTheHeadIsMalformed() {
        try (ClientBench bench = ClientBench.open()) {
            bench.request(true);
            bench.send(new FrameBytes().data(1, 5, true));
            assertThat(bench.told())
                    .containsExactly("sent 1", "reset 1 PROTOCOL_ERROR", "closed 1");
        }
    }

    @Test
    void section8_1_trailersEndTheStreamAndHoldNoPseudoFields() {
        try (ClientBench bench = ClientBench.open()) {
            bench.request(true);
            bench.request(true);
            bench.told();
            bench.send(new FrameBytes().headers(1, HEAD, false).headers(1, TRAILERS, false));
            bench.send(new FrameBytes().headers(3, HEAD, false).headers(3, HEAD, true));
            assertThat(bench.told())
                    .containsExactly(
                            "response 1",
                            "reset 1 PROTOCOL_ERROR",
                            "closed 1",
                            "response 3",
                            "reset 3 PROTOCOL_ERROR",
                            "closed 3");
        }
    }

    @Test
    void contentLengthInTrailersIsNotLookedAt() {
        try (ClientBench bench = ClientBench.open()) {
            bench.request(true);
            byte[] trailers = Bench.literals("content-length", "x");
            bench.send(new FrameBytes().headers(1, HEAD, false).headers(1, trailers, true));
            assertThat(bench.told()).endsWith("trailers 1", "closed 1");
        }
    }

    @Test
    void headAndTrailersBeyondTheLimitsAreToldAndEndTheStream() {
        String[] many = new String[600];
        for (int i = 0; i < many.length; i++) many[i] = i % 2 == 0 ? "n" + i : "v";
        byte[] trailers = Bench.literals(many);
        many[0] = ":status";
        many[1] = "200";
        byte[] head = Bench.literals(many);
        try (ClientBench bench = ClientBench.open()) {
            bench.request(true);
            bench.request(true);
            bench.told();
            bench.send(new FrameBytes().headers(1, head, false));
            bench.send(new FrameBytes().headers(3, HEAD, false).headers(3, trailers, true));
            assertThat(bench.told())
                    .containsExactly(
                            "too large 1", "closed 1", "response 3", "too large 3", "closed 3");
            assertThat(bench.sent())
                    .containsExactly("HEADERS 1 end", "HEADERS 3 end", "RST_STREAM 1 8");
        }
    }

    @Test
    void section8_4_pushIsAProtocolError() {
        try (ClientBench bench = ClientBench.open()) {
            bench.request(true);
            bench.send(new FrameBytes().frame(5, 4, 1, new byte[] {0, 0, 0, 2}));
            assertThat(bench.told())
                    .endsWith(
                            "reset 1 PROTOCOL_ERROR",
                            "closed 1",
                            "error PROTOCOL_ERROR PUSH_PROMISE");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 1, 99})
    void section5_1_framesOnIdleStreamsAreAProtocolError(int id) {
        try (ClientBench bench = ClientBench.open()) {
            bench.send(new FrameBytes().headers(id, HEAD, true));
            assertThat(bench.told())
                    .containsExactly("error PROTOCOL_ERROR HEADERS on an idle stream");
        }
        try (ClientBench bench = ClientBench.open()) {
            bench.send(new FrameBytes().data(id, 1, true));
            assertThat(bench.told()).containsExactly("error PROTOCOL_ERROR DATA on an idle stream");
        }
        try (ClientBench bench = ClientBench.open()) {
            bench.send(new FrameBytes().rst(id, 8));
            assertThat(bench.told())
                    .containsExactly("error PROTOCOL_ERROR RST_STREAM on an idle stream");
        }
    }

    @Test
    void section5_1_whatCrossesOurResetIsIgnoredButHpackStaysInStep() {
        try (ClientBench bench = ClientBench.open()) {
            Stream s = bench.request(true);
            bench.request(true);
            bench.client.reset(s, ErrorCode.CANCEL);
            bench.client.pump(bench.now);
            bench.told();
            // x-a: b enters the table with the block that is ignored; 62 names it afterwards.
            byte[] entering = {(byte) 0x88, 0x40, 1, 'x', 1, 'y'};
            byte[] later = {(byte) 0x88, (byte) (0x80 | 62)};
            bench.send(new FrameBytes().headers(1, entering, false).data(1, 9, true));
            bench.send(new FrameBytes().headers(3, later, true));
            assertThat(bench.told()).containsExactly("response 3 end", "closed 3");
            assertThat(bench.events.fields).containsExactly("3 :status: 200", "3 x: y");
        }
    }

    @Test
    void anAnswerToAStreamThatIsForgottenIsIgnored() {
        try (ClientBench bench = ClientBench.open()) {
            for (int i = 0; i < 100; i++) {
                bench.client.reset(bench.request(true), ErrorCode.CANCEL);
                bench.client.pump(bench.now);
            }
            bench.told();
            bench.send(new FrameBytes().headers(1, HEAD, false).data(1, 1, true));
            assertThat(bench.told()).isEmpty();
            assertThat(bench.client.hasFailed()).isFalse();
        }
    }

    @Test
    void section5_1_framesAfterTheEndAreErrorsAsTheirEndWas() {
        try (ClientBench bench = ClientBench.open()) {
            bench.request(false);
            bench.send(new FrameBytes().headers(1, HEAD, true).headers(1, TRAILERS, true));
            assertThat(bench.told())
                    .containsExactly("response 1 end", "reset 1 STREAM_CLOSED", "closed 1");
            bench.request(true);
            bench.send(new FrameBytes().rst(3, 8).headers(3, HEAD, true));
            assertThat(bench.told())
                    .containsExactly("sent 3", "reset 3 CANCEL by peer", "closed 3");
            assertThat(bench.sent()).endsWith("HEADERS 3 end", "RST_STREAM 3 5");
            bench.request(true);
            bench.send(new FrameBytes().headers(5, HEAD, true).headers(5, TRAILERS, true));
            assertThat(bench.told()).endsWith("error STREAM_CLOSED HEADERS after END_STREAM");
        }
    }

    @Test
    void blocksForStreamsThatAreGoneDoNotComeWithoutEnd() {
        Http2Limits limits = Bench.LIMITS.toBuilder().emptyFramesMax(2).build();
        try (ClientBench bench = ClientBench.open(ClientBench.settings().build(), limits)) {
            bench.client.reset(bench.request(true), ErrorCode.CANCEL);
            bench.client.pump(bench.now);
            bench.send(new FrameBytes().headers(1, HEAD, false).headers(1, HEAD, false));
            assertThat(bench.client.hasFailed()).isFalse();
            bench.send(new FrameBytes().headers(1, HEAD, false));
            assertThat(bench.told()).endsWith("error ENHANCE_YOUR_CALM too_many_empty_frames");
        }
    }

    @Test
    void rfc7540section5_3_1_aResponseThatDependsOnItsOwnStreamIsAStreamError() {
        try (ClientBench bench = ClientBench.open()) {
            bench.request(true);
            byte[] block = new byte[5 + HEAD.length];
            block[3] = 1;
            System.arraycopy(HEAD, 0, block, 5, HEAD.length);
            bench.send(new FrameBytes().frame(1, 4 | 0x20, 1, block));
            assertThat(bench.told()).endsWith("reset 1 PROTOCOL_ERROR", "closed 1");
        }
    }

    @Test
    void section4_3_aBlockThatCannotBeDecodedIsACompressionError() {
        try (ClientBench bench = ClientBench.open()) {
            bench.request(true);
            bench.send(new FrameBytes().headers(1, new byte[] {(byte) 0xff}, true));
            assertThat(bench.told())
                    .endsWith("error COMPRESSION_ERROR header block cannot be decoded");
        }
        try (ClientBench bench = ClientBench.open()) {
            bench.request(true);
            FrameBytes bytes = new FrameBytes().headers(1, HEAD, false);
            bench.send(bytes.headers(1, new byte[] {(byte) 0xff}, false));
            assertThat(bench.told())
                    .endsWith("error COMPRESSION_ERROR header block cannot be decoded");
        }
    }

    @Test
    void aStreamThatItsOwnerResetsWhileFieldsAreToldIsToldNoMore() {
        RecordingClientEvents events =
                new RecordingClientEvents() {
                    @Override
                    public void onField(
                            Stream s, io.gyrfalcon.http2.hpack.Field field, boolean trailers) {
                        client.reset(s, ErrorCode.CANCEL);
                    }
                };
        try (ClientBench bench =
                ClientBench.open(ClientBench.settings().build(), Bench.LIMITS, events)) {
            client = bench.client;
            bench.request(true);
            bench.send(new FrameBytes().headers(1, HEAD, true));
            assertThat(bench.told()).containsExactly("sent 1", "closed 1");
        }
    }

    private ClientSide client;

    @Test
    void requestsWaitWhileTheSocketTakesNothing() {
        try (ClientBench bench = ClientBench.open()) {
            Stream s = bench.request(false);
            bench.data(s, 60_000, false);
            assertThat(bench.client.canOpen()).isTrue();
            bench.send(new FrameBytes().windowUpdate(0, 100_000).windowUpdate(1, 100_000));
            bench.data(s, 60_000, false);
            String[] big = {"x", "v".repeat(9_000)};
            byte[][] extra = {big[0].getBytes(), big[1].getBytes()};
            while (bench.client.canOpen()) bench.client.open(ClientBench.REQUEST, extra, 2, true);
            assertThat(bench.out.bytes()).isBetween(64L << 10, 80L << 10);
            bench.told();
            bench.frames();
            assertThat(bench.told()).contains("openable");
        }
    }

    @Test
    void aRequestThatMemoryDoesNotAllowEndsTheConnection() {
        Http2Settings settings = ClientBench.settings().build();
        RecordingClientEvents events = new RecordingClientEvents();
        try (ClientBench bench = new ClientBench(settings, Bench.LIMITS, events, 8 << 20)) {
            bench.client.start();
            bench.send(new FrameBytes().settings().settingsAck());
            bench.told();
            List<io.gyrfalcon.primitives.memory.Slab> all = new ArrayList<>();
            takeAll(bench, all);
            while (!bench.client.hasFailed()) bench.request(true);
            bench.client.pump(bench.now);
            assertThat(bench.told()).endsWith("error ENHANCE_YOUR_CALM out of memory");
            all.forEach(io.gyrfalcon.primitives.memory.Slab::release);
        }
    }

    private static void takeAll(ClientBench bench, List<io.gyrfalcon.primitives.memory.Slab> all) {
        for (int bytes = 1 << 20; bytes >= 16; bytes >>= 1) {
            try {
                while (true) all.add(bench.slabs.take(bytes));
            } catch (OutOfSlabs exhausted) {
                // Then smaller ones.
            }
        }
    }

    @Test
    void aRequestMayHaveFieldsOfItsOwnInSeveralFrames() {
        try (ClientBench bench = ClientBench.open()) {
            byte[][] extra = {{'x'}, "v".repeat(40_000).getBytes()};
            bench.client.open(FieldBlock.of(":method", "GET"), extra, 2, true);
            assertThat(bench.sent())
                    .containsExactly("HEADERS 1 end", "CONTINUATION 1", "CONTINUATION 1");
        }
    }
}
