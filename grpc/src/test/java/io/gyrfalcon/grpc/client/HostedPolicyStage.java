package io.gyrfalcon.grpc.client;

import io.grpc.CallOptions;
import io.grpc.ConnectivityState;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.Metadata;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What tests of hosted policies share: a channel by one, on a clock that the test moves. */
abstract class HostedPolicyStage {
    static final long SECOND = ChannelRig.SECOND;
    static final CallOptions PLAIN = CallOptions.DEFAULT;
    static final Metadata.Key<String> TOKEN =
            Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    final ChannelRig rig = new ChannelRig();
    final ScriptedPolicy policy = new ScriptedPolicy("scripted");

    @BeforeEach
    void choose() {
        rig.policy = policy.name;
    }

    @AfterEach
    void end() {
        rig.close();
        policy.close();
    }

    /** A channel that has been woken, and whose policy has a connected subchannel. */
    final Subchannel connected() {
        rig.exchange().connect();
        rig.settle();
        Subchannel made = policy.subchannel(rig.listener.address());
        rig.greet(100);
        policy.told();
        return made;
    }

    final void publish(ConnectivityState state, PickResult result) {
        policy.publish(state, result);
        rig.settle();
    }
}
