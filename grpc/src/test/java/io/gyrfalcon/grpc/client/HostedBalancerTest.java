package io.gyrfalcon.grpc.client;

import static io.grpc.ConnectivityState.CONNECTING;
import static io.grpc.ConnectivityState.IDLE;
import static io.grpc.ConnectivityState.READY;
import static io.grpc.ConnectivityState.SHUTDOWN;
import static io.grpc.ConnectivityState.TRANSIENT_FAILURE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancer.PickResult;
import io.grpc.LoadBalancer.Subchannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.gyrfalcon.grpc.client.ChannelRig.Heard;

import org.assertj.core.api.Condition;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A channel that goes by a policy of the class path, on a clock that the test moves. */
class HostedBalancerTest extends HostedPolicyStage {
    @Test
    void aPolicyOfTheClassPathSaysWhereCallsGo() {
        Heard call = rig.unary(PLAIN);
        assertThat(policy.told()).containsExactly("made", "resolved 1");
        assertThat(policy.resolved.getAddresses().getFirst().getAddresses())
                .containsExactly(rig.listener.address());
        Subchannel made = policy.subchannel(rig.listener.address());
        rig.greet(100);
        assertThat(policy.told()).containsExactly("CONNECTING " + Status.OK, "READY " + Status.OK);
        assertThat(rig.states).containsExactly("CONNECTING");
        publish(READY, PickResult.withSubchannel(made));
        assertThat(rig.states).containsExactly("CONNECTING", "READY");
        rig.answer(1, "a");
        assertThat(call.lines).containsExactly("headers", "message a", "closed OK");
        rig.exchange().shutdown();
        rig.settle();
        assertThat(policy.told()).startsWith("shut down");
    }

    @Test
    void itsConfigIsWhatItsProviderHasMade() {
        rig.configured(
                "{'loadBalancingConfig':[{'unknown':{}},{'scripted':{'a':'b'}}],"
                        + "'healthCheckConfig':{'serviceName':'s'}}");
        rig.exchange().connect();
        rig.settle();
        assertThat(policy.resolved.getLoadBalancingPolicyConfig()).isEqualTo(Map.of("a", "b"));
        assertThat(
                        policy.resolved
                                .getAttributes()
                                .get(LoadBalancer.ATTR_HEALTH_CHECKING_CONFIG)
                                .get("serviceName"))
                .isEqualTo("s");
        assertThat(policy.told()).containsExactly("made", "resolved 1", "asked");
    }

    @Test
    void aConfigThatItDoesNotTakeIsRefused() {
        rig.configured("{'loadBalancingConfig':[{'scripted':{'bad':1}},{'pick_first':{}}]}");
        assertThatThrownBy(rig::exchange)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("scripted: bad is bad");
        assertThatThrownBy(
                        () ->
                                new ChannelRig()
                                        .configured("{'loadBalancingConfig':[{'a':{}},{'b':{}}]}")
                                        .exchange())
                .hasMessage("None of [a, b] specified by Service Config are available.");
    }

