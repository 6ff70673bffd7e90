package io.gyrfalcon.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.EquivalentAddressGroup;
import io.grpc.Metadata;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.gyrfalcon.grpc.client.ChannelRig.Heard;
import io.gyrfalcon.grpc.client.FakeResolvers.Fake;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Name resolvers of others, by what their channel does with their answers. */
class HostedResolverTest {
    private static final long SECOND = ChannelRig.SECOND;
    private static final CallOptions PLAIN = CallOptions.DEFAULT;
    private static final NameResolver.Args.Key<String> OWN = NameResolver.Args.Key.create("own");

    private final ChannelRig rig = new ChannelRig();
    private final FakeResolvers resolvers = new FakeResolvers("fake");

    @AfterEach
    void end() {
        rig.close();
        assertThat(resolvers.made).allMatch(fake -> fake.isShutDown);
    }

    private Exchange exchange() {
        rig.registry.register(resolvers);
        rig.isConfigured = false;
        return rig.exchange(new TargetParser(rig.registry, null, 443).parse("fake://at/a%20b"));
    }

    private SocketAddress server() {
        return rig.listener.address();
    }

    private void find() {
        assertThat(resolvers.last().find(server())).isEqualTo(Status.OK);
        rig.settle();
    }

    @Test
    void isMadeWithTheChannelAndStartedByTheFirstCall() {
        exchange();
        rig.settle();
        Fake fake = resolvers.last();
        assertThat(fake.uri).isEqualTo("fake://at/a%20b");
        assertThat(fake.listener).isNull();
        Heard call = rig.unary(PLAIN);
        assertThat(fake.listener).isNotNull();
        assertThat(rig.servers).isEmpty();
        find();
        rig.greet(100);
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
        assertThat(rig.states).containsExactly("CONNECTING", "READY");
    }

    @Test
    void isGivenAllThatTheApiPromises() {
        rig.overrideAuthority = "mine";
        rig.resolverArgs = List.of(new Naming.Arg<>(OWN, "value"));
        exchange();
        NameResolver.Args args = resolvers.last().args;
        assertThat(args.getDefaultPort()).isEqualTo(443);
        assertThat(args.getProxyDetector()).isNotNull();
        assertThat(args.getSynchronizationContext()).isNotNull();
        assertThat(args.getScheduledExecutorService().isShutdown()).isFalse();
        assertThat(args.getServiceConfigParser()).isInstanceOf(ConfigParser.class);
        assertThat(args.getChannelLogger()).isNotNull();
        assertThat(args.getOffloadExecutor()).isNotNull();
        assertThat(args.getOverrideAuthority()).isEqualTo("mine");
        assertThat(args.getMetricRecorder()).isInstanceOf(Metrics.class);
        assertThat(args.getNameResolverRegistry()).isSameAs(rig.registry);
        assertThat(args.getArg(OWN)).isEqualTo("value");
    }

    @Test
    void saysTheAuthorityUnlessTheUserDoes() {
        assertThat(exchange().options().authority()).isEqualTo("said.by.resolver");
    }

    @Test
    void anAuthorityOfTheUsersCounts() {
        rig.overrideAuthority = "mine";
        exchange();
        assertThat(rig.calls().authority()).isEqualTo("mine");
    }

