package io.gyrfalcon.traffic.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.traffic.connect.ConnectState.Input;
import io.gyrfalcon.traffic.connect.ConnectState.Outcome;

import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

class ConnectStateTest {
    /** One line per state, one word per input in the order of the enum. */
    private static final String EXPECTED =
            """
            IDLE              CONNECTING FORBIDDEN FORBIDDEN FORBIDDEN FORBIDDEN IGNORED SHUTDOWN
            CONNECTING        IGNORED READY TRANSIENT_FAILURE FORBIDDEN FORBIDDEN IDLE SHUTDOWN
            READY             IGNORED FORBIDDEN FORBIDDEN IDLE FORBIDDEN IDLE SHUTDOWN
            TRANSIENT_FAILURE IGNORED FORBIDDEN FORBIDDEN FORBIDDEN CONNECTING IDLE SHUTDOWN
            SHUTDOWN          IGNORED IGNORED IGNORED IGNORED IGNORED IGNORED IGNORED
            """;

    @Test
    void everyCellOfTheTableIsAsWritten() {
        Map<Connectivity, List<Input>> ways = ways();
        assertThat(ways).containsOnlyKeys(Connectivity.values());
        for (String line : EXPECTED.strip().split("\n")) {
            String[] words = line.trim().split("\\s+");
            Connectivity from = Connectivity.valueOf(words[0]);
            assertThat(words).hasSize(1 + Input.values().length);
            for (Input input : Input.values()) {
                ConnectState s = reached(ways.get(from));
                assertThat(s.state()).isEqualTo(from);
                Outcome outcome = s.on(input);
                String actual = outcome == Outcome.MOVED ? s.state().name() : outcome.name();
                assertThat(actual).as(from + " " + input).isEqualTo(words[1 + input.ordinal()]);
                if (outcome != Outcome.MOVED) assertThat(s.state()).isEqualTo(from);
            }
        }
    }

    private static Map<Connectivity, List<Input>> ways() {
        Map<Connectivity, List<Input>> ways = new EnumMap<>(Connectivity.class);
        ways.put(Connectivity.IDLE, List.of());
        Deque<Connectivity> todo = new ArrayDeque<>(List.of(Connectivity.IDLE));
        while (!todo.isEmpty()) {
            List<Input> way = ways.get(todo.remove());
            for (Input input : Input.values()) {
                ConnectState s = reached(way);
                if (s.on(input) != Outcome.MOVED || ways.containsKey(s.state())) continue;
                List<Input> longer = new ArrayList<>(way);
                longer.add(input);
                ways.put(s.state(), longer);
                todo.add(s.state());
            }
        }
        return ways;
    }

    private static ConnectState reached(List<Input> way) {
        ConnectState s = new ConnectState();
        way.forEach(s::on);
        return s;
    }
}
