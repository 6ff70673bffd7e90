package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.primitives.flags.FlagOverride;
import io.gyrfalcon.primitives.flags.Flags;
import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a call that its loop carries hears that it is complete. */
@Timeout(60)
class PromptCompletionTest extends ScriptedCalls {
    private long answeredIn;
    private long completedIn;

    @BeforeEach
    void carry() {
        parts.isCarrying = true;
        onHalfClose =
                call -> {
                    call.answer();
                    answeredIn = rig.loop.turns();
                };
        onComplete = _ -> completedIn = rig.loop.turns();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCallThatHasAnsweredIsCompleteInTheSameTurnAtOnce(boolean isPrompt) {
        try (FlagOverride _ = Flags.override(GrpcFlags.PROMPT_COMPLETION, isPrompt)) {
            RawClient client = start(Lane.DIRECT);
            unary(client, 1);
            rig.go(client);
            assertAnswered(client, 1);
        }
        assertThat(log()).containsExactly("0 message hello", "0 halfClose", "0 complete");
        assertThat(completedIn - answeredIn).isEqualTo(isPrompt ? 0 : 1);
    }

    @Test
    void theCallbackThatAnswersIsOverBefore() {
        onHalfClose =
                call -> {
                    call.answer();
                    assertThat(log).doesNotContain("0 complete");
                };
        RawClient client = start(Lane.DIRECT);
        unary(client, 1);
        rig.go(client);
        assertThat(log()).last().isEqualTo("0 complete");
    }

    @Test
    void aCallThatAnotherAnswersIsCompleteAfterTheOther() {
        onHalfClose =
                call -> {
                    if (call.index == 0) return;
                    calls.getFirst().answer();
                    call.answer();
                };
        RawClient client = start(Lane.DIRECT);
        unary(client, 1);
        rig.go(client);
        log();
        unary(client, 3);
        rig.go(client);
        assertThat(log())
                .containsExactly("1 message hello", "1 halfClose", "1 complete", "0 complete");
        assertAnswered(client, 1);
    }

    @Test
    void aCallThatIsAnsweredBeforeItsClientHasEndedItIsComplete() {
        onMessage = Scripted::answer;
        onHalfClose = _ -> {};
        RawClient client = start(Lane.DIRECT);
        client.request(1, "/a.B/U", false).message(1, false, "hello");
        rig.go(client);
        assertThat(log()).containsExactly("0 message hello", "0 complete");
    }

    @Test
    void aCallThatHasLostItsLoopIsCompleteAllTheSame() {
        onHalfClose =
                call -> {
                    assertThat(rig.loop.take()).isTrue();
                    call.answer();
                };
        RawClient client = start(Lane.DIRECT);
        unary(client, 1);
        rig.go(client);
        assertAnswered(client, 1);
        assertThat(log()).last().isEqualTo("0 complete");
    }
}
