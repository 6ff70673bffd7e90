package io.gyrfalcon.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.gyrfalcon.grpc.client.ChannelRig.Heard;
import io.gyrfalcon.http2.sim.FrameBytes;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Calls that are tried again, against a server that the test plays. */
class RetryTest {
    private static final long SECOND = ChannelRig.SECOND;
    private static final CallOptions PLAIN = CallOptions.DEFAULT;
    private static final String POLICY =
            "{'methodConfig':[{'name':[{}],'retryPolicy':{'maxAttempts':3,"
                    + "'initialBackoff':'1s','maxBackoff':'10s','backoffMultiplier':2,"
                    + "'retryableStatusCodes':['UNAVAILABLE']}}]%s}";

    private final ChannelRig rig = new ChannelRig();

    @AfterEach
    void end() {
        rig.close();
    }

    @Test
    void aRefusedCallIsMadeOnceMoreAndWhole() {
        Heard call = rig.unary();
        rig.server().lines();
        rig.refuse(1);
        assertThat(rig.server().lines()).containsSubsequence("HEADERS 3", "DATA 3 7 end");
        rig.answer(3, "a");
        assertThat(call.lines).containsExactly("headers", "message a", "closed OK");
    }

    @Test
    void aListenerIsToldHowManyAttemptsThereWere() {
        rig.configured(POLICY.formatted(""));
        Heard call = rig.unary();
        rig.fail(1, 14);
        rig.simulation.runFor(2 * SECOND);
        rig.server().head(3, "grpc-previous-rpc-attempts", "9");
        rig.settle();
        Metadata.Key<String> key =
                Metadata.Key.of("grpc-previous-rpc-attempts", Metadata.ASCII_STRING_MARSHALLER);
        assertThat(call.headers.getAll(key)).containsExactly("1");
    }

    @Test
    void credentialsThatFailAreAskedAgain() {
        rig.configured(POLICY.formatted(""));
        List<CallCredentials.MetadataApplier> asked = new ArrayList<>();
        CallCredentials away =
                ChannelRig.credentials(
                        applier -> {
                            asked.add(applier);
                            if (asked.size() < 3) applier.fail(Status.UNAVAILABLE);
                            else applier.apply(new Metadata());
                        });
        Heard call = rig.unary(PLAIN.withCallCredentials(away));
        rig.greet(100);
        rig.simulation.runFor(10 * SECOND);
        assertThat(asked).hasSize(3);
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
    }

    @Test
    void aCallThatIsRefusedTwiceFails() {
        Heard call = rig.unary();
        rig.refuse(1);
        rig.refuse(3);
        assertThat(call.lines).containsExactly("closed UNAVAILABLE");
    }

    @Test
    void aRefusedCallFailsWhereNothingIsTriedAgain() {
        rig.isRetrying = false;
        Heard call = rig.unary();
        rig.refuse(1);
        assertThat(call.lines).containsExactly("closed UNAVAILABLE");
    }

    @Test
    void aStreamGoesOnInAnotherAttempt() {
        Heard call = rig.start(ChannelRig.BIDI, PLAIN, 5);
        call.call.sendMessage("one");
        rig.greet(100);
        call.call.sendMessage("two");
        rig.settle();
        rig.server().lines();
        rig.refuse(1);
        assertThat(rig.server().lines()).containsSubsequence("HEADERS 3", "DATA 3 8", "DATA 3 8");
        call.call.sendMessage("three");
        call.call.halfClose();
        rig.settle();
        assertThat(rig.server().lines()).containsExactly("DATA 3 10", "DATA 3 0 end");
        rig.answer(3, "a");
        assertThat(call.lines).endsWith("headers", "message a", "closed OK");
    }

    @Test
    void aCallThatAGoingServerHasNotSeenGoesElsewhere() {
        Heard call = rig.unary();
        rig.server().send(new FrameBytes().frame(7, 0, 0, new byte[8]));
        rig.settle();
        assertThat(rig.servers).hasSize(2);
        rig.greet(100);
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
    }

    @Test
    void aCallThatHasSentTooMuchIsItsAttempt() {
        rig.callBytesMax = 10;
        Heard small = rig.unary();
        rig.refuse(1);
        rig.answer(3, "a");
        assertThat(small.lines).endsWith("closed OK");
        Heard large = rig.start(ChannelRig.BIDI, PLAIN, 1);
        rig.settle();
        large.call.sendMessage("123456");
        rig.settle();
        rig.refuse(5);
        assertThat(large.lines).endsWith("closed UNAVAILABLE");
    }

    @Test
    void aMessageThatIsNotKeptIsNotSentTwice() {
        Heard call = rig.start(ChannelRig.BIDI, PLAIN, 1);
        rig.greet(100);
        call.call.sendMessage("x".repeat(100_000));
        rig.settle();
        rig.refuse(1);
        assertThat(call.lines).endsWith("closed UNAVAILABLE");
    }

