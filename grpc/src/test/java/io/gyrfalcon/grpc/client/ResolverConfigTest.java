package io.gyrfalcon.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.InternalConfigSelector;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.Status;
import io.gyrfalcon.grpc.client.ChannelRig.Heard;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Service configs that come with a resolver's answer. */
class ResolverConfigTest {
    private static final CallOptions PLAIN = CallOptions.DEFAULT;
    private static final String PATIENT =
            "{'methodConfig': [{'name': [{'service': 's.S'}], 'waitForReady': true}]}";
    private static final Map<String, ?> BAD = Map.of("methodConfig", "no list");

    private final ChannelRig rig = new ChannelRig();
    private final FakeResolvers resolvers = new FakeResolvers("fake");

    @AfterEach
    void end() {
        rig.close();
    }

    private void begin() {
        rig.registry.register(resolvers);
        rig.exchange(new TargetParser(rig.registry, null, 443).parse("a:1"));
    }

    private void beginWithout() {
        rig.isConfigured = false;
        begin();
    }

    private static Map<String, ?> limit(int bytes) {
        return Map.of(
                "methodConfig",
                List.of(
                        Map.of(
                                "name",
                                List.of(Map.of("service", "s.S")),
                                "maxRequestMessageBytes",
                                (double) bytes)));
    }

    private SocketAddress server() {
        return rig.listener.address();
    }

    /** Whether a call may send two bytes by now. */
    private boolean sendsTwoBytes() {
        Heard call = rig.unary(PLAIN);
        call.call.cancel("seen", null);
        rig.settle();
        return call.status.getDescription().equals("seen");
    }

    @Test
    void aTargetWithoutASchemeIsOfTheDefaultOne() {
        beginWithout();
        assertThat(resolvers.last().uri).isEqualTo("fake:///a:1");
    }

    @Test
    void whatTheResolverSaysOfMethodsCounts() {
        beginWithout();
        Heard delayed = rig.unary(PLAIN);
        assertThat(resolvers.last().configure(limit(1), server())).isEqualTo(Status.OK);
        rig.settle();
        assertThat(delayed.status.getCause()).hasMessageContaining("message too large 2 > 1");
        assertThat(sendsTwoBytes()).isFalse();
        resolvers.last().configure(limit(2), server());
        rig.settle();
        assertThat(sendsTwoBytes()).isTrue();
    }

