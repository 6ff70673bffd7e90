package io.gyrfalcon.http2.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.http2.stream.StreamState.Input;
import io.gyrfalcon.http2.stream.StreamState.Outcome;
import io.gyrfalcon.http2.stream.StreamState.State;

import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

class StreamStateTest {
    /**
     * One line per state, one word per input in the order of the enum: a next state or a verdict.
     */
    private static final String EXPECTED =
            """
            IDLE               OPEN IDLE_ERROR IDLE_ERROR IDLE_ERROR IDLE_ERROR IDLE \
            OPEN FORBIDDEN FORBIDDEN FORBIDDEN
            OPEN               OPEN OPEN HALF_CLOSED_REMOTE RESET_REMOTE OPEN OPEN \
            OPEN OPEN HALF_CLOSED_LOCAL RESET_LOCAL
            HALF_CLOSED_REMOTE STREAM_ERROR STREAM_ERROR STREAM_ERROR RESET_REMOTE \
            HALF_CLOSED_REMOTE HALF_CLOSED_REMOTE \
            HALF_CLOSED_REMOTE HALF_CLOSED_REMOTE CLOSED RESET_LOCAL
            HALF_CLOSED_LOCAL  HALF_CLOSED_LOCAL HALF_CLOSED_LOCAL CLOSED RESET_REMOTE \
            HALF_CLOSED_LOCAL HALF_CLOSED_LOCAL \
            FORBIDDEN FORBIDDEN FORBIDDEN RESET_LOCAL
            CLOSED             CLOSED_ERROR CLOSED_ERROR CLOSED_ERROR IGNORE IGNORE IGNORE \
            FORBIDDEN FORBIDDEN FORBIDDEN FORBIDDEN
            RESET_LOCAL        IGNORE IGNORE IGNORE IGNORE IGNORE IGNORE \
            FORBIDDEN FORBIDDEN FORBIDDEN FORBIDDEN
            RESET_REMOTE       STREAM_ERROR STREAM_ERROR STREAM_ERROR IGNORE IGNORE IGNORE \
            FORBIDDEN FORBIDDEN FORBIDDEN FORBIDDEN
            """;

    @Test
    void section5_1_everyCellOfTheTableIsAsWritten() {
        Map<State, List<Input>> ways = ways();
        for (String line : EXPECTED.strip().split("\n")) {
            String[] words = line.trim().split("\\s+");
            State from = State.valueOf(words[0]);
            for (Input input : Input.values()) {
                String expected = words[1 + input.ordinal()];
                StreamState s = new StreamState();
                ways.get(from).forEach(s::on);
                assertThat(s.state()).isEqualTo(from);
                Outcome outcome = s.on(input);
                String actual = outcome == Outcome.OK ? s.state().name() : outcome.name();
                assertThat(actual).as(from + " " + input).isEqualTo(expected);
                if (outcome != Outcome.OK) assertThat(s.state()).isEqualTo(from);
                assertThat(StreamState.absent(from, input)).isEqualTo(outcome);
            }
        }
    }

    @Test
    void everyStateCanBeReached() {
        assertThat(ways()).containsOnlyKeys(State.values());
    }

    @Test
    void sidesAreOpenAsTheStateSays() {
        Map<State, List<Input>> ways = ways();
        for (State state : State.values()) {
            StreamState s = new StreamState();
            ways.get(state).forEach(s::on);
            assertThat(s.isLocalOpen())
                    .isEqualTo(state == State.OPEN || state == State.HALF_CLOSED_REMOTE);
            assertThat(s.isRemoteOpen())
                    .isEqualTo(state == State.OPEN || state == State.HALF_CLOSED_LOCAL);
            assertThat(s.isClosed()).isEqualTo(state.compareTo(State.CLOSED) >= 0);
            s.recycle();
            assertThat(s.state()).isEqualTo(State.IDLE);
        }
    }

    private static Map<State, List<Input>> ways() {
        Map<State, List<Input>> ways = new EnumMap<>(State.class);
        ways.put(State.IDLE, List.of());
        Deque<State> todo = new ArrayDeque<>(List.of(State.IDLE));
        while (!todo.isEmpty()) {
            List<Input> way = ways.get(todo.remove());
            for (Input input : Input.values()) {
                StreamState s = new StreamState();
                way.forEach(s::on);
                if (s.on(input) != Outcome.OK || ways.containsKey(s.state())) continue;
                List<Input> longer = new java.util.ArrayList<>(way);
                longer.add(input);
                ways.put(s.state(), longer);
                todo.add(s.state());
            }
        }
        return ways;
    }
}
