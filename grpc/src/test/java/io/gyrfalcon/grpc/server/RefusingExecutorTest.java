package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.Status;
import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.Test;

import java.util.concurrent.Executor;

/** Calls whose executor refuses them, chosen by the server or for the call. */
class RefusingExecutorTest extends ScriptedCalls {
    @Test
    void aCallThatTheExecutorRefusesIsResetAndTheOthersGoOn() {
        RawClient client = start(Lane.EXECUTOR);
        unary(client, 1);
        client.flush();
        rig.simulation.settle();
        parts.executor.isRefusing = true;
        unary(client, 3);
        rig.simulation.settle();
        client.flush();
        rig.simulation.settle();
        assertThat(client.lines(3)).containsExactly("RST_STREAM 3 2");
        parts.executor.isRefusing = false;
        rig.settle();
        unary(client, 5);
        rig.go(client);
        assertAnswered(client, 5);
        assertThat(calls).hasSize(2);
    }

    @Test
    void aCallThatTheExecutorRefusesLaterIsCancelled() {
        RawClient client = start(Lane.EXECUTOR);
        client.request(1, "/a.B/S", false);
        rig.go(client);
        parts.executor.isRefusing = true;
        client.message(1, false, "one");
        rig.go(client);
        assertThat(client.lines(1)).containsExactly("RST_STREAM 1 2");
        assertThat(log()).containsExactly("0 cancel");
        assertThat(calls.getFirst().context.isCancelled()).isTrue();
    }

    @Test
    void whatArrivesBehindARefusalIsGivenBack() {
        RawClient client = start(Lane.EXECUTOR);
        parts.executor.isRefusing = true;
        byte[] both = new byte[20];
        System.arraycopy(RawClient.prefixed(new byte[5]), 0, both, 0, 10);
        System.arraycopy(RawClient.prefixed(new byte[5]), 0, both, 10, 10);
        client.request(1, "/a.B/S", false).data(1, false, both).data(1, false, both);
        rig.go(client);
        assertThat(client.lines(1)).containsExactly("RST_STREAM 1 2");
        assertThat(calls).isEmpty();
    }

    @Test
    void theCompletionOfACallIsToldEvenIfTheExecutorRefusesIt() {
        RawClient client = start(Lane.EXECUTOR);
        unary(client, 1);
        client.flush();
        rig.simulation.settle();
        rig.offLoop(parts.executor::runOne);
        parts.executor.isRefusing = true;
        rig.runFor(EngineRig.SECOND);
        assertAnswered(client, 1);
        assertThat(log()).containsExactly("0 message hello", "0 halfClose", "0 complete");
    }

    @Test
    void aLostConnectionEndsCallsThoughTheExecutorRefuses() {
        RawClient client = start(Lane.EXECUTOR);
        for (int id = 1; id < 9; id += 2) client.request(id, "/a.B/S", false);
        rig.go(client);
        parts.executor.isRefusing = true;
        rig.wire.reset();
        rig.settle();
        assertThat(log()).containsExactlyInAnyOrder("0 cancel", "1 cancel", "2 cancel", "3 cancel");
        assertThat(rig.server.connectionCount()).isZero();
    }

    @Test
    void creditFromElsewhereMayBeRefusedToo() {
        onStart = call -> call.call.request(1);
        RawClient client = start(Lane.EXECUTOR);
        client.request(1, "/a.B/S", false).message(1, false, "one").message(1, false, "two");
        rig.go(client);
        assertThat(log()).containsExactly("0 message one");
        parts.executor.isRefusing = true;
        rig.offLoop(() -> calls.getFirst().call.request(1));
        rig.settle();
        assertThat(log()).containsExactly("0 cancel");
        assertThat(client.lines(1)).containsExactly("RST_STREAM 1 2");
    }

    @Test
    void anAnswerThatIsUnderWayWhenTheExecutorRefusesIsNotSent() {
        onStart = call -> call.call.request(1);
        RawClient client = start(Lane.EXECUTOR);
        client.request(1, "/a.B/S", false).message(1, false, "one").message(1, false, "two");
        rig.go(client);
        assertThat(log()).containsExactly("0 message one");
        parts.executor.isRefusing = true;
        rig.offLoop(
                () -> {
                    calls.getFirst().call.close(Status.OK, new Metadata());
                    calls.getFirst().call.request(1);
                });
        rig.settle();
        assertThat(log()).containsExactly("0 cancel");
        assertThat(client.lines(1)).containsExactly("RST_STREAM 1 2");
    }

    @Test
    void aChosenExecutorRunsTheCallAndMayRefuseIt() {
        ManualExecutor chosen = new ManualExecutor();
        parts.callExecutor = supplier(chosen, null);
        RawClient client = start(Lane.RUNNER);
        unary(client, 1);
        rig.go(client);
        assertThat(calls).isEmpty();
        rig.offLoop(chosen::runOne);
        rig.settle();
        assertAnswered(client, 1);
        rig.runFor(EngineRig.SECOND);
        while (!chosen.isEmpty()) rig.offLoop(chosen::runOne);
        rig.settle();
        assertThat(log()).containsExactly("0 message hello", "0 halfClose", "0 complete");
        chosen.isRefusing = true;
        unary(client, 3);
        rig.go(client);
        assertThat(client.lines(3)).containsExactly("RST_STREAM 3 2");
        assertThat(calls).hasSize(1);
    }

    @Test
    void aChoiceThatThrowsEndsTheCallWithItsStatus() {
        parts.callExecutor = supplier(null, Status.PERMISSION_DENIED.asRuntimeException());
        RawClient client = start(Lane.DIRECT);
        unary(client, 1);
        rig.go(client);
        assertStatus(client, 1, 7);
    }

    private static ServerCallExecutorSupplier supplier(Executor executor, RuntimeException thrown) {
        return new ServerCallExecutorSupplier() {
            @Override
            public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata metadata) {
                if (thrown != null) throw thrown;
                return executor;
            }
        };
    }
}
