package io.gyrfalcon.grpc.client;

import static io.grpc.ConnectivityState.CONNECTING;
import static io.grpc.ConnectivityState.READY;
import static io.grpc.ConnectivityState.TRANSIENT_FAILURE;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.Status;
import io.gyrfalcon.grpc.client.ChannelRig.Heard;
import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.config.Json;
import io.gyrfalcon.traffic.config.ServiceConfig;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

/** From one balancing policy to the next, as a resolver's configs ask for it. */
class BalancersTest {
    private static final CallOptions PLAIN = CallOptions.DEFAULT;

    private final ChannelRig rig = new ChannelRig();
    private final ScriptedPolicy first = new ScriptedPolicy("first");
    private final ScriptedPolicy second = new ScriptedPolicy("second");
    private final ScriptedPolicy third = new ScriptedPolicy("third");

    @AfterEach
    void end() {
        rig.close();
        first.close();
        second.close();
        third.close();
    }

    /** The resolver names a policy, with a config. */
    @SuppressWarnings("unchecked") // A JSON object is a map by texts.
    private void resolve(String policy, String config) {
        TrafficLimits limits = TrafficLimits.standard();
        String json = "{\"loadBalancingConfig\":[{\"" + policy + "\":" + config + "}]}";
        ServiceConfig read =
                ServiceConfig.parse((Map<String, ?>) Json.parse(json, limits), true, limits);
        rig.exchange()
                .onResolved(
                        new Resolved(
                                List.of(new EquivalentAddressGroup(rig.listener.address())),
                                Attributes.EMPTY,
                                new Configuration(read, Balancing.of(read, policy)),
                                null));
        rig.settle();
    }

    private void resolve(String policy) {
        resolve(policy, "{}");
    }

    private void publish(
            ScriptedPolicy policy, io.grpc.ConnectivityState state, PickResult result) {
        policy.publish(state, result);
        rig.settle();
    }

    /** A channel that goes by the first policy, which is ready. */
    private void begin() {
        rig.policy = "first";
        rig.exchange().connect();
        rig.settle();
        Subchannel made = first.subchannel(rig.listener.address());
        rig.greet(100);
        publish(first, READY, PickResult.withSubchannel(made));
        first.told();
    }

    @Test
    void aReadyPolicyGoesOnUntilTheNextOneIsReady() {
        begin();
        resolve("second");
        assertThat(second.told()).containsExactly("made", "resolved 1");
        publish(second, CONNECTING, PickResult.withNoResult());
        Heard call = rig.unary(PLAIN);
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
        assertThat(first.told()).isEmpty();
        Subchannel made = second.subchannel(rig.listener.address());
        rig.greet(100);
        publish(second, READY, PickResult.withSubchannel(made));
        assertThat(first.told()).containsExactly("shut down");
        Heard later = rig.unary(PLAIN);
        rig.answer(1, "b");
        assertThat(later.lines).contains("message b");
        assertThat(rig.states).containsExactly("CONNECTING", "READY");
    }

    @Test
    void aPolicyThatFailsTakesOverAllTheSame() {
        begin();
        resolve("second");
        Status why = Status.UNAVAILABLE.withDescription("second");
        publish(second, TRANSIENT_FAILURE, PickResult.withError(why));
        assertThat(rig.unary(PLAIN).status.getDescription()).isEqualTo("second");
        assertThat(first.told()).contains("shut down");
    }

    @Test
    void aPolicyThatIsNotReadyAnyMoreGivesWayAtOnce() {
        begin();
        resolve("second");
        publish(first, CONNECTING, PickResult.withNoResult());
        assertThat(first.told()).containsExactly("shut down");
        assertThat(rig.states).containsExactly("CONNECTING", "READY", "CONNECTING");
        publish(first, READY, PickResult.withDrop(Status.UNAVAILABLE));
        assertThat(rig.states).endsWith("CONNECTING");
    }

    @Test
    void aPolicyThatWasNeverReadyGivesWayAtOnce() {
        rig.policy = "first";
        rig.exchange().connect();
        rig.settle();
        first.told();
        resolve("second");
        assertThat(first.told()).containsExactly("shut down");
    }

    @Test
    void onlyTheNewestPolicyFollows() {
        begin();
        resolve("second");
        resolve("third");
        assertThat(second.told()).containsExactly("made", "resolved 1", "shut down");
        assertThat(third.told()).containsExactly("made", "resolved 1");
        assertThat(first.told()).isEmpty();
        rig.exchange().connect();
        rig.exchange().onUnresolved(Status.UNAVAILABLE);
        rig.settle();
        assertThat(third.told()).containsExactly("asked", "unresolved UNAVAILABLE");
        rig.exchange().goIdle();
        rig.settle();
        assertThat(first.told()).containsExactly("shut down");
        assertThat(third.told()).containsExactly("shut down");
    }

    @Test
    void anotherConfigOfThePolicyIsThePolicys() {
        begin();
        resolve("first", "{\"a\":1}");
        assertThat(first.told()).containsExactly("resolved 1");
        assertThat(first.resolved.getLoadBalancingPolicyConfig()).isEqualTo(Map.of("a", 1.0));
    }

    @Test
    void oursAndOthersFollowEachOther() {
        rig.exchange().connect();
        rig.greet(100);
        resolve("round_robin");
        rig.greet(100);
        assertThat(rig.servers).hasSize(2);
        assertThat(rig.servers.getFirst().isClosed).isTrue();
        Heard call = rig.unary(PLAIN);
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
        resolve("first");
        Subchannel made = first.subchannel(rig.listener.address());
        rig.greet(100);
        publish(first, READY, PickResult.withSubchannel(made));
        assertThat(rig.servers.get(1).isClosed).isTrue();
        resolve("pick_first");
        rig.greet(100);
        assertThat(rig.servers).hasSize(4);
        assertThat(first.told()).contains("shut down");
        assertThat(rig.states).containsExactly("CONNECTING", "READY");
    }
}
