package io.gyrfalcon.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Status;
import io.gyrfalcon.grpc.client.ChannelRig.Heard;
import io.gyrfalcon.grpc.server.CallLane;
import io.gyrfalcon.http2.sim.FrameBytes;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;

/** One call of a channel, against a server that the test plays. */
class ChannelCallTest {
    private static final long SECOND = ChannelRig.SECOND;
    private static final CallOptions PLAIN = CallOptions.DEFAULT;

    private final ChannelRig rig = new ChannelRig();

    @AfterEach
    void end() {
        rig.close();
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private static CallOptions in(long nanos) {
        return PLAIN.withDeadlineAfter(nanos, TimeUnit.NANOSECONDS);
    }

    private Heard bidi(int messages) {
        Heard heard = rig.start(ChannelRig.BIDI, PLAIN, messages);
        rig.greet(100);
        rig.server().lines();
        return heard;
    }

    @Test
    void aUnaryCallIsAnswered() {
        Heard call = rig.unary();
        rig.answer(1, "hello");
        assertThat(rig.server().lines()).containsSubsequence("HEADERS 1", "DATA 1 7 end");
        assertThat(call.lines).containsExactly("headers", "message hello", "closed OK");
        assertThat(call.headers.get(key("content-type"))).isEqualTo("application/grpc");
        assertThat(call.call.isReady()).isFalse();
        assertThat(call.call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR))
                .isEqualTo(rig.listener.address());
    }

    @Test
    void headMessageAndEndOfAUnaryCallWaitForEachOther() {
        Heard call = rig.start(ChannelRig.UNARY, PLAIN, 2);
        rig.greet(100);
        call.call.sendMessage("hi");
        rig.settle();
        assertThat(rig.server().lines()).noneMatch(line -> line.startsWith("HEADERS"));
        call.call.halfClose();
        rig.settle();
        assertThat(rig.server().lines()).containsSubsequence("HEADERS 1", "DATA 1 7 end");
        rig.answer(1, "");
        assertThat(call.lines).containsExactly("headers", "message ", "closed OK");
    }

    @Test
    void aStreamingCallIsReadyOnceItIsOpen() {
        Heard call = rig.start(ChannelRig.BIDI, PLAIN, 5);
        assertThat(call.call.isReady()).isFalse();
        assertThat(call.call.getAttributes()).isEqualTo(Attributes.EMPTY);
        call.call.sendMessage("one");
        rig.greet(100);
        assertThat(call.lines).containsExactly("ready");
        assertThat(call.call.isReady()).isTrue();
        call.call.sendMessage("two");
        call.call.halfClose();
        assertThat(call.call.isReady()).isFalse();
        rig.settle();
        assertThat(rig.server().lines())
                .containsSubsequence("HEADERS 1", "DATA 1 8", "DATA 1 8", "DATA 1 0 end");
        rig.answer(1, "x");
        assertThat(call.lines).containsExactly("ready", "headers", "message x", "closed OK");
    }

    @Test
    void aCallIsReadyAgainWhenItsQueueHasShrunk() {
        Heard call = bidi(1);
        call.lines.clear();
        call.call.sendMessage("x".repeat(100_000));
        assertThat(call.call.isReady()).isFalse();
        rig.settle();
        assertThat(call.lines).isEmpty();
        rig.server().send(new FrameBytes().windowUpdate(0, 200_000).windowUpdate(1, 200_000));
        rig.settle();
        assertThat(call.lines).containsExactly("ready");
        assertThat(call.call.isReady()).isTrue();
    }

    @Test
    void theThresholdOfReadinessIsTheCalls() {
        Heard call = rig.start(ChannelRig.BIDI, PLAIN.withOnReadyThreshold(500_000), 1);
        rig.greet(100);
        call.call.sendMessage("x".repeat(300_000));
        assertThat(call.call.isReady()).isTrue();
        call.call.sendMessage("x".repeat(300_000));
        assertThat(call.call.isReady()).isFalse();
    }

    @Test
    void messagesWaitUntilTheyAreAskedForAndSoDoesTheEnd() {
        Heard call = bidi(0);
        call.lines.clear();
        rig.server().head(1).message(1, "a").message(1, "b");
        rig.server().trailers(1, "grpc-status", "0");
        rig.settle();
        assertThat(call.lines).containsExactly("headers");
        call.call.request(1);
        rig.settle();
        assertThat(call.lines).containsExactly("headers", "message a");
        call.call.request(1);
        rig.settle();
        assertThat(call.lines).containsExactly("headers", "message a", "message b", "closed OK");
    }

