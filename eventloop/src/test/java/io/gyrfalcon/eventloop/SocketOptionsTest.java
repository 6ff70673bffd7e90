package io.gyrfalcon.eventloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.function.Supplier;

class SocketOptionsTest {
    private static final SocketOptions SOCKET = SocketOptions.defaults();
    private static final ListenOptions LISTEN = ListenOptions.defaults();

    @Test
    void byDefaultSmallSegmentsLeaveAtOnceAndTheSystemDecidesTheRest() {
        assertThat(SOCKET).isEqualTo(new SocketOptions(true, 0, 0, false, 0, 0, 0, 0));
        assertThat(LISTEN)
                .isEqualTo(new ListenOptions(1024, true, 0, 0, ListenOptions.ANY_CPU, SOCKET));
    }

    @Test
    void eachChoiceChangesItselfAlone() {
        SocketOptions socket =
                SOCKET.withNoDelay(false)
                        .withBuffers(1, 2)
                        .withQuickAck(true)
                        .withUserTimeoutMillis(3)
                        .withPriority(4)
                        .withBusyPollMicros(5)
                        .withNotSentLowatBytes(6);
        assertThat(socket).isEqualTo(new SocketOptions(false, 1, 2, true, 3, 4, 5, 6));
        ListenOptions listen =
                LISTEN.withSocket(socket)
                        .withBacklog(7)
                        .withDualStack(false)
                        .withDeferAcceptSeconds(8)
                        .withFastOpenMax(9)
                        .withIncomingCpu(10);
        assertThat(listen).isEqualTo(new ListenOptions(7, false, 8, 9, 10, socket));
    }

    @Test
    void whatIsOutOfRangeIsNamedWithWhatWasExpected() {
        refused(() -> SOCKET.withBuffers(-1, 0), "sendBufferBytes: -1 (expected: >= 0)");
        refused(() -> SOCKET.withBuffers(0, -1), "receiveBufferBytes: -1 (expected: >= 0)");
        refused(() -> SOCKET.withUserTimeoutMillis(-1), "userTimeoutMillis: -1 (expected: >= 0)");
        refused(() -> SOCKET.withPriority(-1), "priority: -1 (expected: 0..15)");
        refused(() -> SOCKET.withPriority(16), "priority: 16 (expected: 0..15)");
        refused(() -> SOCKET.withBusyPollMicros(-1), "busyPollMicros: -1 (expected: >= 0)");
        refused(() -> SOCKET.withNotSentLowatBytes(-1), "notSentLowatBytes: -1 (expected: >= 0)");
        refused(() -> LISTEN.withBacklog(0), "backlog: 0 (expected: >= 1)");
        refused(() -> LISTEN.withDeferAcceptSeconds(-1), "deferAcceptSeconds: -1 (expected: >= 0)");
        refused(() -> LISTEN.withFastOpenMax(-1), "fastOpenMax: -1 (expected: >= 0)");
        refused(() -> LISTEN.withIncomingCpu(-2), "incomingCpu: -2 (expected: >= -1)");
        assertThat(SOCKET.withPriority(15).priority()).isEqualTo(15);
        assertThat(LISTEN.withBacklog(1).backlog()).isEqualTo(1);
    }

    private static void refused(Supplier<?> wish, String line) {
        assertThatThrownBy(wish::get).isInstanceOf(IllegalArgumentException.class).hasMessage(line);
    }
}
