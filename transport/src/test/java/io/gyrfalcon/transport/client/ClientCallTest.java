package io.gyrfalcon.transport.client;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gyrfalcon.http2.sim.FrameBytes;
import io.gyrfalcon.transport.wire.StatusCode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What happens to calls. */
class ClientCallTest {
    private final ClientRig rig = new ClientRig();

    @AfterEach
    void end() {
        rig.close();
    }

    @Test
    void aUnaryCallIsToldInOrder() {
        ClientConnection connection = rig.ready();
        Noted call = rig.unary(connection);
        assertThat(rig.server().lines()).containsExactly("HEADERS 1", "DATA 1 7 end");
        rig.server().head(1).message(1, "hello").trailers(1, "grpc-status", "0", "a", "b");
        rig.settle();
        assertThat(call.log)
                .containsExactly(
                        "head [content-type=application/grpc]",
                        "message hello",
                        "end 0 null [a=b]");
        assertThat(call.isUnprocessed).isFalse();
        assertThat(connection.openCalls()).isZero();
    }

    @Test
    void aStreamingCallGoesBothWays() {
        ClientConnection connection = rig.ready();
        Noted call = rig.call(connection).send("one", false);
        rig.settle();
        rig.server().head(1).message(1, "1");
        rig.settle();
        call.send("two", false);
        rig.settle();
        rig.server().message(1, "2");
        rig.settle();
        call.call.halfClose();
        call.call.halfClose();
        rig.settle();
        assertThat(rig.server().lines())
                .containsExactly("HEADERS 1", "DATA 1 8", "DATA 1 8", "DATA 1 0 end");
        rig.server().trailers(1, "grpc-status", "0");
        rig.settle();
        assertThat(call.log)
                .containsExactly(
                        "head [content-type=application/grpc]",
                        "message 1",
                        "message 2",
                        "end 0 null []");
    }

    @Test
    void aLargeMessageLeavesWholeThoughNothingFollows() {
        ClientConnection connection = rig.ready(4, 1 << 20);
        rig.server().send(new FrameBytes().windowUpdate(0, 1 << 20));
        Noted call = rig.call(connection).send("one", false);
        rig.settle();
        rig.server().lines();
        rig.loop.post(_ -> call.send("x".repeat(200_000), false));
        rig.settle();
        int bytes = 0;
        for (String line : rig.server().lines()) {
            assertThat(line).startsWith("DATA 1 ");
            bytes += Integer.parseInt(line.substring("DATA 1 ".length()));
        }
        assertThat(bytes).isEqualTo(200_005);
    }

    @Test
    void aResponseThatEndsFirstEndsTheCall() {
        ClientConnection connection = rig.ready();
        Noted call = rig.call(connection).send("one", false);
        rig.settle();
        rig.server().head(1).trailers(1, "grpc-status", "7", "grpc-message", "not%20you");
        rig.settle();
        assertThat(call.log).endsWith("end 7 not you []");
        assertThat(rig.server().lines()).endsWith("RST_STREAM 1 8");
    }

    /** Peers send them as they are. */
    @Test
    void blanksAtTheEndsOfValuesStay() {
        ClientConnection connection = rig.ready();
        Noted call = rig.unary(connection);
        rig.server().head(1);
        rig.server().trailers(1, "grpc-status", "5", "grpc-message", " no: ", "a", "b\t");
        rig.settle();
        assertThat(call.log).endsWith("end 5  no:  [a=b\t]");
    }

    private String endOf(String... head) {
        ClientConnection connection = rig.ready();
        Noted call = rig.unary(connection);
        rig.server().headers(1, true, head);
        rig.settle();
        connection.close(CallStatus.OK);
        rig.settle();
        return call.log.getLast();
    }

    @Test
    void aResponseOfTrailersOnlySaysWhatItSays() {
        assertThat(endOf(":status", "200", "content-type", "application/grpc", "grpc-status", "5"))
                .isEqualTo("end 5 null [content-type=application/grpc]");
        assertThat(endOf(":status", "200", "content-type", "application/grpc+proto"))
                .isEqualTo(
                        "end 2 HTTP status code 200\nmissing GRPC status, inferred error from HTTP"
                                + " status code [content-type=application/grpc+proto]");
        assertThat(
                        endOf(
                                ":status",
                                "503",
                                "content-type",
                                "application/grpc",
                                "grpc-status",
                                "0",
                                "grpc-message",
                                "fine"))
                .startsWith("end 0 fine");
        assertThat(endOf(":status", "200", "content-type", "application/grpc", "grpc-status", "17"))
                .startsWith("end 2 Unknown code 17");
        assertThat(endOf(":status", "200", "content-type", "application/grpc", "grpc-status", "x"))
                .startsWith("end 2 Unknown code x");
        assertThat(
                        endOf(
                                ":status",
                                "200",
                                "content-type",
                                "application/grpc",
                                "grpc-status",
                                "",
                                "grpc-message",
                                "odd"))
                .startsWith("end 2 odd");
        assertThat(endOf(":status", "502", "content-type", "text/html"))
                .isEqualTo(
                        "end 14 HTTP status code 502\ninvalid content-type: text/html\n"
                                + "trailers: Metadata(:status=502,content-type=text/html)"
                                + " [content-type=text/html]");
    }