    @Test
    void theChannelKeepsNoMoreThanItMay() {
        rig.channelBytesMax = 10;
        Heard first = rig.unary();
        Heard second = rig.unary();
        rig.refuse(3);
        assertThat(second.lines).containsExactly("closed UNAVAILABLE");
        rig.answer(1, "a");
        assertThat(first.lines).endsWith("closed OK");
        rig.unary();
        rig.refuse(5);
        rig.answer(7, "b");
    }

    @Test
    void failuresAreTriedAgainAsThePolicySays() {
        rig.configured(POLICY.formatted(""));
        Heard call = rig.unary();
        rig.fail(1, 14);
        assertThat(call.lines).isEmpty();
        assertThat(call.call.isReady()).isFalse();
        rig.simulation.runFor(2 * SECOND);
        rig.fail(3, 14);
        rig.simulation.runFor(3 * SECOND);
        rig.fail(5, 14, "grpc-message", "still");
        assertThat(call.lines).containsExactly("closed UNAVAILABLE");
        assertThat(call.status.getDescription()).isEqualTo("still");
    }

    @Test
    void aServerMayAskForPatienceOrForNoMore() {
        rig.configured(POLICY.formatted(""));
        Heard patient = rig.unary();
        rig.fail(1, 14, "grpc-retry-pushback-ms", "5000");
        rig.simulation.runFor(4 * SECOND);
        assertThat(rig.server().lines()).noneMatch(line -> line.startsWith("HEADERS 3"));
        rig.simulation.runFor(2 * SECOND);
        rig.answer(3, "a");
        assertThat(patient.lines).endsWith("closed OK");
        Heard last = rig.unary();
        rig.fail(5, 14, "grpc-retry-pushback-ms", "-1");
        assertThat(last.lines).containsExactly("closed UNAVAILABLE");
    }

    @Test
    void aCallThatRestsCanBeCancelled() {
        rig.configured(POLICY.formatted(""));
        Heard call = rig.unary();
        rig.fail(1, 14);
        call.call.cancel("enough", null);
        rig.simulation.runFor(5 * SECOND);
        assertThat(call.lines).containsExactly("closed CANCELLED");
    }

    @Test
    void aThrottleEndsTryingAgain() {
        rig.configured(POLICY.formatted(",'retryThrottling':{'maxTokens':2,'tokenRatio':0.5}"));
        Heard call = rig.unary();
        rig.fail(1, 14);
        assertThat(call.lines).containsExactly("closed UNAVAILABLE");
    }

    @Test
    void aCallWhoseServerIsNotThereIsTriedAgainToo() {
        rig.configured(POLICY.formatted(""));
        rig.listener.close();
        rig.settle();
        Heard call = rig.unary(PLAIN);
        assertThat(call.lines).isEmpty();
        rig.simulation.runFor(60 * SECOND);
        assertThat(call.lines).containsExactly("closed UNAVAILABLE");
    }

    @Test
    void methodConfigsCount() {
        rig.configured(
                "{'methodConfig':[{'name':[{'service':'s.S'}],'timeout':'3600s',"
                        + "'waitForReady':true,'maxRequestMessageBytes':3,"
                        + "'maxResponseMessageBytes':3}]}");
        Heard large = rig.start(ChannelRig.UNARY, PLAIN.withMaxOutboundMessageSize(9), 2);
        large.call.sendMessage("four");
        rig.settle();
        assertThat(large.status.getCode()).isEqualTo(Status.Code.CANCELLED);
        Heard found = rig.unary();
        rig.server().head(1).message(1, "four");
        rig.settle();
        assertThat(found.status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        Heard late = rig.unary();
        rig.simulation.runFor(3_601 * SECOND);
        assertThat(late.status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    }

    @Test
    void aMethodMayNotWait() {
        rig.configured("{'methodConfig':[{'name':[{}],'waitForReady':false}]}");
        rig.listener.close();
        rig.settle();
        Heard call = rig.unary(PLAIN.withWaitForReady());
        assertThat(call.lines).containsExactly("closed UNAVAILABLE");
    }

    @Test
    void roundRobinIsChosenByNameOrConfig() {
        assertThat(Balancing.of(rig.config, "round_robin").name()).isEqualTo("round_robin");
        rig.configured("{'loadBalancingConfig':[{'other':{}},{'round_robin':{}}]}");
        assertThat(Balancing.of(rig.config, "pick_first").name()).isEqualTo("round_robin");
        Heard call = rig.unary();
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
        rig.configured("{'loadBalancingConfig':[{'pick_first':{'shuffleAddressList':true}}]}");
        assertThat(Balancing.of(rig.config, "round_robin").settings().isShuffled()).isTrue();
        rig.configured("{'loadBalancingConfig':[{'other':{}}]}");
        assertThatThrownBy(() -> Balancing.of(rig.config, "round_robin"))
                .hasMessage("None of [other] specified by Service Config are available.");
    }
}