    @Test
    void whatIsWrongWithTheFirstConfigFailsCalls() {
        beginWithout();
        Heard call = rig.unary(PLAIN);
        Status taken = resolvers.last().configure(BAD, server());
        rig.settle();
        assertThat(taken.getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(call.status.getDescription())
                .startsWith("failed to parse service config: ")
                .contains("methodConfig");
        assertThat(call.status.getCause()).isInstanceOf(IllegalArgumentException.class);
        rig.simulation.runFor(2 * ChannelRig.SECOND);
        assertThat(resolvers.last().refreshes).isEqualTo(1);
    }

    @Test
    void whatIsWrongWithALaterConfigChangesNothing() {
        beginWithout();
        rig.unary(PLAIN);
        resolvers.last().configure(limit(1), server());
        assertThat(resolvers.last().configure(BAD, server())).isEqualTo(Status.OK);
        rig.settle();
        assertThat(sendsTwoBytes()).isFalse();
        resolvers.last().find(server());
        rig.settle();
        assertThat(sendsTwoBytes()).isTrue();
    }

    @Test
    void theUsersOwnCountsWhereTheResolverHasNone() {
        rig.configured(PATIENT);
        begin();
        rig.listener.close();
        Heard call = rig.unary(PLAIN);
        assertThat(resolvers.last().configure(BAD, server())).isEqualTo(Status.OK);
        rig.settle();
        assertThat(rig.states).endsWith("TRANSIENT_FAILURE");
        assertThat(call.status).isNull();
    }

    @Test
    void whatNobodyLooksUpDoesNotCount() {
        rig.isConfigLookedUp = false;
        beginWithout();
        Heard call = rig.unary(PLAIN);
        assertThat(call.call).hasToString("ChannelCall{method=s.S/UNARY}");
        resolvers.last().configure(limit(1), server());
        rig.settle();
        assertThat(sendsTwoBytes()).isTrue();
    }

    @Test
    void aPolicyThatTheResolverNamesIsTaken() {
        beginWithout();
        rig.unary(PLAIN);
        resolvers.last().find(server(), server());
        rig.settle();
        Map<String, ?> robin =
                Map.of("loadBalancingConfig", List.of(Map.of("round_robin", Map.of())));
        resolvers.last().configure(robin, server());
        rig.greet(100);
        assertThat(rig.states).endsWith("READY");
        assertThat(rig.servers).hasSizeGreaterThan(1);
    }

    // Configs for each call.

    private static final class Selector extends InternalConfigSelector {
        final List<PickSubchannelArgs> asked = new ArrayList<>();
        Result answer;

        @Override
        public Result selectConfig(PickSubchannelArgs args) {
            asked.add(args);
            return answer;
        }
    }

    private void select(Selector selector) {
        ResolutionResult result = FakeResolvers.result(ConfigOrError.fromConfig(empty()), server());
        resolvers
                .last()
                .answer(
                        result.toBuilder()
                                .setAttributes(
                                        Attributes.newBuilder()
                                                .set(InternalConfigSelector.KEY, selector)
                                                .build())
                                .build());
        rig.settle();
    }

    private static Configuration empty() {
        return new ConfigParser(true, 5, 5, "pick_first").empty();
    }

    @Test
    void aSelectorSeesEachCallAndGivesItAConfigAndAnInterceptor() {
        beginWithout();
        rig.unary(PLAIN);
        Selector selector = new Selector();
        List<String> intercepted = new ArrayList<>();
        ClientInterceptor noting =
                new ClientInterceptor() {
                    @Override
                    public <Q, R> ClientCall<Q, R> interceptCall(
                            MethodDescriptor<Q, R> method, CallOptions with, Channel next) {
                        intercepted.add(method.getFullMethodName() + " at " + next.authority());
                        return next.newCall(method, with);
                    }
                };
        Configuration config = new ConfigParser(true, 5, 5, "pick_first").parse(limit(1));
        selector.answer =
                InternalConfigSelector.Result.newBuilder()
                        .setConfig(config)
                        .setInterceptor(noting)
                        .build();
        select(selector);
        assertThat(selector.asked).hasSize(1);
        assertThat(selector.asked.getFirst().getMethodDescriptor()).isEqualTo(ChannelRig.UNARY);
        assertThat(selector.asked.getFirst().getHeaders()).isNotNull();
        assertThat(selector.asked.getFirst().getCallOptions()).isNotNull();
        assertThat(intercepted).containsExactly("s.S/UNARY at said.by.resolver");
        assertThat(sendsTwoBytes()).isFalse();
        selector.answer = InternalConfigSelector.Result.newBuilder().setConfig("other").build();
        assertThat(sendsTwoBytes()).isTrue();
    }

    @Test
    void aSelectorThatThrowsEndsADelayedCall() {
        beginWithout();
        Heard call = rig.unary(PLAIN);
        select(new Selector());
        assertThat(call.lines).containsExactly("closed UNKNOWN");
        assertThat(call.status.getCause()).isInstanceOf(NullPointerException.class);
        rig.exchange().shutdown();
        rig.settle();
        assertThat(rig.isTerminated).isTrue();
    }

    @Test
    void aDelayedMessageThatCannotBeSentEndsItsCall() {
        beginWithout();
        Heard call = rig.start(ChannelRig.UNARY, PLAIN, 1);
        call.call.sendMessage("worse");
        call.call.halfClose();
        resolvers.last().find(server());
        rig.settle();
        assertThat(call.lines).containsExactly("closed CANCELLED");
    }

    @Test
    void aSelectorMayRefuseACall() {
        beginWithout();
        rig.unary(PLAIN);
        Selector selector = new Selector();
        selector.answer =
                InternalConfigSelector.Result.forError(
                        Status.UNAVAILABLE.withDescription("no route"));
        select(selector);
        Heard call = rig.start(ChannelRig.UNARY, PLAIN, 1);
        call.call.sendMessage("ignored");
        call.call.halfClose();
        call.call.cancel("late", null);
        rig.settle();
        assertThat(call.lines).containsExactly("closed UNAVAILABLE");
        assertThat(call.status.getDescription()).isEqualTo("no route");
        selector.answer =
                InternalConfigSelector.Result.forError(
                        Status.NOT_FOUND.withDescription("no route"));
        Heard odd = rig.start(ChannelRig.UNARY, PLAIN.withExecutor(Runnable::run), 1);
        assertThat(odd.status.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(odd.status.getDescription())
                .isEqualTo("Inappropriate status code from control plane: NOT_FOUND no route");
        Heard unused = new Heard();
        unused.call = rig.calls().newCall(ChannelRig.UNARY, PLAIN);
        unused.call.cancel("unused", null);
    }
}