    @ParameterizedTest
    @CsvSource({"401,16", "403,7", "404,12", "503,14", "400,13", "200,2", "302,2"})
    void aResponseThatIsNoneOfGrpcIsJudgedByItsHttpStatus(String http, int code) {
        ClientConnection connection = rig.ready();
        Noted call = rig.unary(connection);
        rig.server().headers(1, false, ":status", http);
        rig.settle();
        assertThat(call.log).isEmpty();
        rig.server().data(1, "sorry".getBytes(ISO_8859_1), true);
        rig.settle();
        assertThat(call.log)
                .containsExactly(
                        "end "
                                + code
                                + " HTTP status code "
                                + http
                                + "\nmissing content-type in response headers"
                                + "\nheaders: Metadata(:status="
                                + http
                                + ")\nDATA-----------------------------\nsorry");
    }

    @Test
    void aForeignResponseThatIsLongIsNotReadToItsEnd() {
        ClientConnection connection = rig.ready();
        Noted call = rig.unary(connection);
        rig.server().lines();
        rig.server().headers(1, false, ":status", "200", "content-type", "text/html");
        rig.server().data(1, "<".repeat(600).getBytes(ISO_8859_1), false);
        rig.settle();
        assertThat(call.log).isEmpty();
        rig.server().data(1, ">".repeat(9_000).getBytes(ISO_8859_1), false);
        rig.settle();
        assertThat(call.status.code()).isEqualTo(StatusCode.UNKNOWN);
        assertThat(call.status.description())
                .startsWith(
                        "HTTP status code 200\ninvalid content-type: text/html\n"
                                + "headers: Metadata(:status=200,content-type=text/html)\n"
                                + "DATA-----------------------------\n<<<")
                .hasSizeBetween(1_600, 2_000);
        assertThat(call.log).hasSize(1).first().asString().endsWith(" [content-type=text/html]");
        assertThat(rig.server().lines()).containsExactly("RST_STREAM 1 8");
    }

    @Test
    void aForeignResponseMayHaveTrailers() {
        ClientConnection connection = rig.ready();
        Noted call = rig.unary(connection);
        rig.server().headers(1, false, ":status", "200");
        rig.server().trailers(1, "grpc-status", "0", "a", "b");
        rig.settle();
        assertThat(call.log)
                .containsExactly(
                        "end 2 HTTP status code 200\nmissing content-type in response headers\n"
                                + "headers: Metadata(:status=200)\ntrailers: Metadata(a=b)");
    }

    @Test
    void aResponseWithoutStatusIsUnknown() {
        ClientConnection connection = rig.ready();
        Noted call = rig.unary(connection);
        rig.server().head(1).trailers(1, "a", "b");
        rig.settle();
        assertThat(call.log).endsWith("end 2 missing GRPC status in response [a=b]");
    }

    @Test
    void trailersWithoutFieldsSayNothing() {
        ClientConnection connection = rig.ready();
        Noted call = rig.unary(connection);
        rig.server().head(1).trailers(1);
        rig.settle();
        assertThat(call.log).endsWith("end 2 missing GRPC status in response []");
    }

    @Test
    void aResponseThatEndsWithoutTrailersIsCutOff() {
        ClientConnection connection = rig.ready();
        Noted call = rig.unary(connection);
        rig.server().head(1).data(1, new byte[0], true);
        rig.settle();
        assertThat(call.log)
                .endsWith("end 13 Received unexpected EOS on empty DATA frame from server");
    }

    @Test
    void aMessageThatIsCutOffIsAFaultOnlyWhereTheStatusIsOk() {
        for (int code : new int[] {0, 9}) {
            ClientConnection connection = rig.ready();
            Noted call = rig.unary(connection);
            rig.server().head(1).data(1, new byte[] {0, 0, 0, 0, 9, 1}, false);
            rig.server().trailers(1, "grpc-status", "" + code);
            rig.settle();
            assertThat(call.log)
                    .endsWith(
                            code == 0
                                    ? "end 13 Encountered end-of-stream mid-frame []"
                                    : "end 9 null []");
            connection.close(CallStatus.OK);
        }
    }

