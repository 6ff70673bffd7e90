package io.gyrfalcon.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.gyrfalcon.grpc.client.ChannelRig.Heard;
import io.gyrfalcon.http2.sim.FrameBytes;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** gRFC A17: health checks of a channel, against a server that the test plays. */
class HealthWatchTest {
    private static final long SECOND = ChannelRig.SECOND;
    private static final CallOptions PLAIN = CallOptions.DEFAULT;
    private static final String SERVING = "\u0008\u0001";
    private static final String NOT_SERVING = "\u0008\u0002";

    private final ChannelRig rig = new ChannelRig();

    @AfterEach
    void end() {
        rig.close();
    }

    /**
     * A call of a channel that asks for health, whose connection is up and whose watch is asked.
     */
    private Heard watched() {
        rig.policy = "round_robin";
        rig.configured("{'healthCheckConfig':{'serviceName':'~svc~'}}");
        Heard call = rig.unary(PLAIN);
        rig.greet(100);
        return call;
    }

    private void say(int id, String message) {
        rig.server().message(id, message);
        rig.settle();
    }

    @Test
    void callsWaitUntilTheServerSaysThatItServes() {
        Heard call = watched();
        String asked = rig.server().text();
        assertThat(asked).contains("\n\u0005~svc~");
        assertThat(rig.states).containsExactly("CONNECTING");
        rig.server().head(1);
        say(1, SERVING);
        assertThat(rig.states).containsExactly("CONNECTING", "READY");
        rig.answer(3, "a");
        assertThat(call.lines).endsWith("closed OK");
    }

    @Test
    void aServerThatDoesNotServeIsNotCalled() {
        Heard call = watched();
        rig.server().head(1);
        say(1, NOT_SERVING);
        assertThat(call.status.toString())
                .contains("UNAVAILABLE", "Health-check service responded NOT_SERVING for '~svc~'");
        assertThat(rig.states).containsExactly("CONNECTING", "TRANSIENT_FAILURE");
        Heard patient = rig.unary(PLAIN.withWaitForReady());
        say(1, SERVING);
        rig.answer(3, "a");
        assertThat(patient.lines).endsWith("closed OK");
        say(1, "");
        assertThat(rig.unary(PLAIN).status.getDescription()).contains("responded UNKNOWN");
        say(1, "\u0008\u0003");
        assertThat(rig.unary(PLAIN).status.getDescription()).contains("responded SERVICE_UNKNOWN");
        say(1, "\u0008\u0009");
        assertThat(rig.unary(PLAIN).status.getDescription()).contains("responded UNRECOGNIZED");
    }

    @Test
    void aServerThatDoesNotKnowTheMethodCountsAsHealthy() {
        Heard call = watched();
        rig.fail(1, 12);
        assertThat(rig.states).containsExactly("CONNECTING", "READY");
        rig.answer(3, "a");
        assertThat(call.lines).endsWith("closed OK");
        rig.server().lines();
        rig.simulation.runFor(300 * SECOND);
        assertThat(rig.server().lines()).noneMatch(line -> line.startsWith("HEADERS"));
    }

    @Test
    void aWatchThatEndsAfterAnAnswerIsBegunAgainAtOnce() {
        watched();
        rig.server().head(1);
        say(1, SERVING);
        rig.server().lines();
        rig.server().trailers(1, "grpc-status", "13");
        rig.simulation.runFor(SECOND / 1000);
        assertThat(rig.states)
                .containsExactly("CONNECTING", "READY", "TRANSIENT_FAILURE", "CONNECTING");
        assertThat(rig.server().lines()).contains("HEADERS 5");
        rig.server().head(5);
        say(5, SERVING);
        assertThat(rig.states).endsWith("READY");
    }

