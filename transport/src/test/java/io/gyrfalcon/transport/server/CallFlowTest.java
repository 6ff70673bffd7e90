package io.gyrfalcon.transport.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.http2.ErrorCode;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.primitives.flags.FlagOverride;
import io.gyrfalcon.primitives.flags.Flags;
import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What becomes of the bytes of calls, both ways. */
class CallFlowTest {
    private static final String HEAD = "HEADERS %d :status: 200, content-type: application/grpc";
    private final List<FlagOverride> overrides = new ArrayList<>();
    private Rig rig = new Rig();
    private RawClient client;
    private Notes notes;

    @BeforeEach
    void open() {
        client = rig.client();
        notes = rig.notes;
    }

    @AfterEach
    void close() {
        rig.close();
        for (FlagOverride override : overrides) override.close();
    }

    private void again(Rig other) {
        rig.close();
        rig = other;
        open();
    }

    private static String[] unaryAnswer(int id, String message) {
        return new String[] {
            HEAD.formatted(id),
            "DATA " + id + " " + "\u0005".substring(1) + prefixShown(message) + message,
            "HEADERS " + id + " grpc-status: 0 end"
        };
    }

    private static String prefixShown(String message) {
        return String.valueOf((char) message.length());
    }

    @Test
    void aUnaryCallThatArrivesWholeIsOneMessageMarkedAsTheLast() {
        notes.onEnd = call -> call.answer("yes");
        client.request(1, "/a/b", false).message(1, true, "hello");
        rig.go(client);
        assertThat(notes.take()).containsExactly("0 message 'hello' last", "0 sent", "0 closed");
        assertThat(client.lines(1)).containsExactly(unaryAnswer(1, "yes"));
    }

    /** A handler elsewhere has the loop do it: nothing else is written after it. */
    @Test
    void aLargeMessageLeavesWholeThoughNothingFollows() {
        client = rig.client(4, 1 << 20);
        client.out().windowUpdate(0, 1 << 20);
        client.request(1, "/a/b", false);
        rig.go(client);
        Played call = notes.call(0);
        rig.loop.post(
                _ -> {
                    call.begin();
                    call.send("one");
                });
        rig.settle();
        client.lines();
        rig.loop.post(_ -> call.send("x".repeat(200_000)));
        rig.settle();
        assertThat(client.data().length).isEqualTo(8 + 200_005);
    }