    @Test
    void windowIsGivenForMessagesThatAreAskedFor() {
        Heard call = bidi(0);
        String text = "x".repeat(16_000);
        rig.server().head(1).message(1, text).message(1, text);
        rig.settle();
        assertThat(call.lines).containsExactly("ready", "headers");
        assertThat(rig.server().lines()).noneMatch(line -> line.startsWith("WINDOW_UPDATE 1"));
        call.call.request(3);
        rig.settle();
        assertThat(call.lines).hasSize(4);
        for (int i = 0; i < 100; i++) {
            rig.server().message(1, text);
            rig.settle();
            call.call.request(1);
            rig.settle();
        }
        assertThat(rig.server().lines()).anyMatch(line -> line.startsWith("WINDOW_UPDATE 1"));
        assertThat(call.lines).hasSize(104);
    }

    @Test
    void aCancelDropsMessagesThatNobodyAskedFor() {
        Heard call = bidi(0);
        rig.server().head(1).message(1, "a");
        rig.settle();
        call.call.cancel("enough", null);
        rig.settle();
        assertThat(call.lines).containsExactly("ready", "headers", "closed CANCELLED");
        assertThat(call.status.getDescription()).isEqualTo("enough");
        assertThat(rig.server().lines()).contains("RST_STREAM 1 8");
        call.call.cancel("again", null);
        rig.settle();
        assertThat(call.lines).hasSize(3);
    }

    @Test
    void aCancelAfterTheServersEndReplacesIt() {
        Heard call = bidi(0);
        rig.server().head(1).message(1, "a").trailers(1, "grpc-status", "0");
        rig.settle();
        call.call.cancel("too late", new IllegalStateException("why"));
        rig.settle();
        assertThat(call.lines).containsExactly("ready", "headers", "closed CANCELLED");
        assertThat(call.status.getCause()).hasMessage("why");
    }

    @Test
    void aCancelWithoutAReasonNamesOne() {
        Heard call = rig.start(ChannelRig.BIDI, PLAIN, 1);
        call.call.cancel(null, null);
        rig.settle();
        assertThat(call.status.getDescription()).isEqualTo("Call cancelled without message");
        assertThat(call.status.getCause()).isInstanceOf(CancellationException.class);
    }

