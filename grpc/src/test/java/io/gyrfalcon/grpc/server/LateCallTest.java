package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.TimeoutException;

/** Calls that end before their user code does, by time or by their peer. */
class LateCallTest extends ScriptedCalls {
    // Time.

    @Test
    void aDeadlineThatHasPassedOnArrivalCancelsTheCall() {
        for (Lane lane : List.of(Lane.DIRECT, Lane.RUNNER)) {
            onHalfClose = _ -> {};
            RawClient client = start(lane);
            client.request(1, "/a.B/S", false, "grpc-timeout", "0n");
            rig.go(client);
            assertThat(client.lines(1)).containsExactly("RST_STREAM 1 8");
            assertThat(log()).last().asString().endsWith("cancel");
            assertThat(calls.getLast().context.cancellationCause())
                    .isInstanceOf(TimeoutException.class);
            endRig();
        }
    }

    @Test
    void aDeadlineRunsWhileTheCallWaitsForItsExecutor() {
        boolean[] wasCancelled = new boolean[1];
        onStart = call -> wasCancelled[0] = call.context.isCancelled();
        RawClient client = start(Lane.EXECUTOR);
        client.request(1, "/a.B/S", false, "grpc-timeout", "1n").flush();
        rig.simulation.settle();
        rig.simulation.clock().advance(1);
        rig.settle();
        assertThat(wasCancelled[0]).isTrue();
        rig.settle();
        assertThat(client.lines(1)).containsExactly("RST_STREAM 1 8");
        assertThat(log()).containsExactly("0 cancel");
    }

    @Test
    void aDeadlineThatPassesCancelsTheCall() {
        RawClient client = start(Lane.DIRECT);
        client.request(1, "/a.B/S", false, "grpc-timeout", "5S");
        rig.go(client);
        rig.runFor(4 * EngineRig.SECOND);
        assertThat(log()).isEmpty();
        rig.runFor(2 * EngineRig.SECOND);
        assertThat(client.lines(1)).containsExactly("RST_STREAM 1 8");
        assertThat(log()).containsExactly("0 cancel");
    }

    // What comes late.

    @Test
    void aCallCancelledWhileItsAnswerIsSerialisedElsewhereLeaksNothing() {
        for (String path : List.of("/a.B/U", "/a.B/S")) {
            onHalfClose = call -> call.call.sendHeaders(new Metadata());
            RawClient client = start(Lane.EXECUTOR);
            client.request(1, path, false).message(1, true, "hello");
            rig.go(client);
            onStream =
                    () -> {
                        onStream = () -> {};
                        rig.loop.adopt(Thread.currentThread());
                        client.out().rst(1, 8);
                        client.flush();
                        rig.simulation.settle();
                        rig.offLoop(parts.executor::runOne);
                        rig.offLoop(parts.executor::runOne);
                        rig.simulation.settle();
                        assertThat(log).last().asString().endsWith("cancel");
                    };
            rig.offLoop(() -> calls.getLast().call.sendMessage("too late"));
            rig.settle();
            endRig();
        }
    }

    @Test
    void whatWasSerialisedBeforeTheCancellationAndNotPostedIsGivenBack() {
        onHalfClose =
                call -> {
                    call.call.sendHeaders(new Metadata());
                    call.call.sendMessage("kept until the status comes");
                };
        RawClient client = start(Lane.EXECUTOR);
        unary(client, 1);
        rig.go(client);
        client.out().rst(1, 8);
        rig.go(client);
        assertThat(log()).last().isEqualTo("0 cancel");
        rig.offLoop(() -> calls.getFirst().call.close(Status.OK, new Metadata()));
        rig.settle();
    }

    @Test
    void lateAnswersOfAnEndedCallTouchNoOtherCall() {
        onHalfClose = _ -> {};
        onMessage =
                call -> {
                    if (call.index == 1) call.call.sendHeaders(new Metadata());
                };
        RawClient client = start(Lane.EXECUTOR);
        client.request(1, "/a.B/S", false).message(1, false, "one");
        rig.go(client);
        client.out().rst(1, 8);
        rig.go(client);
        client.request(3, "/a.B/S", false).message(3, false, "two");
        rig.go(client);
        ServerCall<String, String> old = calls.getFirst().call;
        rig.offLoop(
                () -> {
                    old.request(5);
                    old.setOnReadyThreshold(1);
                    old.sendHeaders(new Metadata());
                    old.sendMessage("ghost");
                    old.close(Status.OK, new Metadata());
                });
        rig.settle();
        rig.offLoop(() -> calls.get(1).call.sendMessage("real"));
        rig.settle();
        assertThat(client.lines(3)).hasSize(2).last().asString().endsWith("real");
        assertThat(old.isCancelled()).isTrue();
        assertThat(old.isReady()).isFalse();
    }