    @Test
    void anErrorFailsCallsThatDoNotWaitAndIsAskedAboutAgain() {
        exchange();
        Heard call = rig.unary(PLAIN);
        Heard patient = rig.unary(PLAIN.withWaitForReady());
        Fake fake = resolvers.last();
        fake.listener.onError(Status.UNAVAILABLE.withDescription("nobody knows"));
        rig.settle();
        assertThat(call.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(call.status.getDescription()).isEqualTo("nobody knows");
        assertThat(patient.status).isNull();
        assertThat(rig.states).containsExactly("CONNECTING", "TRANSIENT_FAILURE");
        rig.simulation.runFor(2 * SECOND);
        assertThat(fake.refreshes).isEqualTo(1);
        fake.listener.onError(Status.UNAVAILABLE);
        fake.listener.onError(Status.UNAVAILABLE);
        rig.simulation.runFor(SECOND);
        assertThat(fake.refreshes).isEqualTo(1);
        rig.simulation.runFor(SECOND);
        assertThat(fake.refreshes).isEqualTo(2);
        find();
        rig.simulation.runFor(10 * SECOND);
        assertThat(fake.refreshes).isEqualTo(2);
        rig.greet(100);
        rig.answer(1, "a");
        assertThat(patient.lines).endsWith("closed OK");
    }

    @Test
    void anAnswerThatIsAnErrorIsTakenAsOne() {
        exchange();
        Heard call = rig.unary(PLAIN);
        Status said = Status.UNAVAILABLE.withDescription("not now");
        Status taken =
                resolvers
                        .last()
                        .answer(
                                NameResolver.ResolutionResult.newBuilder()
                                        .setAddressesOrError(StatusOr.fromStatus(said))
                                        .build());
        rig.settle();
        assertThat(taken).isEqualTo(said);
        assertThat(call.status.getDescription()).isEqualTo("not now");
        rig.simulation.runFor(2 * SECOND);
        assertThat(resolvers.last().refreshes).isEqualTo(1);
    }

    @Test
    void anAnswerWithoutServersIsRefused() {
        exchange();
        Heard call = rig.unary(PLAIN);
        Status taken = resolvers.last().find();
        rig.settle();
        assertThat(taken.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(call.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        rig.simulation.runFor(2 * SECOND);
        assertThat(resolvers.last().refreshes).isEqualTo(1);
    }

    @Test
    void anErrorThatIsNoneIsRefused() {
        exchange();
        rig.unary(PLAIN);
        NameResolver.Listener2 listener = resolvers.last().listener;
        assertThatThrownBy(() -> listener.onError(Status.OK))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> listener.onResult2(FakeResolvers.result(null, server())))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    @SuppressWarnings("deprecation") // what is tested
    void answersOfTheOldFormsCount() {
        exchange();
        Heard call = rig.unary(PLAIN);
        resolvers
                .last()
                .listener
                .onAddresses(List.of(new EquivalentAddressGroup(server())), Attributes.EMPTY);
        rig.settle();
        rig.greet(100);
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
    }

    @Test
    void aLostConnectionHasItLookAgain() {
        exchange();
        Heard call = rig.unary(PLAIN);
        find();
        rig.greet(100);
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
        int before = resolvers.last().refreshes;
        rig.server().close();
        rig.settle();
        assertThat(resolvers.last().refreshes).isGreaterThan(before);
    }

    @Test
    void anIdleChannelHasNoneAndItsNextCallAnother() {
        exchange();
        rig.unary(PLAIN);
        find();
        rig.greet(100);
        rig.answer(1, "a");
        Fake first = resolvers.last();
        rig.exchange().goIdle();
        rig.settle();
        assertThat(first.isShutDown).isTrue();
        first.find();
        Heard call = rig.unary(PLAIN);
        assertThat(resolvers.made).hasSize(2);
        assertThat(rig.states).endsWith("IDLE", "CONNECTING");
        find();
        rig.greet(100);
        rig.answer(1, "b");
        assertThat(call.lines).contains("message b");
    }

    @Test
    void whatItSaysAfterItsEndIsNotHeard() {
        exchange();
        rig.unary(PLAIN);
        Fake first = resolvers.last();
        find();
        rig.exchange().goIdle();
        rig.settle();
        List<String> before = List.copyOf(rig.states);
        assertThat(first.find(server())).isEqualTo(Status.OK);
        first.listener.onError(Status.INTERNAL);
        rig.simulation.runFor(5 * SECOND);
        assertThat(first.refreshes).isZero();
        assertThat(rig.states).isEqualTo(before);
    }

    @Test
    void oneThatThrowsIsTheEndOfAllCalls() {
        resolvers.startFails = new IllegalStateException("broken");
        exchange();
        Heard patient = rig.unary(PLAIN.withWaitForReady());
        assertThat(patient.status.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(patient.status.getDescription()).isEqualTo("Panic! This is a bug!");
        assertThat(patient.status.getCause()).isSameAs(resolvers.startFails);
        assertThat(rig.states).endsWith("TRANSIENT_FAILURE");
        Heard next = rig.unary(PLAIN);
        assertThat(next.status.getCode()).isEqualTo(Status.Code.INTERNAL);
        rig.exchange().connect();
        rig.exchange().goIdle();
        assertThat(resolvers.made).hasSize(1);
    }

    @Test
    void oneThatCannotBeMadeIsRefusedAtOnce() {
        resolvers.isBroken = true;
        assertThatThrownBy(this::exchange)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot create a NameResolver for fake://at/a%20b");
    }

    // Calls before the first answer.

    @Test
    void aCallThatIsDelayedKeepsWhatWasSaidToIt() {
        exchange();
        Heard call = rig.start(ChannelRig.BIDI, PLAIN, 1);
        assertThat(call.call.isReady()).isFalse();
        assertThat(call.call.getAttributes()).isEqualTo(Attributes.EMPTY);
        assertThat(call.call).hasToString("DelayedCall{method=s.S/BIDI_STREAMING}");
        call.call.setMessageCompression(false);
        call.call.sendMessage("one");
        rig.settle();
        find();
        rig.greet(100);
        assertThat(call.call.isReady()).isTrue();
        call.call.sendMessage("two");
        call.call.halfClose();
        call.call.request(1);
        rig.settle();
        rig.answer(1, "a");
        assertThat(call.lines).containsExactly("ready", "headers", "message a", "closed OK");
        assertThat(call.call.getAttributes()).isNotEqualTo(Attributes.EMPTY);
    }

    @Test
    void aDelayedCallIsCheckedAsAnyOther() {
        exchange();
        Heard call = new Heard();
        call.call = rig.calls().newCall(ChannelRig.UNARY, PLAIN);
        assertThatThrownBy(() -> call.call.request(1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> call.call.start(null, new Metadata()))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> call.call.start(call, null))
                .isInstanceOf(NullPointerException.class);
        call.call.start(call, new Metadata());
        assertThatThrownBy(() -> call.call.start(call, new Metadata()))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> call.call.request(-1))
                .isInstanceOf(IllegalArgumentException.class);
        call.call.cancel(null, null);
        rig.settle();
        assertThat(call.lines).containsExactly("closed CANCELLED");
        assertThat(call.status.getDescription()).isEqualTo("Call cancelled without message");
        Heard never = new Heard();
        never.call = rig.calls().newCall(ChannelRig.UNARY, PLAIN);
        never.call.cancel("unused", null);
        assertThatThrownBy(() -> never.call.start(never, new Metadata()))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aDelayedCallHasItsDeadline() {
        exchange();
        Heard call = rig.unary(PLAIN.withDeadlineAfter(100, TimeUnit.MILLISECONDS));
        rig.simulation.runFor(SECOND);
        assertThat(call.status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(call.status.getDescription()).contains("waiting_for_name_resolution");
    }

    @Test
    void aDelayedCallThatStartsTooLateIsToldSo() {
        exchange();
        Heard call = rig.unary(PLAIN.withDeadlineAfter(-1, TimeUnit.SECONDS));
        rig.simulation.runFor(SECOND);
        assertThat(call.status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(call.status.getDescription())
                .startsWith("ClientCall started after CallOptions deadline was exceeded -1.")
                .endsWith("seconds ago. Name resolution delay 0.000000000 seconds.");
    }

    @Test
    void aDelayedCallEndsWithItsContext() {
        exchange();
        Context.CancellableContext context = Context.current().withCancellation();
        Heard call = new Heard();
        context.run(() -> rig.start(call, ChannelRig.UNARY, PLAIN, new Metadata(), 1));
        context.cancel(new IllegalStateException("enough"));
        rig.settle();
        assertThat(call.status.getCode()).isEqualTo(Status.Code.CANCELLED);
    }

    @Test
    void aDelayedCallIsTooLateAfterTheShutdown() {
        exchange();
        Heard late = new Heard();
        late.call = rig.calls().newCall(ChannelRig.UNARY, PLAIN);
        rig.calls().shutDown();
        late.call.start(late, new Metadata());
        rig.lookUp();
        assertThat(late.status.getDescription()).isEqualTo("Channel shutdown invoked");
        Heard raced = new Heard();
        DelayedCall<String, String> call = new DelayedCall<>(rig.calls(), ChannelRig.UNARY, PLAIN);
        rig.exchange().shutdown();
        call.end(Status.ABORTED);
        raced.call = call;
        assertThatThrownBy(() -> raced.call.start(raced, new Metadata()))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aChannelThatHasCalledRestsAfterAWhile() {
        rig.idleNanos = 10 * SECOND;
        exchange();
        Heard call = rig.unary(PLAIN);
        rig.simulation.runFor(20 * SECOND);
        find();
        rig.greet(100);
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
        assertThat(resolvers.last().isShutDown).isFalse();
        rig.simulation.runFor(11 * SECOND);
        assertThat(rig.states).endsWith("IDLE");
        assertThat(resolvers.last().isShutDown).isTrue();
    }

    @Test
    void aDelayedCallOutlivesAShutdown() {
        exchange();
        Heard call = rig.unary(PLAIN);
        rig.calls().shutDown();
        rig.exchange().shutdown();
        rig.settle();
        assertThat(rig.isTerminated).isFalse();
        Heard late = rig.unary(PLAIN);
        rig.lookUp();
        assertThat(late.status.getDescription()).isEqualTo("Channel shutdown invoked");
        find();
        rig.greet(100);
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
        assertThat(rig.isTerminated).isTrue();
    }

    @Test
    void aDelayedCallThatIsOverAtItsStartIsNotWaitedFor() throws Exception {
        exchange();
        Context.CancellableContext context = Context.current().withCancellation();
        context.cancel(new IllegalStateException("enough"));
        Heard call = new Heard();
        context.run(
                () -> {
                    call.call =
                            rig.calls()
                                    .newCall(ChannelRig.UNARY, PLAIN.withExecutor(Runnable::run));
                    call.call.start(call, new Metadata());
                });
        assertThat(call.lines).containsExactly("closed CANCELLED");
        rig.settle();
        rig.exchange().shutdown();
        rig.settle();
        assertThat(rig.isTerminated).isTrue();
    }

    @Test
    void aDelayedCallEndsWithShutdownNow() {
        exchange();
        Heard call = rig.unary(PLAIN);
        rig.exchange().shutdownNow();
        rig.settle();
        assertThat(call.status.getDescription()).isEqualTo("Channel shutdownNow invoked");
        assertThat(rig.isTerminated).isTrue();
    }
}
