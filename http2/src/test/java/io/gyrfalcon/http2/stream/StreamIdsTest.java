package io.gyrfalcon.http2.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.http2.stream.StreamState.State;

import org.junit.jupiter.api.Test;

class StreamIdsTest {
    private final StreamIds ids = new StreamIds();

    @Test
    void section5_1_1_whatIsAboveTheLastIsIdle() {
        ids.open(5);
        assertThat(ids.last()).isEqualTo(5);
        assertThat(ids.stateOf(7)).isEqualTo(State.IDLE);
        assertThat(ids.stateOf(3)).isEqualTo(State.RESET_LOCAL);
        assertThat(ids.isRemembered(3)).isFalse();
    }

    @Test
    void section5_1_theLastSixtyFourEndsAreRemembered() {
        for (int id = 1; id <= 2 * 65; id += 2) {
            ids.open(id);
            ids.ended(id, id % 4 == 1 ? State.CLOSED : State.RESET_REMOTE);
        }
        assertThat(ids.isRemembered(1)).isFalse();
        assertThat(ids.stateOf(1)).isEqualTo(State.RESET_LOCAL);
        assertThat(ids.stateOf(3)).isEqualTo(State.RESET_REMOTE);
        assertThat(ids.stateOf(5)).isEqualTo(State.CLOSED);
        ids.open(201);
        ids.ended(201, State.RESET_LOCAL);
        assertThat(ids.stateOf(201)).isEqualTo(State.RESET_LOCAL);
        assertThat(ids.isRemembered(201)).isTrue();
    }

    @Test
    void aStreamThatWeResetIsResetByThePeerOnce() {
        ids.open(5);
        ids.ended(1, State.RESET_LOCAL);
        ids.ended(3, State.RESET_REMOTE);
        ids.ended(5, State.CLOSED);
        assertThat(ids.takeReset(1)).isTrue();
        assertThat(ids.takeReset(1)).isFalse();
        assertThat(ids.takeReset(3)).isFalse();
        assertThat(ids.takeReset(5)).isFalse();
        assertThat(ids.stateOf(1)).isEqualTo(State.RESET_REMOTE);
    }

    @Test
    void asManyResetsOfForgottenStreamsAreTakenAsWereForgotten() {
        ids.open(401);
        for (int id = 1; id <= 11; id += 2) {
            ids.ended(id, id < 7 ? State.RESET_LOCAL : State.CLOSED);
        }
        for (int i = 0; i < 64; i++) ids.ended(101 + 2 * i, State.CLOSED);
        for (int id = 1; id < 7; id += 2) assertThat(ids.takeReset(id)).isTrue();
        assertThat(ids.takeReset(1)).isFalse();
    }
}