    @Test
    void aCallMayHaveALimitOfItsOwn() {
        ClientConnection connection = rig.ready();
        Noted exact = rig.unary(connection);
        Noted large = rig.unary(connection);
        exact.call.messageBytesMax(3);
        large.call.messageBytesMax(2);
        rig.server().head(1).message(1, "abc").trailers(1, "grpc-status", "0");
        rig.server().head(3).message(3, "abc");
        rig.settle();
        assertThat(exact.log).endsWith("message abc", "end 0 null []");
        assertThat(large.log).endsWith("end 8 gRPC message exceeds maximum size 2: 3");
    }

    @Test
    void messagesOverTheLimitOrWithReservedBitsEndTheCall() {
        ClientConnection connection = rig.ready();
        Noted large = rig.unary(connection);
        Noted reserved = rig.unary(connection);
        rig.server().lines();
        rig.server().head(1).data(1, new byte[] {0, 0, 1, 0, 1}, false);
        rig.server().head(3).data(3, new byte[] {2, 0, 0, 0, 0}, false);
        rig.settle();
        assertThat(large.log).endsWith("end 8 gRPC message exceeds maximum size 65536: 65537");
        assertThat(reserved.log)
                .endsWith("end 13 gRPC frame header malformed: reserved bits not zero");
        assertThat(rig.server().lines()).containsExactly("RST_STREAM 1 8", "RST_STREAM 3 8");
    }

    @Test
    void headersOverTheLimitEndTheCall() {
        ClientConnection connection = rig.ready();
        Noted call = rig.unary(connection);
        rig.server()
                .headers(
                        1,
                        false,
                        ":status",
                        "200",
                        "content-type",
                        "application/grpc",
                        "x",
                        "v".repeat(9_000));
        rig.settle();
        assertThat(call.log)
                .containsExactly(
                        "end 8 Server Headers or Trailers exceeded Metadata size limit: 8192");
    }

    @Test
    void aMalformedResponseEndsTheCall() {
        ClientConnection connection = rig.ready();
        Noted call = rig.unary(connection);
        rig.server().headers(1, false, ":status", "200", "connection", "close");
        rig.settle();
        assertThat(call.log)
                .containsExactly(
                        "end 13 The server's answer is malformed."
                                + " HTTP/2 error code: PROTOCOL_ERROR");
        rig.server().head(1);
        Noted next = rig.unary(connection);
        rig.server().head(3).trailers(3, "grpc-status", "0");
        rig.settle();
        assertThat(next.log)
                .containsExactly("head [content-type=application/grpc]", "end 0 null []");
    }

    @ParameterizedTest
    @CsvSource({
        "0,14,NO_ERROR",
        "1,13,PROTOCOL_ERROR",
        "2,13,INTERNAL_ERROR",
        "7,14,REFUSED_STREAM",
        "8,1,CANCEL",
        "13,2,HTTP_1_1_REQUIRED",
        "12,7,INADEQUATE_SECURITY (Permission denied as protocol is not secure enough to call)",
        "11,8,ENHANCE_YOUR_CALM (Bandwidth exhausted)"
    })
    void aResetIsJudgedByItsCode(int code, int status, String name) {
        ClientConnection connection = rig.ready();
        Noted call = rig.unary(connection);
        rig.server().send(new FrameBytes().rst(1, code));
        rig.settle();
        assertThat(call.log)
                .containsExactly(
                        "end " + status + " RST_STREAM closed stream. HTTP/2 error code: " + name);
        assertThat(call.isUnprocessed).isEqualTo(code == 7);
    }

    @Test
    void aResetWithACodeThatNobodyKnowsIsInternal() {
        ClientConnection connection = rig.ready();
        Noted call = rig.unary(connection);
        rig.server().send(new FrameBytes().rst(1, 99));
        rig.settle();
        assertThat(call.log)
                .containsExactly(
                        "end 13 RST_STREAM closed stream. Unrecognized HTTP/2 error code: 99");
    }

    @Test
    void aResetAfterTheResponseChangesNothing() {
        ClientConnection connection = rig.ready();
        Noted call = rig.call(connection);
        rig.settle();
        byte[] end = {(byte) 0x88};
        rig.server().head(1).trailers(1, "grpc-status", "0");
        rig.server().send(new FrameBytes().rst(1, 0).ping(end[0], false));
        rig.settle();
        assertThat(call.log).endsWith("end 0 null []");
    }

