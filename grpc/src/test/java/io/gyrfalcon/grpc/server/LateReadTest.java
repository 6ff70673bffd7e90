package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.Test;

/** Calls that are read late in a long turn. */
class LateReadTest extends ScriptedCalls {
    private static final long MILLI = 1_000_000;

    /** So it never ends before the client's own, which would be told of a reset instead. */
    @Test
    void aTimeoutCountsFromTheReadAndNotFromTheTurn() {
        RawClient slow = start(Lane.DIRECT);
        RawClient hasty = rig.client();
        onStart =
                call -> {
                    if (call.index == 0) rig.simulation.clock().advance(5 * MILLI);
                };
        slow.request(1, "/a.B/S", false).flush();
        hasty.request(1, "/a.B/S", false, "grpc-timeout", "10m").flush();
        rig.simulation.turn(0);
        assertThat(calls).hasSize(2);
        rig.runFor(9 * MILLI);
        assertThat(log).isEmpty();
        rig.runFor(3 * MILLI);
        assertThat(log).containsExactly("1 cancel");
    }
}
