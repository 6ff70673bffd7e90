package io.gyrfalcon.verify.blocking;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One server, one loop, calls at a steady rate; beside them, each handler in turn.
 *
 * <p>That no call fails or is stuck and that every handler ends is asserted in every play. The time
 * of the calls is that of the best play of three: one stall of a thread, wherever it comes from, is
 * no fault of the engine's, three in three plays are. A play while the machine was starved (other
 * processes used much of it, or, without the engine, a byte to the server's process and back was
 * late) is none of the three; where only such plays miss, a wider bound is held instead, which a
 * loop that waits for a handler still breaks.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
abstract class HandlersSuite {
    private static final double P99_MILLIS_MAX = 20;

    /** On a starved machine, or ten times what the echo takes; a handler that holds takes more. */
    private static final double STARVED_MILLIS_MAX = Scene.MILLIS / 4.0;

    private static final int PLAYS = 3;
    private static final int PLAYS_MAX = 6;
    private static final long SCENE_MILLIS_MIN = 600;
    private static final long WARM_MILLIS = 2_000;

    private final Mode mode;
    private Served served;
    private int round;

    HandlersSuite(Mode mode) {
        this.mode = mode;
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        served = new Served(mode, folder);
        SteadyCalls calls = new SteadyCalls(served.channel());
        for (Handler handler : List.of(Handler.SLEEP, Handler.THROWS_ERROR)) {
            endsOf(visit(handler, ++round));
        }
        Thread.sleep(WARM_MILLIS);
        awaitCarried();
        calls.stop();
        System.out.println(mode + " alone: " + alone());
    }

    private Figures alone() throws InterruptedException {
        SteadyCalls calls = new SteadyCalls(served.channel());
        Thread.sleep(SCENE_MILLIS_MIN);
        return calls.stop();
    }

    /** Where the JVM is open, calls get to the loop once their method is known to be short. */
    private void awaitCarried() throws Exception {
        Machine.Watch watch = served.watch();
        boolean isCarried = served.carried().others() > 0;
        for (int i = 0; i < 300 && mode.isOpened && !isCarried; i++) {
            Thread.sleep(100);
            isCarried = served.carried().others() > 0;
        }
        Machine machine = watch.stop();
        if (isCarried == mode.isOpened) return;
        assertThat(mode.isOpened && machine.isStarved())
                .as("calls are carried by the loop: %s; %s", isCarried, machine)
                .isTrue();
        System.out.println(mode + ": no call is short on this machine; " + machine);
    }

    @AfterAll
    void stop() throws Exception {
        if (served != null) served.close();
    }

    @ParameterizedTest
    @EnumSource
    void othersAreServedInTimeBeside(Handler handler) throws Exception {
        List<Outcome> misses = new ArrayList<>();
        while (misses.size() < PLAYS_MAX && fair(misses) < PLAYS) {
            Outcome outcome = play(handler);
            System.out.println(mode + " " + handler + ": " + outcome);
            if (outcome.others.p99Millis() <= P99_MILLIS_MAX) return;
            misses.add(outcome);
            Thread.sleep(200);
        }
        assertThat(fair(misses))
                .as("p99 beyond %s ms: %s", P99_MILLIS_MAX, misses)
                .isLessThan(PLAYS);
        assertThat(misses).as("p99 of a starved machine").anyMatch(Outcome::isExplained);
        System.out.println(mode + " " + handler + ": the machine is starved, p99 is undecided");
    }

    private static long fair(List<Outcome> outcomes) {
        return outcomes.stream().filter(outcome -> !outcome.machine.isStarved()).count();
    }

    /** What a scene has shown. */
    private record Outcome(Figures others, Carried carried, Machine machine) {
        /** Late, yet no later than a starved machine explains. */
        boolean isExplained() {
            double most = Math.max(STARVED_MILLIS_MAX, 10 * machine.echo().p99Millis());
            return machine.isStarved() && others.p99Millis() <= most;
        }

        @Override
        public String toString() {
            return "%d others %s; %s; %s".formatted(others.count(), others, machine, carried);
        }
    }

    private Outcome play(Handler handler) throws Exception {
        int[] before = served.count(handler);
        served.carried();
        SteadyCalls others = new SteadyCalls(served.channel());
        others.awaitBegin();
        Machine.Watch watch = served.watch();
        long start = System.nanoTime();
        round++;
        List<CompletableFuture<Status>> visits = visit(handler, round);
        if (handler.end == Status.Code.CANCELLED) cancel(handler, before);
        for (Status end : endsOf(visits)) {
            assertThat(end.getCode()).as(end.toString()).isEqualTo(handler.end);
        }
        long tookMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        if (tookMillis < SCENE_MILLIS_MIN) Thread.sleep(SCENE_MILLIS_MIN - tookMillis);
        Machine machine = watch.stop();
        if (handler.end == Status.Code.DEADLINE_EXCEEDED) release(handler, before);
        Figures times = others.stop();
        Outcome outcome = new Outcome(times, served.carried(), machine);
        await(handler, before, 1);
        assertThat(served.ask("surprise")).isEqualTo("none");
        return outcome;
    }

    private List<CompletableFuture<Status>> visit(Handler handler, int number) {
        List<CompletableFuture<Status>> visits = new ArrayList<>();
        for (int i = 0; i < handler.calls; i++) visits.add(served.visit(handler, number, i));
        return visits;
    }

    private static List<Status> endsOf(List<CompletableFuture<Status>> visits) throws Exception {
        List<Status> ends = new ArrayList<>();
        for (CompletableFuture<Status> visit : visits) {
            ends.add(visit.get(Scene.PATIENCE_SECONDS + 10, TimeUnit.SECONDS));
        }
        return ends;
    }

    /** Lets handlers go that have not returned, although their calls have ended. */
    private void release(Handler handler, int[] before) throws Exception {
        int[] now = served.count(handler);
        assertThat(now[0] - before[0]).as("visits begun").isEqualTo(handler.calls);
        assertThat(now[1] - before[1]).as("visits ended").isZero();
        served.ask("release " + round);
    }

    /** Cancels visits that have begun, after a while. */
    private void cancel(Handler handler, int[] before) throws Exception {
        await(handler, before, 0);
        Thread.sleep(Scene.MILLIS);
        served.cancelVisits();
    }

    /** Waits until all visits have begun (0) or ended (1). */
    private void await(Handler handler, int[] before, int which) throws Exception {
        int[] now = served.count(handler);
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(Scene.PATIENCE_SECONDS);
        while (now[which] - before[which] < handler.calls && System.nanoTime() - limit < 0) {
            Thread.sleep(10);
            now = served.count(handler);
        }
        assertThat(now[0] - before[0]).as("visits begun").isEqualTo(handler.calls);
        if (which == 0) return;
        assertThat(now[1] - before[1]).as("visits ended").isEqualTo(handler.calls);
    }
}
