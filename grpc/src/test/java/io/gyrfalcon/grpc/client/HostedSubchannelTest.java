package io.gyrfalcon.grpc.client;

import static io.grpc.ConnectivityState.READY;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Attributes;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.Status;
import io.gyrfalcon.grpc.client.ChannelRig.Heard;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** The subchannels of a policy of the class path, on a clock that the test moves. */
class HostedSubchannelTest extends HostedPolicyStage {
    @Test
    void anIdleSubchannelThatIsPickedConnects() {
        rig.exchange().connect();
        rig.settle();
        Subchannel made = policy.subchannel(rig.listener.address());
        rig.greet(100);
        publish(READY, PickResult.withSubchannel(made));
        rig.server().close();
        rig.settle();
        assertThat(policy.told()).endsWith("IDLE " + Status.OK);
        Heard call = rig.unary(PLAIN);
        assertThat(policy.told()).containsExactly("CONNECTING " + Status.OK);
        rig.greet(100);
        publish(READY, PickResult.withSubchannel(made));
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
    }

    @Test
    void aSubchannelThatFailsTriesAgainByItself() {
        rig.listener.close();
        rig.exchange().connect();
        rig.settle();
        policy.told();
        policy.subchannel(rig.listener.address());
        rig.settle();
        assertThat(policy.told())
                .hasSize(2)
                .last()
                .asString()
                .startsWith("TRANSIENT_FAILURE Status{code=UNAVAILABLE, description=io exception");
        rig.simulation.runFor(2 * SECOND);
        assertThat(policy.told()).startsWith("CONNECTING " + Status.OK).hasSizeGreaterThan(1);
        rig.exchange().resetBackoff();
        rig.settle();
        assertThat(policy.told()).startsWith("CONNECTING " + Status.OK);
    }

    @Test
    void oneThatDoesNotReconnectIsIdleAfterAFailure() {
        rig.listener.close();
        rig.exchange().connect();
        rig.settle();
        policy.told();
        Subchannel made =
                policy.subchannel(
                        LoadBalancer.CreateSubchannelArgs.newBuilder()
                                .setAddresses(policy.resolved.getAddresses())
                                .addOption(LoadBalancer.DISABLE_SUBCHANNEL_RECONNECT_KEY, true)
                                .build());
        rig.simulation.runFor(100 * SECOND);
        assertThat(policy.told()).hasSize(2);
        policy.in(made::requestConnection);
        rig.settle();
        assertThat(policy.told()).hasSize(2).first().isEqualTo("CONNECTING " + Status.OK);
    }

    @Test
    void aSubchannelThatIsShutDownEndsWithItsCalls() {
        Subchannel made = connected();
        publish(READY, PickResult.withSubchannel(made));
        Heard call = rig.unary(PLAIN);
        policy.in(made::shutdown);
        policy.in(made::shutdown);
        policy.in(made::requestConnection);
        rig.settle();
        Heard later = rig.unary(PLAIN);
        assertThat(policy.told()).containsExactly("SHUTDOWN " + Status.OK);
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
        assertThat(rig.server().isClosed).isTrue();
        assertThat(later.lines).isEmpty();
    }

    @Test
    void aSubchannelMovesWithItsAddresses() {
        Subchannel made = connected();
        policy.in(() -> made.updateAddresses(policy.resolved.getAddresses()));
        rig.settle();
        assertThat(policy.told()).isEmpty();
        ScriptedPolicy other = policy;
        other.in(
                () ->
                        made.updateAddresses(
                                List.of(
                                        new io.grpc.EquivalentAddressGroup(
                                                new java.net.InetSocketAddress("127.0.0.1", 9)))));
        rig.settle();
        assertThat(policy.told()).containsExactly("IDLE " + Status.OK);
        policy.in(
                () ->
                        assertThat(made.getAllAddresses().getFirst().getAddresses().toString())
                                .contains(":9"));
    }

    @Test
    void aSubchannelSaysWhatItIs() {
        rig.exchange().connect();
        rig.settle();
        Attributes own = Attributes.newBuilder().set(LoadBalancer.IS_PETIOLE_POLICY, true).build();
        Attributes ofAddress =
                Attributes.newBuilder()
                        .set(io.grpc.EquivalentAddressGroup.ATTR_LOCALITY_NAME, "here")
                        .build();
        Subchannel made =
                policy.subchannel(
                        LoadBalancer.CreateSubchannelArgs.newBuilder()
                                .setAddresses(
                                        new io.grpc.EquivalentAddressGroup(
                                                rig.listener.address(), ofAddress))
                                .setAttributes(own)
                                .build());
        assertThat(made.getAttributes()).isEqualTo(own);
        assertThat(made.getConnectedAddressAttributes()).isNull();
        rig.greet(100);
        assertThat(made.getConnectedAddressAttributes()).isEqualTo(ofAddress);
        assertThat(made.getInternalSubchannel()).isSameAs(made);
        assertThat(made.toString()).startsWith("Subchannel<");
        assertThat(made.getChannelLogger()).isNotNull();
        assertThatThrownBy(made::requestConnection).isInstanceOf(IllegalStateException.class);
        policy.in(() -> assertThat(made.getAddresses().getAttributes()).isEqualTo(ofAddress));
    }

    @Test
    void aSubchannelIsStartedOnce() {
        rig.exchange().connect();
        rig.settle();
        List<Throwable> thrown = new ArrayList<>();
        policy.in(
                () -> {
                    Subchannel made =
                            policy.helper.createSubchannel(
                                    LoadBalancer.CreateSubchannelArgs.newBuilder()
                                            .setAddresses(policy.resolved.getAddresses())
                                            .build());
                    try {
                        made.asChannel();
                    } catch (IllegalStateException e) {
                        thrown.add(e);
                    }
                    try {
                        made.requestConnection();
                    } catch (IllegalStateException e) {
                        thrown.add(e);
                    }
                    made.start(state -> {});
                    try {
                        made.start(state -> {});
                    } catch (IllegalStateException e) {
                        thrown.add(e);
                    }
                    made.shutdown();
                    Subchannel other =
                            policy.helper.createSubchannel(
                                    LoadBalancer.CreateSubchannelArgs.newBuilder()
                                            .setAddresses(policy.resolved.getAddresses())
                                            .build());
                    other.shutdown();
                    try {
                        other.start(state -> {});
                    } catch (IllegalStateException e) {
                        thrown.add(e);
                    }
                });
        assertThat(thrown)
                .extracting(Throwable::getMessage)
                .containsExactly(
                        "not started", "not started", "already started", "already shutdown");
    }
}
