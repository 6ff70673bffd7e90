package io.gyrfalcon.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import io.gyrfalcon.grpc.client.ChannelRig.Heard;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** gRFC A6: calls whose attempts overlap, against a server that the test plays. */
class HedgingTest {
    private static final long SECOND = ChannelRig.SECOND;
    private static final CallOptions PLAIN = CallOptions.DEFAULT;
    private static final String POLICY =
            "{'methodConfig':[{'name':[{}],'hedgingPolicy':{'maxAttempts':3,"
                    + "'hedgingDelay':'1s','nonFatalStatusCodes':['UNAVAILABLE']}}]%s}";

    private final ChannelRig rig = new ChannelRig();

    @AfterEach
    void end() {
        rig.close();
    }

    /** A unary call that hedges, whose first attempt has reached the server. */
    private Heard hedged() {
        rig.configured(String.format(POLICY, ""));
        return rig.unary();
    }

    @Test
    void anotherAttemptIsMadeWhileOneTakesLong() {
        Heard call = hedged();
        rig.simulation.runFor(SECOND - SECOND / 100);
        assertThat(rig.server().lines()).contains("HEADERS 1").doesNotContain("HEADERS 3");
        rig.simulation.runFor(SECOND / 50);
        assertThat(rig.server().lines()).containsExactly("HEADERS 3", "DATA 3 7 end");
        rig.simulation.runFor(SECOND);
        assertThat(rig.server().lines()).containsExactly("HEADERS 5", "DATA 5 7 end");
        rig.simulation.runFor(10 * SECOND);
        assertThat(rig.server().lines()).isEmpty();
        rig.answer(3, "a");
        assertThat(call.lines).containsExactly("headers", "message a", "closed OK");
        assertThat(rig.server().lines()).contains("RST_STREAM 1 8", "RST_STREAM 5 8");
    }

    @Test
    void headersSettleWhichAttemptTheCallIs() {
        Heard call = hedged();
        rig.simulation.runFor(SECOND + SECOND / 10);
        rig.server().lines();
        rig.server().head(1);
        rig.settle();
        assertThat(rig.server().lines()).containsExactly("RST_STREAM 3 8");
        rig.simulation.runFor(10 * SECOND);
        assertThat(rig.server().lines()).noneMatch(line -> line.startsWith("HEADERS"));
        rig.server().message(1, "a").trailers(1, "grpc-status", "14");
        rig.settle();
        assertThat(call.lines).containsExactly("headers", "message a", "closed UNAVAILABLE");
    }

    @Test
    void aFailureThatIsNotFatalIsFollowedAtOnce() {
        Heard call = hedged();
        rig.fail(1, 14);
        rig.simulation.runFor(SECOND / 1000);
        assertThat(rig.server().lines()).contains("HEADERS 3");
        rig.fail(3, 14);
        rig.simulation.runFor(SECOND / 1000);
        assertThat(call.lines).isEmpty();
        rig.fail(5, 14, "grpc-message", "third");
        assertThat(call.lines).containsExactly("closed UNAVAILABLE");
        assertThat(call.status.getDescription()).isEqualTo("third");
    }

    @Test
    void aFatalFailureEndsAllAttempts() {
        Heard call = hedged();
        rig.simulation.runFor(SECOND + SECOND / 10);
        rig.server().lines();
        rig.fail(1, 3);
        assertThat(call.lines).containsExactly("closed INVALID_ARGUMENT");
        assertThat(rig.server().lines()).containsExactly("RST_STREAM 3 8");
        rig.simulation.runFor(10 * SECOND);
        assertThat(rig.server().lines()).noneMatch(line -> line.startsWith("HEADERS"));
    }

    @Test
    void theCallIsWhatTheLastAttemptBrings() {
        Heard call = hedged();
        rig.simulation.runFor(3 * SECOND);
        rig.fail(1, 14);
        rig.fail(5, 14);
        assertThat(call.lines).isEmpty();
        rig.answer(3, "a");
        assertThat(call.lines).endsWith("closed OK");
    }

    @Test
    void aServerMayAskForADelay() {
        hedged();
        rig.fail(1, 14, "grpc-retry-pushback-ms", "5000");
        rig.server().lines();
        rig.simulation.runFor(5 * SECOND - SECOND / 100);
        assertThat(rig.server().lines()).noneMatch(line -> line.startsWith("HEADERS"));
        rig.simulation.runFor(SECOND / 50);
        assertThat(rig.server().lines()).contains("HEADERS 3");
    }

    @Test
    void aServerMayAskForNoMore() {
        Heard call = hedged();
        rig.simulation.runFor(SECOND + SECOND / 10);
        rig.fail(1, 14, "grpc-retry-pushback-ms", "-1");
        rig.server().lines();
        rig.simulation.runFor(10 * SECOND);
        assertThat(rig.server().lines()).noneMatch(line -> line.startsWith("HEADERS"));
        rig.fail(3, 14);
        assertThat(call.lines).containsExactly("closed UNAVAILABLE");
    }

    @Test
    void theThrottleStopsHedges() {
        rig.configured(String.format(POLICY, ",'retryThrottling':{'maxTokens':2,'tokenRatio':1}"));
        Heard call = rig.unary();
        rig.simulation.runFor(SECOND + SECOND / 10);
        rig.fail(1, 14);
        rig.server().lines();
        rig.simulation.runFor(10 * SECOND);
        assertThat(rig.server().lines()).noneMatch(line -> line.startsWith("HEADERS"));
        rig.answer(3, "a");
        assertThat(call.lines).endsWith("closed OK");
    }