    @Test
    void handlersThatStillRunWhenTheServerIsStoppedDoNoHarm() {
        RawClient client = start(Lane.EXECUTOR);
        client.request(1, "/a.B/S", false).message(1, false, "one");
        client.flush();
        rig.simulation.settle();
        // The task runs while the server goes down.
        onMessage =
                call -> {
                    rig.loop.adopt(Thread.currentThread());
                    rig.server.stopListening();
                    rig.server.closeNow("stopped");
                    rig.simulation.runFor(2 * EngineRig.SECOND);
                    call.answer();
                };
        rig.offLoop(parts.executor::runOne);
        rig.settle();
        assertThat(rig.server.connectionCount()).isZero();
        assertThat(log()).containsExactly("0 message one", "0 cancel");
    }

    @Test
    void messagesThatNobodyAskedForAreGivenBack() {
        onStart = _ -> {};
        onHalfClose = _ -> {};
        for (Lane lane : Lane.values()) {
            RawClient client = start(lane);
            client.request(1, "/a.B/S", false);
            for (int i = 0; i < 20; i++) client.message(1, false, "x".repeat(i * 100));
            client.message(1, true, "");
            rig.go(client);
            assertThat(log()).isEmpty();
            client.out().rst(1, 8);
            rig.go(client);
            assertThat(log()).hasSize(1);
            endRig();
        }
    }

    @Test
    void creditOnTheLoopDeliversWhatWaits() {
        onStart = _ -> {};
        onHalfClose = _ -> {};
        for (Lane lane : Lane.values()) {
            RawClient client = start(lane);
            client.request(1, "/a.B/S", false);
            rig.go(client);
            for (int i = 0; i < 4; i++) client.message(1, i == 3, "m" + i);
            rig.go(client);
            int index = calls.getLast().index;
            for (int i = 0; i < 4; i++) {
                rig.offLoop(() -> calls.getLast().call.request(1));
                rig.settle();
                assertThat(log.getFirst()).isEqualTo(index + " message m" + i);
                assertThat(log()).hasSize(i == 3 ? 2 : 1);
            }
            endRig();
        }
    }

    @Test
    void aBrokenRequestEndsWithItsStatusAndDropsWhatFollows() {
        onHalfClose = _ -> {};
        for (Lane lane : Lane.values()) {
            RawClient client = start(lane);
            byte[] bad = RawClient.prefixed(new byte[] {1});
            bad[0] = 2;
            client.request(1, "/a.B/S", false).message(1, false, "one").data(1, false, bad);
            client.message(1, false, "two");
            rig.go(client);
            assertThat(client.lines(1)).anyMatch(line -> line.contains("grpc-status: 13"));
            assertThat(log()).last().asString().endsWith("cancel");
            endRig();
        }
    }

    // Readiness.

    @Test
    void aCallIsReadyAgainOnceWhatItHasSentElsewhereHasLeft() {
        onHalfClose = _ -> {};
        int[] ready = new int[1];
        onReady = _ -> ready[0]++;
        for (Lane lane : List.of(Lane.EXECUTOR, Lane.DIRECT)) {
            ready[0] = 0;
            RawClient client = start(lane, 4, 0);
            client.request(1, "/a.B/S", true);
            rig.go(client);
            assertThat(ready[0]).isEqualTo(1);
            ServerCall<String, String> call = calls.getLast().call;
            rig.offLoop(
                    () -> {
                        assertThat(call.isReady()).isTrue();
                        call.sendHeaders(new Metadata());
                        call.sendMessage("x".repeat(20_000));
                        assertThat(call.isReady()).isTrue();
                        call.sendMessage("x".repeat(20_000));
                        assertThat(call.isReady()).isFalse();
                    });
            rig.settle();
            rig.offLoop(() -> assertThat(call.isReady()).isFalse());
            assertThat(ready[0]).isEqualTo(1);
            client.out().windowUpdate(1, 20_000);
            rig.go(client);
            rig.offLoop(() -> assertThat(call.isReady()).isTrue());
            assertThat(ready[0]).isEqualTo(2);
            client.out().windowUpdate(1, 50_000);
            rig.go(client);
            rig.offLoop(
                    () -> {
                        call.setOnReadyThreshold(10);
                        call.sendMessage("0123456789");
                        assertThat(call.isReady()).isFalse();
                        call.close(Status.OK, new Metadata());
                        assertThat(call.isReady()).isFalse();
                    });
            rig.settle();
            rig.runFor(EngineRig.SECOND);
            assertThat(log()).last().asString().endsWith("complete");
            endRig();
        }
    }
}