    @Test
    void statusMessageAndTrailersReachTheListener() {
        Heard call = rig.unary();
        rig.server().head(1);
        rig.server().trailers(1, "grpc-status", "9", "grpc-message", "no%21", "k-bin", "AQI");
        rig.settle();
        assertThat(call.status.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(call.status.getDescription()).isEqualTo("no!");
        Metadata.Key<byte[]> binary = Metadata.Key.of("k-bin", Metadata.BINARY_BYTE_MARSHALLER);
        assertThat(call.trailers.get(binary)).containsExactly(1, 2);
    }

    @Test
    void binaryFieldsThatAreNoBase64EndTheCall() {
        Heard call = rig.unary();
        rig.server().head(1, "k-bin", "*");
        rig.settle();
        assertThat(call.status.getCode()).isEqualTo(Status.Code.INTERNAL);
        Heard other = rig.unary();
        rig.server().head(3).trailers(3, "grpc-status", "3", "k-bin", "*");
        rig.settle();
        assertThat(other.status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(other.trailers.keys()).isEmpty();
    }

    @Test
    void aDeadlineThatPassesEndsTheCall() {
        Heard call = rig.unary(in(3_600 * SECOND));
        rig.greet(100);
        rig.simulation.runFor(3_601 * SECOND);
        assertThat(call.status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(rig.server().lines()).contains("RST_STREAM 1 8");
    }

    @Test
    void aCallThatStartsTooLateIsNotMade() {
        Heard call = rig.unary(in(-SECOND));
        assertThat(call.lines).containsExactly("closed DEADLINE_EXCEEDED");
        assertThat(call.status.getDescription())
                .startsWith("ClientCall started after CallOptions deadline was exceeded -");
        assertThat(rig.servers).isEmpty();
        call.call.cancel("no matter", null);
        assertThat(call.call.isReady()).isFalse();
    }

    @Test
    void theEndOfTheContextIsTheCalls() throws Exception {
        Context.CancellableContext context = Context.current().withCancellation();
        Heard call = context.call(() -> rig.unary(PLAIN));
        rig.greet(100);
        context.cancel(new IllegalStateException("gone"));
        rig.settle();
        assertThat(call.status.getCode()).isEqualTo(Status.Code.CANCELLED);
        assertThat(call.status.getDescription()).isEqualTo("Context cancelled");
        Heard late = context.call(() -> rig.unary(PLAIN));
        assertThat(late.lines).containsExactly("closed CANCELLED");
    }

    @Test
    void aContextThatEndsForAStatusOrForNothingSaysSo() throws Exception {
        assertThat(cancelledWith(Status.ABORTED.asRuntimeException()))
                .isEqualTo(Status.Code.ABORTED);
        assertThat(cancelledWith(null)).isEqualTo(Status.Code.CANCELLED);
        assertThat(cancelledWith(new java.util.concurrent.TimeoutException("t")))
                .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    }

    private Status.Code cancelledWith(Throwable cause) throws Exception {
        Context.CancellableContext context = Context.current().withCancellation();
        context.cancel(cause);
        return context.call(() -> rig.unary(PLAIN)).status.getCode();
    }

    @Test
    void aListenerThatThrowsEndsTheCall() {
        int id = 1;
        for (String at : List.of("headers", "message", "ready")) {
            Heard heard = new Heard();
            heard.failAt = at;
            rig.start(heard, ChannelRig.BIDI, PLAIN, new Metadata(), 5);
            if (rig.servers.isEmpty()) rig.greet(100);
            rig.settle();
            rig.server().head(id).message(id, "a").message(id, "b");
            rig.settle();
            assertThat(heard.lines).endsWith("closed CANCELLED").doesNotContain("message b");
            assertThat(heard.status.getCause()).hasMessageStartingWith("listener fails at " + at);
            id += 2;
        }
    }

    @Test
    void aListenerThatThrowsAtTheEndIsLoggedOnly() {
        Heard heard = new Heard();
        heard.failAt = "closed";
        rig.start(heard, ChannelRig.BIDI, PLAIN, new Metadata(), 5);
        rig.greet(100);
        rig.answer(1, "a");
        assertThat(heard.lines).endsWith("message a", "closed OK");
    }

    @Test
    void messagesThatCannotBeSentOrReadEndTheCall() {
        Heard unsent = bidi(1);
        unsent.call.sendMessage("bad");
        rig.settle();
        assertThat(unsent.status.getDescription()).isEqualTo("Failed to stream message");
        Heard unread = rig.unary();
        rig.server().head(3).message(3, "bad");
        rig.settle();
        assertThat(unread.status.getDescription()).isEqualTo("Failed to read message.");
        Heard worse = rig.start(ChannelRig.BIDI, PLAIN, 1);
        assertThatThrownBy(() -> worse.call.sendMessage("worse"))
                .isInstanceOf(AssertionError.class);
        rig.settle();
        assertThat(worse.status.getDescription())
                .isEqualTo("Client sendMessage() failed with Error");
    }

    @Test
    void sizesAreTheCalls() {
        Heard large = rig.start(ChannelRig.UNARY, PLAIN.withMaxOutboundMessageSize(3), 2);
        large.call.sendMessage("four");
        rig.settle();
        assertThat(large.status.getCode()).isEqualTo(Status.Code.CANCELLED);
        assertThat(Status.fromThrowable(large.status.getCause()).getDescription())
                .isEqualTo("message too large 4 > 3");
        Heard exact = rig.unary(PLAIN.withMaxInboundMessageSize(3).withMaxOutboundMessageSize(2));
        rig.greet(100);
        rig.answer(1, "abc");
        assertThat(exact.lines).containsExactly("headers", "message abc", "closed OK");
        Heard found = rig.unary(PLAIN.withMaxInboundMessageSize(3));
        rig.server().head(3).message(3, "abcd");
        rig.settle();
        assertThat(found.status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(found.status.getDescription())
                .isEqualTo("gRPC message exceeds maximum size 3: 4");
    }

    @Test
    void messagesAreCompressedAsTheOptionsSay() {
        Heard call = rig.start(ChannelRig.BIDI, PLAIN.withCompression("gzip"), 1);
        rig.greet(100);
        call.call.sendMessage("x".repeat(1_000));
        rig.settle();
        call.call.setMessageCompression(false);
        call.call.sendMessage("x".repeat(1_000));
        rig.settle();
        List<Integer> sizes = new ArrayList<>();
        for (String line : rig.server().lines()) {
            if (line.startsWith("DATA")) sizes.add(Integer.parseInt(line.split(" ")[2]));
        }
        assertThat(sizes).hasSize(2);
        assertThat(sizes.get(0)).isLessThan(100);
        assertThat(sizes.get(1)).isEqualTo(1_005);
        Heard unknown = rig.start(ChannelRig.UNARY, PLAIN.withCompression("br"), 1);
        assertThat(unknown.status.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(unknown.status.getDescription())
                .isEqualTo("Unable to find compressor by name br");
    }

    @Test
    void whatCannotBeInflatedEndsTheCall() {
        Heard unnamed = rig.unary();
        rig.server().head(1).data(1, new byte[] {1, 0, 0, 0, 0}, false);
        rig.settle();
        assertThat(unnamed.status.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(unnamed.status.getDescription())
                .isEqualTo("Can't decode compressed gRPC message as compression not configured");
        Heard unknown = rig.unary();
        String type = "application/grpc";
        rig.server()
                .headers(3, false, ":status", "200", "content-type", type, "grpc-encoding", "br");
        rig.settle();
        assertThat(unknown.status.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(unknown.status.getDescription()).isEqualTo("Can't find decompressor for br");
        Heard identity = rig.unary();
        rig.server()
                .headers(
                        5,
                        false,
                        ":status",
                        "200",
                        "content-type",
                        type,
                        "grpc-encoding",
                        "identity");
        rig.server().message(5, "a").trailers(5, "grpc-status", "0");
        rig.settle();
        assertThat(identity.lines).containsExactly("headers", "message a", "closed OK");
        Heard wrong = rig.unary();
        rig.server()
                .headers(7, false, ":status", "200", "content-type", type, "grpc-encoding", "gzip")
                .data(7, new byte[] {1, 0, 0, 0, 1, 9}, false);
        rig.settle();
        assertThat(wrong.status.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(wrong.status.getDescription()).isEqualTo("Can't decompress gRPC message");
        assertThat(wrong.status.getCause()).isInstanceOf(java.io.IOException.class);
    }

    @Test
    void trailersThatAreNotBase64EndTheCallAsTheyWouldAndOkAsAFault() {
        Heard fine = rig.unary();
        rig.server().head(1).trailers(1, "grpc-status", "0", "a-bin", "***");
        rig.settle();
        assertThat(fine.status.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(fine.status.getDescription()).isEqualTo("A binary metadata value is not base64");
        Heard failed = rig.unary();
        rig.server().head(3).trailers(3, "grpc-status", "5", "grpc-message", "no", "a-bin", "***");
        rig.settle();
        assertThat(failed.status.getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(failed.status.getDescription())
                .isEqualTo("no\nA binary metadata value is not base64");
    }

    @Test
    void misuseIsRefused() {
        rig.lane = CallLane.RUNNER;
        Heard call = new Heard();
        call.call = rig.calls().newCall(ChannelRig.UNARY, PLAIN);
        assertThatThrownBy(() -> call.call.request(1)).hasMessage("Not started");
        assertThatThrownBy(() -> call.call.halfClose()).hasMessage("Not started");
        assertThatThrownBy(() -> call.call.start(null, new Metadata()))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> call.call.start(call, null))
                .isInstanceOf(NullPointerException.class);
        call.call.start(call, new Metadata());
        assertThatThrownBy(() -> call.call.start(call, new Metadata()))
                .hasMessage("Already started");
        assertThatThrownBy(() -> call.call.request(-1))
                .isInstanceOf(IllegalArgumentException.class);
        call.call.halfClose();
        assertThatThrownBy(() -> call.call.halfClose()).hasMessage("call already half-closed");
        assertThatThrownBy(() -> call.call.sendMessage("x")).hasMessage("call was half-closed");
        call.call.cancel("done", null);
        assertThatThrownBy(() -> call.call.halfClose()).hasMessage("call was cancelled");
        assertThat(call.call).hasToString("ChannelCall{method=s.S/UNARY}");
        Heard never = new Heard();
        never.call = rig.calls().newCall(ChannelRig.UNARY, PLAIN);
        never.call.cancel("before it began", null);
        assertThatThrownBy(() -> never.call.start(never, new Metadata()))
                .hasMessage("call was cancelled");
    }

    @Test
    void fieldsThatAreTheTransportsOwnDoNotComeFromUsers() {
        Metadata headers = new Metadata();
        headers.put(key("user-agent"), "me");
        headers.put(key("grpc-encoding"), "br");
        headers.put(key("grpc-timeout"), "1n");
        headers.put(key("mine"), "1");
        assertThat(RequestFields.of(headers, true).length).isEqualTo(2);
    }
}
