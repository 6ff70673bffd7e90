package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.grpc.Deadline;
import io.gyrfalcon.eventloop.IdlePolicy;
import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopGroup;
import io.gyrfalcon.eventloop.LoopSettings;
import io.gyrfalcon.eventloop.Pinning;
import io.gyrfalcon.eventloop.PollerKind;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

@Timeout(120)
final class LoopSchedulerTest {
    private LoopGroup group;
    private Loop loop;
    private LoopScheduler scheduler;

    @BeforeEach
    void start() throws Exception {
        group = LoopGroup.start(LoopSettings.defaults().withLoops(1).withPoller(PollerKind.NIO));
        loop = group.loop(0);
        scheduler = onLoop(() -> LoopScheduler.of(loop));
    }

    @AfterEach
    void stop() {
        group.close();
    }

    private <T> T onLoop(java.util.function.Supplier<T> task) throws Exception {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.post(l -> result.complete(task.get()));
        return result.get();
    }

    private int timers() throws Exception {
        return onLoop(() -> loop.timers().size());
    }

    @Test
    void aLoopHasOneScheduler() throws Exception {
        assertThat(onLoop(() -> LoopScheduler.of(loop))).isSameAs(scheduler);
    }

    @Test
    void aTaskRunsWhenItIsDueAndNotOnTheLoop() throws Exception {
        CompletableFuture<Boolean> wasInLoop = new CompletableFuture<>();
        long before = System.nanoTime();
        ScheduledFuture<?> future =
                scheduler.schedule(
                        () -> {
                            wasInLoop.complete(loop.inLoop());
                        },
                        20,
                        TimeUnit.MILLISECONDS);
        assertThat(wasInLoop.get()).isFalse();
        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(20_000_000L);
        assertThat(future.isDone()).isTrue();
        assertThat(future.isCancelled()).isFalse();
        assertThat(future.cancel(false)).isFalse();
    }