    @Test
    void aWatchThatEndsWithoutAnAnswerIsBegunAgainAfterAWhile() {
        Heard call = watched();
        rig.fail(1, 13);
        assertThat(call.status.getDescription())
                .startsWith("Health-check stream unexpectedly closed with Status{code=INTERNAL")
                .endsWith("for '~svc~'");
        rig.server().lines();
        rig.simulation.runFor(SECOND / 2);
        assertThat(rig.server().lines()).noneMatch(line -> line.startsWith("HEADERS"));
        rig.simulation.runFor(SECOND);
        assertThat(rig.server().lines()).contains("HEADERS 3");
        rig.fail(3, 13);
        rig.simulation.runFor(SECOND / 2);
        assertThat(rig.server().lines()).noneMatch(line -> line.startsWith("HEADERS"));
        rig.simulation.runFor(SECOND + SECOND / 4);
        assertThat(rig.server().lines()).contains("HEADERS 5");
    }

    @Test
    void anAnswerThatCannotBeReadEndsTheWatch() {
        for (String bad :
                new String[] {"\u0008", "\u000F\u0001", "\u0012\u0005a", "\u00FF".repeat(11)}) {
            try (ChannelRig other = new ChannelRig()) {
                other.policy = "round_robin";
                other.configured("{'healthCheckConfig':{'serviceName':''}}");
                Heard call = other.unary(PLAIN);
                other.greet(100);
                other.server().head(1).message(1, bad);
                other.settle();
                assertThat(call.status.getDescription())
                        .contains("The server's health is unreadable");
            }
        }
    }

    @Test
    void fieldsThatNobodyKnowsAreSkipped() {
        watched();
        rig.server().head(1);
        String others = "\u0010\u00FF\u0001" + "\u0019abcdefgh" + "\"\u0003abc" + "\u002Dabcd";
        say(1, others + SERVING);
        assertThat(rig.states).endsWith("READY");
    }

    @Test
    void aCompressedAnswerEndsTheWatch() {
        Heard call = watched();
        rig.server().head(1).data(1, new byte[] {1, 0, 0, 0, 2, 8, 1}, false);
        rig.settle();
        assertThat(call.status.getDescription()).contains("unexpectedly closed");
    }

    @Test
    void aLongNameIsAskedForInFull() {
        byte[] request = HealthMessages.request("x".repeat(300));
        assertThat(request).hasSize(5 + 3 + 300).startsWith(0, 0, 0, 1, 47, 10, 0xAC, 2, 'x');
        assertThat(HealthMessages.request("")).containsOnly(0).hasSize(5);
    }

    @Test
    void aConnectionThatGoesEndsItsWatch() {
        watched();
        rig.server().head(1);
        say(1, SERVING);
        rig.server().close();
        rig.settle();
        assertThat(rig.states).endsWith("READY", "CONNECTING");
        rig.greet(100);
        assertThat(rig.servers).hasSize(2);
        rig.server().head(1);
        say(1, SERVING);
        assertThat(rig.states).endsWith("READY");
    }

    @Test
    void aServerThatGoesAwayIsNotKeptByItsWatch() {
        watched();
        rig.server().head(1);
        say(1, SERVING);
        rig.answer(3, "a");
        rig.server().send(new FrameBytes().frame(7, 0, 0, new byte[] {0, 0, 0, 9, 0, 0, 0, 0}));
        rig.settle();
        assertThat(rig.servers.getFirst().isClosed).isTrue();
    }

    @Test
    void aWatchKeepsNoChannelAwake() {
        rig.idleNanos = 10 * SECOND;
        watched();
        rig.server().head(1);
        say(1, SERVING);
        rig.answer(3, "a");
        rig.simulation.runFor(11 * SECOND);
        assertThat(rig.states).endsWith("IDLE");
        assertThat(rig.server().isClosed).isTrue();
    }

    @Test
    void aWatchWaitsForRoomAsCallsDo() {
        rig.policy = "round_robin";
        rig.configured("{'healthCheckConfig':{'serviceName':'~svc~'}}");
        rig.unary(PLAIN);
        rig.greet(0);
        assertThat(rig.servers).hasSize(2);
        rig.greet(100);
        rig.server().head(1);
        say(1, SERVING);
        assertThat(rig.states).endsWith("READY");
    }

    @Test
    void pickFirstAsksForNobodysHealth() {
        rig.configured("{'healthCheckConfig':{'serviceName':'~svc~'}}");
        Heard call = rig.unary();
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
    }
}