    @Test
    void aPolicyThatIsNotThereFailsCalls() {
        rig.policy = "nowhere";
        Heard patient = rig.unary(PLAIN.withWaitForReady());
        assertThat(patient.status.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(patient.status.getDescription()).startsWith("Could not find policy 'nowhere'.");
        assertThat(rig.states).containsExactly("CONNECTING", "TRANSIENT_FAILURE");
    }

    @Test
    void aPolicyThatIsNotThereFailsCallsWhoeverAnswers() {
        rig.policy = "nowhere";
        rig.addresses = List.of();
        rig.exchange(Target.of("dns:///somewhere:1", 443)).connect();
        Heard call = rig.unary(PLAIN);
        rig.lookUp();
        assertThat(call.status.getDescription()).startsWith("Could not find policy 'nowhere'.");
    }

    @Test
    void grpcJavasOwnStandForNothing() {
        for (String name : List.of("pick_first", "round_robin")) {
            rig.policy = name;
            assertThat(Balancing.of(rig.config, name).provider()).isNull();
        }
        assertThat(Balancing.of(rig.config, "outlier_detection_experimental").provider())
                .isNotNull();
        try (ScriptedPolicy own = new ScriptedPolicy("round_robin")) {
            assertThat(Balancing.of(rig.config, "round_robin").provider()).isSameAs(own);
        }
    }

    @Test
    void anErrorFailsCallsThatDoNotWaitForReady() {
        Heard call = rig.unary(PLAIN);
        Heard patient = rig.unary(PLAIN.withWaitForReady());
        publish(
                TRANSIENT_FAILURE,
                PickResult.withError(Status.UNAVAILABLE.withDescription("no luck")));
        assertThat(call.status.getDescription()).isEqualTo("no luck");
        assertThat(patient.lines).isEmpty();
        publish(CONNECTING, PickResult.withNoResult());
        assertThat(patient.lines).isEmpty();
        publish(TRANSIENT_FAILURE, PickResult.withDrop(Status.UNAVAILABLE.withDescription("out")));
        assertThat(patient.status.getDescription()).isEqualTo("out");
        assertThat(rig.states)
                .containsExactly(
                        "CONNECTING", "TRANSIENT_FAILURE", "CONNECTING", "TRANSIENT_FAILURE");
    }

    @Test
    void gRfcA54_aPolicyHasNoSayInCodesOfApplications() {
        Heard call = rig.unary(PLAIN);
        publish(READY, PickResult.withError(Status.NOT_FOUND.withDescription("route")));
        assertThat(call.status.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(call.status.getDescription())
                .isEqualTo("Inappropriate status code from control plane: NOT_FOUND route");
    }

    @Test
    void aPickerMayAddToTheHeadersOfAnAttempt() {
        Subchannel made = connected();
        policy.publish(
                READY,
                new LoadBalancer.SubchannelPicker() {
                    @Override
                    public PickResult pickSubchannel(LoadBalancer.PickSubchannelArgs args) {
                        assertThat(args.getMethodDescriptor()).isSameAs(ChannelRig.UNARY);
                        assertThat(args.getCallOptions()).isSameAs(PLAIN);
                        assertThat(args.getHeaders().get(TOKEN)).isNull();
                        args.getHeaders().put(TOKEN, "~token~");
                        return PickResult.withSubchannel(made);
                    }
                });
        rig.settle();
        rig.server().text();
        Heard call = rig.unary(PLAIN);
        assertThat(rig.server().text()).contains("~token~");
        rig.refuse(1);
        rig.answer(3, "a");
        assertThat(call.lines).endsWith("closed OK");
    }

    @Test
    void aPickerMayNameTheAuthority() {
        Subchannel made = connected();
        publish(READY, PickResult.withSubchannel(made, null, "~other~"));
        rig.server().text();
        rig.unary(PLAIN);
        assertThat(rig.server().text()).contains("~other~");
        rig.unary(PLAIN.withAuthority("~own~"));
        assertThat(rig.server().text()).contains("~own~").doesNotContain("~other~");
    }

    @Test
    void anAddressMayNameTheAuthority() {
        rig.exchange().connect();
        rig.settle();
        Attributes named =
                Attributes.newBuilder()
                        .set(io.grpc.EquivalentAddressGroup.ATTR_AUTHORITY_OVERRIDE, "~other~")
                        .build();
        Subchannel made =
                policy.subchannel(
                        LoadBalancer.CreateSubchannelArgs.newBuilder()
                                .setAddresses(
                                        new io.grpc.EquivalentAddressGroup(
                                                rig.listener.address(), named))
                                .build());
        rig.greet(100);
        publish(READY, PickResult.withSubchannel(made));
        rig.server().text();
        rig.unary(PLAIN);
        assertThat(rig.server().text()).contains("~other~");
    }

    /** Notes what it is told. */
    private static final class Tracer extends ClientStreamTracer {
        final List<String> log;
        final String name;

        Tracer(List<String> log, String name) {
            this.log = log;
            this.name = name;
        }

        @Override
        public void streamCreated(Attributes attributes, Metadata headers) {
            log.add(name + " created");
        }

        @Override
        public void inboundHeaders(Metadata headers) {
            log.add(name + " headers");
        }

        @Override
        public void inboundTrailers(Metadata trailers) {
            log.add(name + " trailers " + trailers.get(TOKEN));
        }

        @Override
        public void addOptionalLabel(String key, String value) {
            log.add(name + " label " + key + "=" + value);
        }

        @Override
        public void streamClosed(Status status) {
            log.add(name + " closed " + status.getCode());
        }
    }

    private static ClientStreamTracer.Factory tracing(List<String> log, String name) {
        return new ClientStreamTracer.Factory() {
            @Override
            public ClientStreamTracer newClientStreamTracer(
                    ClientStreamTracer.StreamInfo info, Metadata headers) {
                return new Tracer(log, name);
            }
        };
    }

    @Test
    void aPolicyFollowsTheAttemptsThatItPlaces() {
        Subchannel made = connected();
        List<String> log = new ArrayList<>();
        publish(READY, PickResult.withSubchannel(made, tracing(log, "policy")));
        Heard call = rig.unary(PLAIN);
        assertThat(log).containsExactly("policy created");
        rig.refuse(1);
        assertThat(log)
                .containsSubsequence("policy created", "policy closed UNAVAILABLE")
                .haveExactly(2, new Condition<>("policy created"::equals, "created"));
        log.clear();
        rig.server().head(3).message(3, "a").trailers(3, "grpc-status", "0", "token", "t");
        rig.settle();
        assertThat(call.lines).endsWith("closed OK");
        assertThat(log).containsExactly("policy headers", "policy trailers t", "policy closed OK");
    }

    @Test
    void itsTracerStandsBesideTheUsers() {
        Subchannel made = connected();
        List<String> log = new ArrayList<>();
        policy.publish(
                READY,
                new LoadBalancer.SubchannelPicker() {
                    @Override
                    public PickResult pickSubchannel(LoadBalancer.PickSubchannelArgs args) {
                        args.getPickDetailsConsumer().addOptionalLabel("k", "v");
                        args.getHeaders().put(TOKEN, "~token~");
                        return PickResult.withSubchannel(made, tracing(log, "policy"));
                    }
                });
        rig.settle();
        rig.server().text();
        Heard call = rig.unary(PLAIN.withStreamTracerFactory(tracing(log, "user")));
        assertThat(rig.server().text()).contains("~token~");
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
        assertThat(log)
                .containsSubsequence("user label k=v", "user created", "policy created")
                .endsWith("user closed OK", "policy closed OK");
    }

    @Test
    void aCallWhoseConnectionGoesWhileItIsPreparedIsPlacedAnew() {
        Subchannel made = connected();
        publish(READY, PickResult.withSubchannel(made));
        List<io.grpc.CallCredentials.MetadataApplier> asked = new ArrayList<>();
        rig.credentials = null;
        Heard call =
                rig.unary(
                        PLAIN.withCallCredentials(
                                new io.grpc.CallCredentials() {
                                    @Override
                                    public void applyRequestMetadata(
                                            RequestInfo info,
                                            java.util.concurrent.Executor executor,
                                            MetadataApplier applier) {
                                        asked.add(applier);
                                    }
                                }));
        rig.server().close();
        rig.settle();
        asked.getFirst().apply(new Metadata());
        rig.settle();
        assertThat(call.lines).isEmpty();
        rig.greet(100);
        publish(READY, PickResult.withSubchannel(made));
        assertThat(asked).hasSize(2);
        asked.getLast().apply(new Metadata());
        rig.settle();
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
    }

    @Test
    void aPolicyCallsAServerItself() {
        Subchannel made = connected();
        rig.idleNanos = 10 * SECOND;
        List<Heard> heard = new ArrayList<>();
        policy.in(() -> heard.add(own(made, PLAIN)));
        policy.in(() -> heard.add(own(made, PLAIN.withWaitForReady())));
        rig.settle();
        assertThat(heard.getLast().status.getDescription())
                .isEqualTo("wait-for-ready RPC is not supported on Subchannel.asChannel()");
        rig.answer(1, "a");
        assertThat(heard.getFirst().lines).containsExactly("headers", "message a", "closed OK");
        policy.in(made::shutdown);
        rig.settle();
        policy.in(() -> heard.add(own(made, PLAIN)));
        rig.settle();
        assertThat(heard.getLast().status.getDescription()).isEqualTo("Subchannel is NOT READY");
        assertThat(made.asChannel().authority()).isEqualTo(rig.exchange().options().authority());
    }

    private static Heard own(Subchannel subchannel, CallOptions options) {
        Heard heard = new Heard();
        heard.call = subchannel.asChannel().newCall(ChannelRig.UNARY, options);
        heard.call.start(heard, new Metadata());
        heard.call.request(2);
        heard.call.sendMessage("hi");
        heard.call.halfClose();
        return heard;
    }

    @Test
    void callsOfAPolicyKeepNoChannelAwake() {
        rig.idleNanos = 10 * SECOND;
        Subchannel made = connected();
        policy.in(() -> own(made, PLAIN));
        rig.simulation.runFor(11 * SECOND);
        assertThat(rig.states).endsWith("IDLE");
        assertThat(policy.told()).contains("shut down");
        policy.publish(READY, PickResult.withSubchannel(made));
        policy.in(() -> policy.helper.refreshNameResolution());
        rig.settle();
        assertThat(rig.states).endsWith("IDLE");
    }

    @Test
    void whatAPolicyForgetsEndsWithItsChannel() {
        connected();
        rig.exchange().shutdown();
        policy.subchannel(rig.listener.address());
        rig.settle();
        assertThat(policy.told()).contains("shut down", "SHUTDOWN " + Status.OK);
        assertThat(rig.isTerminated).isTrue();
        assertThat(rig.servers).allMatch(server -> server.isClosed);
    }

    @Test
    void whatAPolicyDoesNotAcceptIsLookedUpAgain() {
        policy.answer = Status.UNAVAILABLE;
        int port = ((java.net.InetSocketAddress) rig.listener.address()).getPort();
        rig.exchange(Target.of("dns:///somewhere:" + port, 443)).connect();
        rig.lookUp();
        assertThat(policy.told()).contains("resolved 1");
        for (int i = 0; i < 100; i++) {
            rig.simulation.runFor(SECOND);
            rig.lookUp();
        }
        List<String> told = policy.told();
        assertThat(told).contains("resolved 1").hasSizeBetween(1, 5);
        policy.answer = Status.OK;
        for (int i = 0; i < 300; i++) {
            rig.simulation.runFor(SECOND);
            rig.lookUp();
        }
        policy.told();
        policy.in(() -> policy.helper.refreshNameResolution());
        rig.settle();
        rig.lookUp();
        assertThat(policy.told()).containsExactly("resolved 1");
    }

    @Test
    void aPolicyHearsOfResolversThatFail() {
        rig.addresses = List.of();
        rig.exchange(Target.of("dns:///somewhere:1", 443)).connect();
        rig.lookUp();
        assertThat(policy.told()).contains("unresolved UNAVAILABLE");
    }

    @Test
    void aPolicyThatThrowsEndsItsChannelsCalls() {
        policy.failure = new IllegalStateException("oops");
        Heard call = rig.unary(PLAIN.withWaitForReady());
        assertThat(call.status.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(call.status.getDescription()).isEqualTo("Panic! This is a bug!");
        assertThat(call.status.getCause()).hasMessage("oops");
        assertThat(rig.states).containsExactly("CONNECTING", "TRANSIENT_FAILURE");
    }

    @Test
    void aPickerThatThrowsEndsItsChannelsCalls() {
        Heard call = rig.unary(PLAIN);
        policy.publish(
                READY,
                new LoadBalancer.SubchannelPicker() {
                    @Override
                    public PickResult pickSubchannel(LoadBalancer.PickSubchannelArgs args) {
                        throw new IllegalStateException("oops");
                    }
                });
        rig.settle();
        assertThat(call.status.getCause()).hasMessage("oops");
    }

    @Test
    void aPolicyShutsNoChannelDown() {
        Subchannel made = connected();
        publish(READY, PickResult.withSubchannel(made));
        publish(SHUTDOWN, PickResult.withSubchannel(made));
        assertThat(rig.states).containsExactly("CONNECTING", "READY");
        publish(IDLE, PickResult.withNoResult());
        assertThat(rig.states).endsWith("IDLE");
    }

    @Test
    @SuppressWarnings("deprecation")
    void aPolicyKnowsItsChannel() {
        rig.exchange().connect();
        rig.settle();
        LoadBalancer.Helper helper = policy.helper;
        assertThat(helper.getAuthority()).isEqualTo(rig.exchange().options().authority());
        assertThat(helper.getChannelTarget()).isEqualTo(rig.exchange().options().target().text());
        assertThat(helper.getNameResolverArgs().getSynchronizationContext())
                .isSameAs(helper.getSynchronizationContext());
        assertThat(helper.getScheduledExecutorService().isShutdown()).isFalse();
        assertThat(helper.getChannelLogger()).isNotNull();
        assertThat(helper.getMetricRecorder()).isNotNull();
        assertThat(helper.getNameResolverRegistry()).isNotNull();
        helper.ignoreRefreshNameResolutionCheck();
        assertThatThrownBy(helper::refreshNameResolution).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(
                        () ->
                                helper.updateOobChannelAddresses(
                                        null, policy.resolved.getAddresses()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void timersOfAPolicyAreTheLoops() {
        rig.exchange().connect();
        rig.settle();
        policy.told();
        policy.in(
                () ->
                        policy.helper
                                .getSynchronizationContext()
                                .schedule(
                                        () -> policy.log.add("later"),
                                        5,
                                        java.util.concurrent.TimeUnit.SECONDS,
                                        policy.helper.getScheduledExecutorService()));
        rig.simulation.runFor(4 * SECOND);
        assertThat(policy.told()).isEmpty();
        rig.simulation.runFor(2 * SECOND);
        assertThat(policy.told()).containsExactly("later");
    }
}
