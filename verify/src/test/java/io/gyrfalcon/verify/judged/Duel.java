package io.gyrfalcon.verify.judged;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;

import org.junit.jupiter.api.DynamicTest;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * One call of grpc-java's channel and one of ours to servers that play the same script. Afterwards
 * both channels have ended, and with them their connections.
 */
final class Duel {
    private static final int DEADLINE_MILLIS = 30_000;
    private static final int SHORT_MILLIS = 500;
    private static final int PATIENCE_SECONDS = 20;

    private Duel() {}

    /** An answer to a request that has come whole. */
    interface Answer {
        void play(Wire wire, int id) throws IOException;
    }

    /** Answers each request so. */
    static Script answering(Answer answer) {
        return wire -> {
            wire.hello();
            while (true) answer.play(wire, wire.request());
        };
    }

    /** Both calls end with the same code and the same words. */
    static DynamicTest same(String name, Script script) {
        return play(
                name,
                script,
                DEADLINE_MILLIS,
                (theirs, own) -> {
                    assertThat(own.code()).as("%s, %s", theirs, own).isEqualTo(theirs.code());
                    assertThat(own.text()).as("%s, %s", theirs, own).isEqualTo(theirs.text());
                    assertThat(own.messages()).isEqualTo(theirs.messages());
                });
    }

    static DynamicTest same(String name, Answer answer) {
        return same(name, answering(answer));
    }

    /** Both calls end with the same code, ours with words of its own. */
    static DynamicTest alike(String name, String text, Script script) {
        return play(
                name,
                script,
                DEADLINE_MILLIS,
                (theirs, own) -> {
                    assertThat(own.code()).as("%s, %s", theirs, own).isEqualTo(theirs.code());
                    assertThat(own.text()).as("%s, %s", theirs, own).startsWith(text);
                });
    }

    static DynamicTest alike(String name, String text, Answer answer) {
        return alike(name, text, answering(answer));
    }

    /** Both calls end with their deadline, which is short. */
    static DynamicTest late(String name, Script script) {
        return play(
                name,
                script,
                SHORT_MILLIS,
                (theirs, own) -> {
                    assertThat(own.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
                    assertThat(theirs.code()).isEqualTo(Code.DEADLINE_EXCEEDED);
                    assertThat(own.text()).startsWith("CallOptions deadline exceeded after 0.");
                });
    }

    /** Ours ends so, on purpose, and grpc-java's with another code. */
    static DynamicTest ours(String name, Code code, String text, Script script) {
        return play(
                name,
                script,
                SHORT_MILLIS * 4,
                (theirs, own) -> {
                    assertThat(own.code()).as("%s, %s", theirs, own).isEqualTo(code);
                    assertThat(own.text()).as("%s, %s", theirs, own).startsWith(text);
                    assertThat(theirs.code()).as("%s, %s", theirs, own).isNotEqualTo(code);
                });
    }

    static DynamicTest ours(String name, Code code, String text, Answer answer) {
        return ours(name, code, text, answering(answer));
    }

    private static DynamicTest play(
            String name, Script script, int deadlineMillis, BiConsumer<Outcome, Outcome> expected) {
        return DynamicTest.dynamicTest(
                name,
                () ->
                        expected.accept(
                                play(Client.GRPC_JAVA, script, deadlineMillis),
                                play(Client.GYRFALCON, script, deadlineMillis)));
    }

    private static Outcome play(Client client, Script script, int deadlineMillis)
            throws IOException, InterruptedException {
        try (ScriptedServer server = new ScriptedServer(script)) {
            ManagedChannel channel = client.builder("127.0.0.1:" + server.port()).build();
            CallOptions options =
                    CallOptions.DEFAULT.withDeadlineAfter(deadlineMillis, TimeUnit.MILLISECONDS);
            Outcome outcome = Outcome.of(Outcome.begin(channel, Outcome.UNARY, options, "hi"));
            if (client == Client.GYRFALCON) channel.shutdown();
            else channel.shutdownNow();
            boolean hasEnded = channel.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(hasEnded).as("%s ended after %s", client, outcome).isTrue();
            server.awaitEnds();
            return outcome;
        }
    }
}