    @Test
    void whatARequestSaysIsAtHand() {
        notes.wantsFields = true;
        client.request(
                1,
                "/a/b",
                false,
                "host",
                "h",
                "grpc-timeout",
                "5S",
                "grpc-encoding",
                "gzip",
                "grpc-accept-encoding",
                "gzip,identity",
                "one",
                "1");
        rig.go(client);
        ServerCall call = notes.call(0).call;
        assertThat(call.path()).isEqualTo("/a/b");
        assertThat(call.authority()).isEqualTo("h");
        assertThat(call.timeoutNanos()).isEqualTo(5_000_000_000L);
        assertThat(call.encoding()).isEqualTo("gzip");
        assertThat(call.acceptEncoding()).isEqualTo("gzip,identity");
        assertThat(call.route().wantsFields()).isTrue();
        assertThat(call.connection().loop()).isSameAs(rig.loop);
        assertThat(call.hasSentHeaders()).isFalse();
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < call.fieldCount(); i++) {
            fields.add(new String(call.fields()[i], StandardCharsets.US_ASCII));
        }
        assertThat(fields)
                .containsExactly(
                        "content-type",
                        "application/grpc",
                        "grpc-timeout",
                        "5S",
                        "grpc-encoding",
                        "gzip",
                        "grpc-accept-encoding",
                        "gzip,identity",
                        "one",
                        "1");
    }

    @Test
    void manyFieldsAreAllKept() {
        notes.wantsFields = true;
        String[] more = new String[60];
        for (int i = 0; i < more.length; i++) more[i] = "n" + i;
        client.request(1, "/a/b", true, more);
        rig.go(client);
        assertThat(notes.call(0).call.fieldCount()).isEqualTo(62);
    }

    @Test
    void fieldsThatNobodyWantsAreNotKept() {
        client.request(1, "/a/b", true, "one", "1", "grpc-timeout", "1m");
        rig.go(client);
        assertThat(notes.call(0).call.fields()).isNull();
        assertThat(notes.call(0).call.timeoutNanos()).isEqualTo(1_000_000);
    }

    @Test
    void fieldsOfTheHeaderTableAreLookedAtOnce() {
        notes.wantsFields = true;
        FieldBlock block =
                FieldBlock.of(
                        ":method",
                        "POST",
                        ":scheme",
                        "http",
                        ":path",
                        "/a/b",
                        ":authority",
                        "h",
                        "te",
                        "trailers",
                        "content-type",
                        "application/grpc",
                        "grpc-timeout",
                        "1S",
                        "grpc-encoding",
                        "identity",
                        "one",
                        "1");
        for (int id = 1; id <= 7; id += 2) {
            client.indexed(id, true, block);
            rig.go(client);
        }
        assertThat(notes.routed).hasSize(1);
        for (Played played : notes.calls) {
            assertThat(played.call.path()).isEqualTo("/a/b");
            assertThat(played.call.authority()).isEqualTo("h");
            assertThat(played.call.timeoutNanos()).isEqualTo(1_000_000_000);
            assertThat(played.call.fieldCount()).isEqualTo(8);
        }
        assertThat(rig.server.missingTeCount()).isZero();
    }

    @Test
    void withoutItsShortcutsEveryRequestIsLookedAtAnew() {
        overrides.add(Flags.override(TransportFlags.REQUEST_MEMO, false));
        overrides.add(Flags.override(TransportFlags.PATH_CACHE, false));
        overrides.add(Flags.override(TransportFlags.CALL_RECYCLING, false));
        overrides.add(Flags.override(TransportFlags.EARLY_FLUSH, false));
        again(new Rig());
        notes.onEnd = call -> call.answer("yes");
        FieldBlock block =
                FieldBlock.of(
                        ":method",
                        "POST",
                        ":scheme",
                        "http",
                        ":path",
                        "/a/b",
                        "te",
                        "trailers",
                        "content-type",
                        "application/grpc");
        for (int id = 1; id <= 5; id += 2) {
            client.indexed(id, true, block);
            client.request(id + 10, "/a/b", true);
            id += 10;
            rig.go(client);
            assertThat(client.lines(id)).containsExactly(unaryAnswer(id, "yes"));
        }
        assertThat(notes.routed).hasSameSizeAs(notes.calls);
        assertThat(notes.call(0).call).isNotSameAs(notes.call(1).call);
        new TransportFlags().declareAll();
    }

    @Test
    void aCallThatArrivesByteByByteIsTheSameCall() {
        notes.onEnd = call -> call.answer("yes");
        client.request(1, "/a/b", false).message(1, false, "one").message(1, true, "two");
        for (byte b : client.take()) {
            rig.wire.write(b);
            rig.settle();
        }
        assertThat(notes.take())
                .containsExactly(
                        "0 start",
                        "0 message 'one' gathered",
                        "0 message 'two' gathered",
                        "0 halfClose",
                        "0 sent",
                        "0 closed");
    }

    @Test
    void aMessageSplitOverTurnsIsGathered() {
        byte[] message = RawClient.prefixed("0123456789".getBytes(StandardCharsets.US_ASCII));
        client.request(1, "/a/b", false);
        rig.go(client);
        for (byte b : message) {
            client.data(1, false, new byte[] {b});
            rig.go(client);
        }
        client.data(1, true, new byte[0]);
        rig.go(client);
        assertThat(notes.take())
                .containsExactly("0 start", "0 message '0123456789' gathered", "0 halfClose");
    }

    @Test
    void severalMessagesInOneFrameAreSeveralMessages() {
        byte[] one = RawClient.prefixed(new byte[] {'1'});
        byte[] both = java.util.Arrays.copyOf(one, 12);
        System.arraycopy(one, 0, both, 6, 6);
        client.request(1, "/a/b", false).data(1, true, both);
        rig.go(client);
        assertThat(notes.take()).containsExactly("0 message '1'", "0 message '1' last");
    }

    @Test
    void aCompressedMessageIsMarked() {
        byte[] message = RawClient.prefixed(new byte[] {'1'});
        message[0] = 1;
        client.request(1, "/a/b", false).data(1, true, message);
        rig.go(client);
        assertThat(notes.take()).containsExactly("0 message '1' compressed last");
    }

    @Test
    void anEndWithinAMessageIsAFault() {
        client.request(1, "/a/b", false).data(1, true, new byte[] {0, 0, 0, 0, 9, 1});
        rig.go(client);
        assertThat(notes.take())
                .containsExactly(
                        "0 broken 13 Encountered end-of-stream mid-frame", "0 sent", "0 closed");
        assertThat(client.lines(1)).containsExactly(HEAD.formatted(1) + ", grpc-status: 13 end");
    }

    @Test
    void aMessageThatIsTooLargeIsAFaultAndTheRestIsDropped() {
        client.request(1, "/a/b", false).data(1, false, new byte[] {0, 0, 1, 0, 1, 7});
        client.message(1, false, "more");
        rig.go(client);
        assertThat(notes.take())
                .containsExactly(
                        "0 broken 8 gRPC message exceeds maximum size 65536: 65537",
                        "0 sent",
                        "0 closed");
        assertThat(client.lines(1))
                .containsExactly(HEAD.formatted(1) + ", grpc-status: 8 end", "RST_STREAM 1 0");
        client.message(1, true, "late");
        rig.go(client);
        assertThat(notes.take()).isEmpty();
    }

    @Test
    void bytesAfterAFaultAreCreditedUntilTheAnswerHasLeft() {
        notes.onMessage =
                call -> {
                    call.begin();
                    call.send("x".repeat(100));
                };
        again(new Rig(limits -> limits, settings -> settings.streamWindowBytes(65_535)));
        client = rig.client(4, 1);
        notes.onMessage =
                call -> {
                    call.begin();
                    call.send("x".repeat(100));
                };
        client.request(1, "/a/b", false).message(1, false, "1");
        client.data(1, false, new byte[] {8, 0, 0, 0, 1, 1});
        rig.go(client);
        assertThat(notes.take())
                .containsExactly(
                        "0 message '1'",
                        "0 broken 13 gRPC frame header malformed: reserved bits not zero");
        client.lines();
        client.data(1, false, new byte[16_384]).data(1, false, new byte[16_384]);
        client.data(1, false, new byte[16_384]);
        rig.go(client);
        assertThat(client.lines()).anyMatch(line -> line.startsWith("WINDOW_UPDATE 1 "));
        client.out().rst(1, 8);
        rig.go(client);
        assertThat(notes.take()).containsExactly("0 reset");
    }

    @Test
    void trailersEndTheRequest() {
        client.request(1, "/a/b", false).message(1, false, "1").headers(1, true, "t", "1");
        rig.go(client);
        assertThat(notes.take()).containsExactly("0 message '1'", "0 halfClose");
    }

    @Test
    void aCallOfFieldsAloneStartsAtTheEndOfTheBatch() {
        client.request(1, "/a/b", false).request(3, "/a/b", false).message(3, false, "m");
        rig.go(client);
        assertThat(notes.take()).containsExactly("1 message 'm'", "0 start");
    }

    @Test
    void manyCallsOfFieldsAloneAllStart() {
        for (int id = 1; id < 100; id += 2) client.request(id, "/a/b", false);
        rig.go(client);
        assertThat(notes.take()).hasSize(50).allMatch(line -> line.endsWith(" start"));
    }

    @Test
    void aCallThatIsResetInItsFirstBatchIsNotStarted() {
        client.request(1, "/a/b", false);
        client.out().rst(1, 8);
        rig.go(client);
        assertThat(notes.take()).containsExactly("0 reset");
        client.request(3, "/a/b", true);
        rig.go(client);
        assertThat(notes.take()).containsExactly("1 halfClose");
    }

    @Test
    void aCallObjectThatServesTwiceInABatchServesEachCallOnce() {
        client.request(1, "/a/b", false);
        client.out().rst(1, 8);
        client.request(3, "/c/d", false);
        rig.go(client);
        assertThat(notes.call(0).call).isSameAs(notes.call(1).call);
        assertThat(notes.take()).containsExactly("0 reset", "1 start");
        client.message(3, true, "m");
        rig.go(client);
        assertThat(notes.take()).containsExactly("1 message 'm' last");
    }

    @Test
    void anAnswerBeforeTheEndOfTheRequestResetsWithoutAnError() {
        notes.onStart = call -> call.answer("early");
        client.request(1, "/a/b", false);
        rig.go(client);
        assertThat(notes.take()).containsExactly("0 start", "0 sent", "0 closed");
        List<String> lines = client.lines(1);
        assertThat(lines.get(2)).isEqualTo("HEADERS 1 grpc-status: 0 end");
        assertThat(lines.get(3)).isEqualTo("RST_STREAM 1 0");
        client.message(1, true, "late");
        rig.go(client);
        assertThat(notes.take()).isEmpty();
        assertThat(client.lines(1)).isEmpty();
    }

    @Test
    void trailersAloneCarryTheWholeAnswer() {
        notes.onEnd =
                call -> {
                    byte[][] extra = {"grpc-message".getBytes(StandardCharsets.US_ASCII), {'m'}};
                    call.call.sendTrailers(5, extra, 2);
                    assertThat(call.call.hasEnded()).isTrue();
                    call.call.sendTrailers(0, null, 0);
                    call.call.sendHeaders(Played.HEAD, null, 0);
                    assertThat(call.call.isReady()).isFalse();
                };
        client.request(1, "/a/b", true);
        rig.go(client);
        assertThat(client.lines(1))
                .containsExactly(HEAD.formatted(1) + ", grpc-status: 5, grpc-message: m end");
    }

    @Test
    void aResetByTheServerEndsTheCallAsReset() {
        notes.onEnd =
                call -> {
                    call.call.reset(ErrorCode.CANCEL);
                    call.call.sendTrailers(0, null, 0);
                };
        client.request(1, "/a/b", true);
        rig.go(client);
        assertThat(notes.take()).containsExactly("0 halfClose", "0 reset");
        assertThat(client.lines(1)).containsExactly("RST_STREAM 1 8");
    }

    @Test
    void aResetAfterTheAnswerHasLeftDoesNothing() {
        notes.onEnd =
                call -> {
                    call.isKept = true;
                    call.answer("yes");
                };
        client.request(1, "/a/b", true);
        rig.go(client);
        notes.call(0).call.reset(ErrorCode.CANCEL);
        rig.settle();
        assertThat(client.lines(1)).hasSize(3);
        assertThat(rig.notes.connections.getFirst().openStreams()).isZero();
        notes.call(0).call.release();
    }

    @Test
    void aCallIsCompleteOnlyWhenItsLastByteHasLeftFlowControl() {
        client = rig.client(4, 10);
        notes.onEnd = call -> call.answer("0123456789");
        client.request(1, "/a/b", true);
        rig.go(client);
        assertThat(notes.take()).containsExactly("0 halfClose");
        client.out().windowUpdate(1, 5);
        rig.go(client);
        assertThat(notes.take()).containsExactly("0 sent", "0 closed");
        client.request(3, "/a/b", true);
        rig.go(client);
        client.out().rst(3, 8);
        rig.go(client);
        assertThat(notes.take()).containsExactly("1 halfClose", "1 reset");
    }

    @Test
    void aCallIsReadyAgainBelowItsThreshold() {
        client = rig.client(4, 0);
        notes.onEnd =
                call -> {
                    call.call.readyBytes(100);
                    call.begin();
                    call.send("x".repeat(90));
                    assertThat(call.call.isReady()).isTrue();
                    call.send("x");
                    assertThat(call.call.isReady()).isFalse();
                };
        client.request(1, "/a/b", true);
        rig.go(client);
        client.out().windowUpdate(1, 1);
        rig.go(client);
        assertThat(notes.take()).containsExactly("0 halfClose");
        client.out().windowUpdate(1, 1);
        rig.go(client);
        assertThat(notes.take()).containsExactly("0 ready");
        assertThat(notes.call(0).call.isReady()).isTrue();
    }

    @Test
    void aThresholdLoweredBelowWhatWaitsIsToldWhenItIsPassed() {
        client = rig.client(4, 0);
        notes.onEnd =
                call -> {
                    call.begin();
                    call.send("x".repeat(90));
                    call.call.readyBytes(10);
                    assertThat(call.call.isReady()).isFalse();
                };
        client.request(1, "/a/b", true);
        rig.go(client);
        client.out().windowUpdate(1, 90);
        rig.go(client);
        assertThat(notes.take()).containsExactly("0 halfClose", "0 ready");
    }

    @Test
    void windowIsGivenForWhatTheCallWantsAndNoMore() {
        again(new Rig(limits -> limits, settings -> settings.streamWindowBytes(65_535)));
        notes.onStart = call -> call.wanted = 1;
        client.request(1, "/a/b", false);
        rig.go(client);
        for (int i = 0; i < 2; i++) {
            client.message(1, false, "x".repeat(16_000)).message(1, false, "x".repeat(16_000));
            rig.go(client);
        }
        assertThat(client.lines()).noneMatch(line -> line.startsWith("WINDOW_UPDATE 1 "));
        // Off any batch, as a letter from another thread would.
        notes.call(0).wanted = 100;
        rig.loop.post(_ -> notes.call(0).call.creditWanted());
        rig.settle();
        assertThat(client.lines()).anyMatch(line -> line.startsWith("WINDOW_UPDATE 1 "));
    }

    @Test
    void aMessageLargerThanTheWindowIsCreditedAsItArrives() {
        again(new Rig(limits -> limits, settings -> settings.streamWindowBytes(20_000)));
        client.request(1, "/a/b", false);
        rig.go(client);
        byte[] message = RawClient.prefixed(new byte[60_000]);
        int window = 20_000;
        for (int at = 0; at < message.length; ) {
            int n = Math.min(Math.min(10_000, window), message.length - at);
            assertThat(n).isPositive();
            client.data(1, false, java.util.Arrays.copyOfRange(message, at, at + n));
            rig.go(client);
            at += n;
            window -= n;
            for (var frame : client.frames()) {
                if (frame.type() == io.gyrfalcon.http2.frame.FrameType.WINDOW_UPDATE
                        && frame.streamId() == 1) window += frame.intAt(0);
            }
        }
        assertThat(notes.take()).containsExactly("0 start", "0 message 60000 bytes gathered");
    }

    @Test
    void pathsOfTwoServersOnOneLoopAreTheirOwn() {
        Notes others = new Notes();
        others.onEnd = call -> call.answer("other");
        notes.onEnd = call -> call.answer("first");
        ServerTransport other;
        try {
            other =
                    ServerTransport.start(
                            rig.group, List.of(Rig.ANY), Rig.settings(), null, others);
            rig.settle();
            RawClient second =
                    new RawClient(
                                    io.gyrfalcon.transport.fixtures.Link.plain(
                                            rig.simulation
                                                    .network()
                                                    .connect(other.addresses().getFirst())))
                            .hello();
            for (int id = 1; id <= 5; id += 2) {
                client.request(id, "/a/b", true);
                second.request(id, "/a/b", true);
                rig.go(client);
                rig.go(second);
            }
            assertThat(new String(second.data(), StandardCharsets.ISO_8859_1))
                    .containsPattern("other.*other.*other");
            assertThat(new String(client.data(), StandardCharsets.ISO_8859_1))
                    .containsPattern("first.*first.*first");
            other.stopListening();
            other.closeNow("over");
            rig.simulation.runFor(2 * Rig.SECOND);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
        assertThat(others.disconnected).isEqualTo(1);
        int before = notes.routed.size();
        client.request(7, "/a/b", true);
        client.request(9, "/a/b", true);
        rig.go(client);
        assertThat(notes.routed.size() - before).isLessThanOrEqualTo(1);
        assertThat(others.routed).isNotEmpty();
    }
}