    @Test
    void aCancelledCallEndsWithTheStatusThatIsGiven() {
        ClientConnection connection = rig.ready();
        Noted call = rig.unary(connection);
        call.call.cancel(CallStatus.of(StatusCode.CANCELLED, "enough"));
        assertThat(call.call.hasEnded()).isTrue();
        assertThat(call.call.isReady()).isFalse();
        call.call.cancel(CallStatus.of(StatusCode.DEADLINE_EXCEEDED, "late"));
        assertThat(call.log).isEmpty();
        rig.server().head(1).message(1, "too late").trailers(1, "grpc-status", "0");
        rig.settle();
        assertThat(call.log).containsExactly("end 1 enough");
        assertThat(rig.server().lines()).endsWith("RST_STREAM 1 8");
    }

    @Test
    void aCallThatCancelsItselfWithinAMessageHearsNoMore() {
        ClientConnection connection = rig.ready();
        Noted call =
                new Noted() {
                    @Override
                    public void onMessage(
                            java.lang.foreign.MemorySegment bytes,
                            long offset,
                            int length,
                            boolean compressed,
                            io.gyrfalcon.primitives.memory.Slab home) {
                        super.onMessage(bytes, offset, length, compressed, home);
                        this.call.cancel(CallStatus.of(StatusCode.CANCELLED, "one is enough"));
                    }
                };
        call.call = connection.call(ClientRig.HEAD, null, 0, call);
        call.send("hi", true);
        rig.settle();
        rig.server().head(1).message(1, "1").message(1, "2").trailers(1, "grpc-status", "0");
        rig.settle();
        assertThat(call.log)
                .containsExactly(
                        "head [content-type=application/grpc]", "message 1", "end 1 one is enough");
    }

    @Test
    void anEndMayBeginAnotherCall() {
        ClientConnection connection = rig.ready();
        Noted second = new Noted();
        Noted first =
                new Noted() {
                    @Override
                    public void onEnd(
                            CallStatus ended, byte[][] trailers, int count, boolean unprocessed) {
                        super.onEnd(ended, trailers, count, unprocessed);
                        second.call = connection.call(ClientRig.HEAD, null, 0, second);
                        second.send("again", true);
                    }
                };
        first.call = connection.call(ClientRig.HEAD, null, 0, first);
        first.send("hi", true);
        rig.settle();
        rig.server().head(1).trailers(1, "grpc-status", "0");
        rig.settle();
        assertThat(rig.server().lines())
                .containsExactly("HEADERS 1", "DATA 1 7 end", "HEADERS 3", "DATA 3 10 end");
        rig.server().head(3).trailers(3, "grpc-status", "0");
        rig.settle();
        assertThat(second.status.isOk()).isTrue();
    }

    @Test
    void windowIsGivenOnlyToCallsThatWantMessages() {
        ClientConnection connection = rig.ready();
        Noted call = rig.unary(connection);
        call.wanted = 10;
        rig.server().lines();
        rig.server().head(1);
        for (int i = 0; i < 39; i++) {
            byte[] data = new byte[16_000];
            data[3] = (byte) ((data.length - 5) >> 8);
            data[4] = (byte) (data.length - 5);
            rig.server().data(1, data, false);
            rig.settle();
        }
        assertThat(rig.server().lines()).noneMatch(l -> l.startsWith("WINDOW_UPDATE 1 "));
        call.wanted = 100;
        call.call.creditWanted();
        rig.settle();
        assertThat(rig.server().lines()).anyMatch(l -> l.startsWith("WINDOW_UPDATE 1 "));
        call.call.creditWanted();
        connection.close(CallStatus.OK);
    }

    @Test
    void aCallIsReadyAsItsQueueIs() {
        ClientConnection connection = rig.ready(4, 10);
        Noted call = rig.call(connection);
        assertThat(call.call.isReady()).isTrue();
        call.call.readyBytes(100);
        call.send(new byte[200], false);
        assertThat(call.call.isReady()).isFalse();
        assertThat(call.call.queuedBytes()).isEqualTo(195);
        rig.settle();
        rig.server().send(new FrameBytes().windowUpdate(1, 1_000));
        rig.settle();
        assertThat(call.log).containsExactly("ready");
        assertThat(call.call.isReady()).isTrue();
        assertThat(call.call.connection()).isSameAs(connection);
        call.send("last", true);
        assertThat(call.call.isReady()).isFalse();
        connection.close(CallStatus.OK);
    }

    @Test
    void fieldsOfACallFollowItsHead() {
        ClientConnection connection = rig.ready();
        Noted call = new Noted();
        byte[][] extra = {"grpc-timeout".getBytes(), "1S".getBytes()};
        call.call = connection.call(ClientRig.HEAD, extra, 2, call);
        rig.settle();
        assertThat(rig.server().text()).contains("1S");
        connection.close(CallStatus.OK);
    }
}
