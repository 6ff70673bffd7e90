package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a handler finds whose call is over while it goes on. */
class OverCallTest extends ScriptedCalls {
    private boolean isReady;

    private boolean isReadyOffLoop() {
        rig.offLoop(() -> isReady = calls.getFirst().call.isReady());
        return isReady;
    }

    @ParameterizedTest
    @EnumSource
    void aCallThatItsClientHasResetIsNotReady(Lane lane) {
        RawClient client = start(lane);
        client.request(1, "/a.B/S", false);
        rig.go(client);
        assertThat(isReadyOffLoop()).isTrue();
        client.out().rst(1, 8);
        client.flush();
        rig.simulation.settle();
        assertThat(isReadyOffLoop()).isFalse();
        assertThat(calls.getFirst().call.isCancelled()).isEqualTo(lane != Lane.EXECUTOR);
        rig.settle();
        assertThat(isReadyOffLoop()).isFalse();
        assertThat(log).containsExactly("0 cancel");
    }
}
