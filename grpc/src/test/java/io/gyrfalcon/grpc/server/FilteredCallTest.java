package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;
import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Calls of connections that transport filters look at first. */
class FilteredCallTest extends ScriptedCalls {
    private final List<String> filtered = new ArrayList<>();

    private ServerTransportFilter filter(boolean isRefusing, boolean isThrowingAtTheEnd) {
        return new ServerTransportFilter() {
            @Override
            public Attributes transportReady(Attributes attributes) {
                filtered.add("ready");
                if (isRefusing) throw new IllegalStateException("on purpose");
                return attributes;
            }

            @Override
            public void transportTerminated(Attributes attributes) {
                filtered.add(attributes == null ? "never ready" : "terminated");
                if (isThrowingAtTheEnd) throw new IllegalStateException("on purpose");
            }
        };
    }

    @Test
    void callsWaitForTheFiltersOfTheirConnection() {
        parts.filters.add(filter(false, true));
        RawClient client = start(Lane.EXECUTOR);
        unary(client, 1);
        client.flush();
        rig.simulation.settle();
        assertThat(calls).isEmpty();
        rig.offLoop(parts.executor::runOne);
        rig.simulation.settle();
        assertThat(filtered).containsExactly("ready");
        rig.settle();
        assertAnswered(client, 1);
        rig.wire.reset();
        rig.settle();
        assertThat(filtered).containsExactly("ready", "terminated");
        assertThat(rig.server.connectionCount()).isZero();
    }

    @Test
    void aConnectionThatAFilterRefusesIsClosed() {
        parts.filters.add(filter(true, false));
        for (Lane lane : Lane.values()) {
            RawClient client = start(lane);
            unary(client, 1);
            rig.go(client);
            rig.runFor(2 * EngineRig.SECOND);
            assertThat(rig.server.connectionCount()).isZero();
            assertThat(filtered).contains("never ready");
            endRig();
        }
    }

    @Test
    void aConnectionWhoseFiltersCannotRunIsClosedAndItsEndIsTold() {
        parts.filters.add(filter(false, false));
        parts.executor.isRefusing = true;
        start(Lane.EXECUTOR);
        rig.runFor(2 * EngineRig.SECOND);
        assertThat(rig.server.connectionCount()).isZero();
        assertThat(filtered).containsExactly("never ready");
    }
}