    @Test
    void aTaskMayBeScheduledOnTheLoopItself() throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        onLoop(() -> scheduler.schedule(ran::countDown, -5, TimeUnit.SECONDS));
        ran.await();
        CountDownLatch soon = new CountDownLatch(1);
        scheduler.execute(soon::countDown);
        soon.await();
    }

    @Test
    void aCancelledTaskNeverRunsAndLeavesNoTimer() throws Exception {
        ScheduledFuture<?> future = scheduler.schedule(() -> {}, 1, TimeUnit.HOURS);
        assertThat(timers()).isEqualTo(1);
        assertThat(future.isDone()).isFalse();
        assertThat(future.cancel(false)).isTrue();
        assertThat(timers()).isZero();
        assertThat(future.isCancelled()).isTrue();
        assertThat(future.isDone()).isTrue();
        assertThat(future.cancel(true)).isFalse();
    }

    @Test
    void aTaskCancelledBeforeTheLoopSawItLeavesNothing() throws Exception {
        boolean isCancelled =
                onLoop(
                        () -> {
                            CompletableFuture<ScheduledFuture<?>> made = new CompletableFuture<>();
                            Thread.ofPlatform()
                                    .start(
                                            () ->
                                                    made.complete(
                                                            scheduler.schedule(
                                                                    () -> {}, 1, TimeUnit.HOURS)));
                            return made.join().cancel(false);
                        });
        assertThat(isCancelled).isTrue();
        assertThat(timers()).isZero();
    }

    @Test
    void aTaskIsCancelledOnTheLoopAtOnce() throws Exception {
        int timers =
                onLoop(
                        () -> {
                            scheduler.schedule(() -> {}, 1, TimeUnit.HOURS).cancel(false);
                            return loop.timers().size();
                        });
        assertThat(timers).isZero();
    }

    @Test
    void tellsHowLongATaskWaits() {
        ScheduledFuture<?> hour = scheduler.schedule(() -> {}, 1, TimeUnit.HOURS);
        ScheduledFuture<?> far = scheduler.schedule(() -> {}, Long.MAX_VALUE, TimeUnit.DAYS);
        assertThat(hour.getDelay(TimeUnit.MINUTES)).isBetween(58L, 60L);
        assertThat(far.getDelay(TimeUnit.DAYS)).isGreaterThan(10_000);
        assertThat(hour.compareTo(far)).isNegative();
        assertThat(far.compareTo(hour)).isPositive();
        hour.cancel(false);
        far.cancel(false);
    }

    @Test
    void aDeadlineOfAContextCancelsItWithItsReason() throws Exception {
        Context.CancellableContext context =
                Context.ROOT.withDeadline(Deadline.after(5, TimeUnit.MILLISECONDS), scheduler);
        CompletableFuture<Throwable> cause = new CompletableFuture<>();
        context.addListener(c -> cause.complete(c.cancellationCause()), Runnable::run);
        assertThat(cause.get()).hasMessage("context timed out");
    }

    @Test
    void aContextThatEndsInTimeTakesItsTimerAlong() throws Exception {
        Context.CancellableContext context =
                Context.ROOT.withDeadline(Deadline.after(1, TimeUnit.HOURS), scheduler);
        assertThat(timers()).isEqualTo(1);
        context.cancel(null);
        assertThat(timers()).isZero();
    }

    @Test
    void afterTheEndOfItsLoopNothingIsScheduled() {
        group.close();
        assertThat(scheduler.schedule(() -> {}, 1, TimeUnit.HOURS).isCancelled()).isTrue();
    }

    @Test
    void aTaskMayHaveAResult() throws Exception {
        LoopScheduler others = LoopScheduler.ofAny(loop);
        ScheduledFuture<Integer> seven = others.schedule(() -> 7, 1, TimeUnit.MILLISECONDS);
        assertThat(seven.get()).isEqualTo(7);
        ScheduledFuture<Integer> never = others.schedule(() -> 7, 1, TimeUnit.HOURS);
        assertThat(never.getDelay(TimeUnit.MINUTES)).isBetween(58L, 60L);
        assertThat(never.compareTo(seven)).isPositive();
        assertThat(never.cancel(false)).isTrue();
        assertThat(timers()).isZero();
    }

    @Test
    void aTaskMayComeAgainAndAgain() throws Exception {
        CountDownLatch rate = new CountDownLatch(3);
        CountDownLatch delay = new CountDownLatch(3);
        ScheduledFuture<?> byRate =
                scheduler.scheduleAtFixedRate(rate::countDown, 0, 1, TimeUnit.MILLISECONDS);
        ScheduledFuture<?> byDelay =
                scheduler.scheduleWithFixedDelay(delay::countDown, 1, 1, TimeUnit.MILLISECONDS);
        rate.await();
        delay.await();
        assertThat(byRate.isDone()).isFalse();
        assertThat(byRate.cancel(false)).isTrue();
        assertThat(byDelay.cancel(false)).isTrue();
        assertThatThrownBy(() -> scheduler.scheduleAtFixedRate(() -> {}, 0, 0, TimeUnit.DAYS))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTaskThatThrowsDoesNotComeAgain() throws Exception {
        ScheduledFuture<?> broken =
                scheduler.scheduleAtFixedRate(
                        () -> {
                            throw new IllegalStateException("broken");
                        },
                        0,
                        1,
                        TimeUnit.MILLISECONDS);
        assertThatThrownBy(broken::get).hasRootCauseMessage("broken");
        assertThat(timers()).isZero();
    }

    @Test
    void itsTasksMayNotBeTakenAway() {
        ScheduledFuture<?> future = scheduler.schedule(() -> {}, 1, TimeUnit.HOURS);
        isUnsupported(() -> future.get());
        isUnsupported(() -> future.get(1, TimeUnit.SECONDS));
        future.cancel(false);
        isUnsupported(scheduler::shutdown);
        isUnsupported(scheduler::shutdownNow);
        isUnsupported(() -> scheduler.awaitTermination(1, TimeUnit.SECONDS));
        assertThat(scheduler.isShutdown()).isFalse();
        assertThat(scheduler.isTerminated()).isFalse();
    }

    private static void isUnsupported(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aServerSharesTheLoopsOfTheProcessUnlessItAsksForItsOwn() {
        ServerOptions shared = options(0, PollerKind.AUTO);
        LoopLease first = LoopLease.of(shared);
        LoopLease second = LoopLease.of(shared);
        assertThat(first.group()).isSameAs(second.group());
        first.release();
        second.release();
        LoopLease own = LoopLease.of(options(2, PollerKind.AUTO));
        assertThat(own.group().size()).isEqualTo(2);
        own.release();
        LoopLease nio = LoopLease.of(options(0, PollerKind.NIO));
        assertThat(nio.group().size()).isEqualTo(Runtime.getRuntime().availableProcessors());
        nio.release();
        LoopChoice spinning =
                LoopChoice.shared()
                        .withCount(1)
                        .withIdle(IdlePolicy.SPIN)
                        .withPinning(Pinning.perCpu());
        LoopLease spinner = LoopLease.of(options(spinning));
        assertThat(spinner.group().size()).isEqualTo(1);
        spinner.release();
        LoopChoice nowhere = LoopChoice.shared().withPinning(Pinning.on(List.of(8000)));
        assertThatThrownBy(() -> LoopLease.of(options(nowhere)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("pinning: CPU 8000 (expected: of ");
        assertThatThrownBy(() -> LoopChoice.shared().withCount(-1))
                .hasMessage("loops: -1 (expected: >= 0)");
    }

    static ServerOptions options(int loops, PollerKind poller) {
        return options(LoopChoice.shared().withCount(loops).withPoller(poller));
    }

    private static ServerOptions options(LoopChoice loops) {
        return new ServerOptions(
                java.util.List.of(new java.net.InetSocketAddress(0)),
                null,
                Lane.RUNNER,
                null,
                null,
                new MethodTable(java.util.List.of(), java.util.List.of(), null, false, null),
                new Tracers(java.util.List.of()),
                new Encodings(
                        io.grpc.CompressorRegistry.getDefaultInstance(),
                        io.grpc.DecompressorRegistry.getDefaultInstance()),
                java.util.List.of(),
                java.util.List.of(),
                new CallLimits(1, 1, 1, 0, true, 0, 0, 0),
                new Liveness(1, 1, 1, 1, false, 1, 1, 1),
                loops,
                ListenOptions.defaults(),
                Profile.MESH);
    }

    @Test
    void optionsThatContradictThemselvesAreRefused() {
        ServerOptions good = options(0, PollerKind.AUTO);
        assertThatThrownBy(() -> lane(good, Lane.EXECUTOR, null))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> lane(good, Lane.DIRECT, Runnable::run))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> addresses(good))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("addresses: none (expected: at least one)");
    }

    private static void lane(ServerOptions o, Lane lane, java.util.concurrent.Executor executor) {
        assert copy(o, o.addresses(), lane, executor) != null;
    }

    private static void addresses(ServerOptions o) {
        assert copy(o, java.util.List.of(), o.lane(), null) != null;
    }

    private static ServerOptions copy(
            ServerOptions o,
            java.util.List<java.net.SocketAddress> addresses,
            Lane lane,
            java.util.concurrent.Executor executor) {
        return new ServerOptions(
                addresses,
                null,
                lane,
                executor,
                null,
                o.methods(),
                o.tracers(),
                o.encodings(),
                o.filters(),
                o.metricSinks(),
                o.limits(),
                o.liveness(),
                LoopChoice.shared(),
                ListenOptions.defaults(),
                Profile.MESH);
    }
}