    @Test
    void aRefusedHedgeIsMadeOnceMoreWithoutCounting() {
        Heard call = hedged();
        rig.simulation.runFor(SECOND + SECOND / 10);
        rig.refuse(3);
        assertThat(rig.server().lines()).contains("HEADERS 5");
        rig.simulation.runFor(10 * SECOND);
        assertThat(rig.server().lines()).contains("HEADERS 7").doesNotContain("HEADERS 9");
        rig.answer(5, "a");
        assertThat(call.lines).endsWith("closed OK");
    }

    @Test
    void aChannelThatTriesNothingAgainDoesNotHedge() {
        rig.isRetrying = false;
        hedged();
        rig.server().lines();
        rig.simulation.runFor(10 * SECOND);
        assertThat(rig.server().lines()).noneMatch(line -> line.startsWith("HEADERS"));
    }

    @Test
    void allMessagesGoToEachAttempt() {
        rig.configured(String.format(POLICY, ""));
        Heard call = rig.start(ChannelRig.BIDI, PLAIN, 5);
        rig.greet(100);
        call.call.sendMessage("one");
        rig.settle();
        assertThat(rig.server().lines()).containsSubsequence("HEADERS 1", "DATA 1 8");
        rig.simulation.runFor(SECOND + SECOND / 10);
        assertThat(rig.server().lines()).containsExactly("HEADERS 3", "DATA 3 8");
        call.call.sendMessage("four");
        rig.settle();
        assertThat(rig.server().lines()).containsExactly("DATA 1 9", "DATA 3 9");
        call.call.halfClose();
        rig.settle();
        assertThat(rig.server().lines()).containsExactly("DATA 1 0 end", "DATA 3 0 end");
        rig.simulation.runFor(SECOND);
        assertThat(rig.server().lines()).containsExactly("HEADERS 5", "DATA 5 8", "DATA 5 9 end");
        rig.answer(5, "a");
        assertThat(call.lines).endsWith("headers", "message a", "closed OK");
    }

    @Test
    void aCallThatHasSentTooMuchIsTheAttemptThatSentIt() {
        rig.callBytesMax = 20;
        rig.configured(String.format(POLICY, ""));
        Heard call = rig.start(ChannelRig.BIDI, PLAIN, 5);
        rig.greet(100);
        rig.simulation.runFor(SECOND + SECOND / 10);
        rig.server().lines();
        call.call.sendMessage("x".repeat(30));
        rig.settle();
        assertThat(rig.server().lines()).containsExactly("RST_STREAM 3 8", "DATA 1 35");
        rig.simulation.runFor(10 * SECOND);
        assertThat(rig.server().lines()).noneMatch(line -> line.startsWith("HEADERS"));
        call.call.halfClose();
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
    }

    @Test
    void aHedgeThatWaitsForAConnectionIsGivenUpWithTheRest() {
        rig.configured(String.format(POLICY, ""));
        Heard call = rig.unary(PLAIN.withWaitForReady());
        rig.simulation.runFor(5 * SECOND);
        rig.greet(100);
        assertThat(rig.server().lines()).contains("HEADERS 1", "HEADERS 3", "HEADERS 5");
        rig.answer(5, "a");
        assertThat(call.lines).endsWith("closed OK");
    }

    @Test
    void aCancelledCallTakesItsHedgesAlong() {
        Heard call = hedged();
        rig.simulation.runFor(SECOND + SECOND / 10);
        rig.server().lines();
        call.call.cancel("enough", null);
        rig.settle();
        assertThat(call.lines).containsExactly("closed CANCELLED");
        assertThat(rig.server().lines())
                .containsExactlyInAnyOrder("RST_STREAM 1 8", "RST_STREAM 3 8");
    }

    @Test
    void aHedgeThatCredentialsStillLookAtIsGivenUp() {
        Tracing tracing = new Tracing();
        List<CallCredentials.MetadataApplier> asked = new ArrayList<>();
        CallCredentials slow = ChannelRig.credentials(applier -> asked.add(applier));
        rig.configured(String.format(POLICY, ""));
        Heard call = rig.unary(PLAIN.withCallCredentials(slow).withStreamTracerFactory(tracing));
        rig.greet(100);
        rig.simulation.runFor(SECOND + SECOND / 10);
        assertThat(asked).hasSize(2);
        asked.getFirst().apply(new Metadata());
        rig.settle();
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
        asked.getLast().apply(new Metadata());
        rig.settle();
        assertThat(tracing.log)
                .containsExactly("created 0h", "closed 1h CANCELLED", "closed 0h OK");
    }

    /** Notes what happens to attempts. */
    private static final class Tracing extends ClientStreamTracer.Factory {
        final List<String> log = new ArrayList<>();

        @Override
        public ClientStreamTracer newClientStreamTracer(
                ClientStreamTracer.StreamInfo info, Metadata headers) {
            String name = info.getPreviousAttempts() + (info.isHedging() ? "h" : "");
            return new ClientStreamTracer() {
                @Override
                public void streamCreated(Attributes attributes, Metadata sent) {
                    log.add("created " + name);
                }

                @Override
                public void streamClosed(Status status) {
                    log.add("closed " + name + " " + status.getCode());
                }
            };
        }
    }

    @Test
    void everyAttemptIsFollowedToItsEnd() {
        Tracing tracing = new Tracing();
        rig.configured(String.format(POLICY, ""));
        rig.unary(PLAIN.withStreamTracerFactory(tracing));
        rig.greet(100);
        rig.simulation.runFor(2 * SECOND + SECOND / 10);
        rig.answer(3, "a");
        assertThat(tracing.log)
                .containsExactlyInAnyOrder(
                        "created 0h",
                        "created 1h",
                        "created 2h",
                        "closed 0h CANCELLED",
                        "closed 1h OK",
                        "closed 2h CANCELLED");
    }
}
