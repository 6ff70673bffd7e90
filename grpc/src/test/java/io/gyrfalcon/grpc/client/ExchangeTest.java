package io.gyrfalcon.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Status;
import io.gyrfalcon.grpc.client.ChannelRig.Heard;
import io.gyrfalcon.grpc.server.HeardLog;
import io.gyrfalcon.http2.sim.FrameBytes;
import io.gyrfalcon.transport.fixtures.RawServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.SimpleFormatter;

/** Where the calls of a channel go, on a clock that the test moves. */
class ExchangeTest {
    private static final long SECOND = ChannelRig.SECOND;
    private static final CallOptions PLAIN = CallOptions.DEFAULT;

    private final ChannelRig rig = new ChannelRig();

    @AfterEach
    void end() {
        rig.close();
    }

    private Target named() {
        int port = ((InetSocketAddress) rig.listener.address()).getPort();
        return Target.of("dns:///somewhere:" + port, 443);
    }

    @Test
    void nothingHappensBeforeTheFirstCall() {
        rig.exchange();
        rig.settle();
        assertThat(rig.servers).isEmpty();
        assertThat(rig.states).isEmpty();
        rig.unary();
        assertThat(rig.states).containsExactly("CONNECTING", "READY");
        rig.unary();
        assertThat(rig.servers).hasSize(1);
    }

    @Test
    void aConnectionIsMadeForWhoeverAsksForIt() {
        rig.exchange().connect();
        rig.greet(100);
        rig.exchange().connect();
        assertThat(rig.states).containsExactly("CONNECTING", "READY");
    }

    @Test
    void aNameIsLookedUpOffTheLoop() {
        rig.exchange(named());
        Heard call = rig.unary(PLAIN);
        assertThat(rig.servers).isEmpty();
        rig.lookUp();
        rig.greet(100);
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
    }

    @Test
    void aNameThatNobodyKnowsFailsCallsThatDoNotWait() {
        rig.addresses = List.of();
        rig.exchange(named());
        Heard call = rig.unary(PLAIN);
        Heard patient = rig.unary(PLAIN.withWaitForReady());
        rig.lookUp();
        assertThat(call.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(call.status.getDescription()).isEqualTo("Unable to resolve host somewhere");
        assertThat(call.status.getCause()).isInstanceOf(UnknownHostException.class);
        assertThat(rig.states).containsExactly("CONNECTING", "TRANSIENT_FAILURE");
        rig.addresses = List.of(InetAddress.getLoopbackAddress());
        rig.exchange().resetBackoff();
        rig.lookUp();
        rig.greet(100);
        rig.answer(1, "a");
        assertThat(patient.lines).endsWith("closed OK");
    }

    @Test
    void aNameIsTriedAgainByItselfAndItsFailureLoggedOnce() {
        rig.addresses = List.of();
        rig.exchange(named());
        rig.exchange().connect();
        try (HeardLog log = new HeardLog()) {
            rig.lookUp();
            rig.simulation.runFor(3 * SECOND);
            assertThat(rig.lookUps).isNotEmpty();
            rig.lookUp();
            assertThat(log.records).hasSize(1);
            assertThat(new SimpleFormatter().formatMessage(log.records.remove()))
                    .startsWith("Failed to resolve ")
                    .contains("UNAVAILABLE", "Unable to resolve host somewhere");
        }
    }

    @Test
    void aServerThatIsNotThereFailsCallsThatDoNotWait() {
        rig.listener.close();
        rig.settle();
        Heard patient = rig.unary(PLAIN.withWaitForReady());
        Heard call = rig.unary(PLAIN);
        assertThat(call.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(call.status.getDescription()).isEqualTo("io exception");
        assertThat(rig.states).containsExactly("CONNECTING", "TRANSIENT_FAILURE");
        assertThat(patient.lines).isEmpty();
        patient.call.cancel("enough", null);
        rig.settle();
        assertThat(patient.lines).containsExactly("closed CANCELLED");
    }

    @Test
    void aLostConnectionIsMadeAgainByTheNextCall() {
        rig.unary();
        rig.answer(1, "a");
        rig.server().close();
        rig.settle();
        assertThat(rig.states).containsExactly("CONNECTING", "READY", "IDLE");
        Heard call = rig.unary(PLAIN);
        assertThat(rig.servers).hasSize(2);
        rig.greet(100);
        rig.answer(1, "b");
        assertThat(call.lines).contains("message b");
    }

    @Test
    void aLostConnectionTakesItsCallsAlong() {
        Heard call = rig.unary();
        rig.server().close();
        rig.settle();
        assertThat(call.status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void callsThatWaitForRoomGoElsewhereWhenTheirConnectionGoes() {
        Heard first = rig.unary(PLAIN);
        rig.greet(1);
        Heard second = rig.unary(PLAIN);
        RawServer going = rig.servers.getFirst();
        going.send(new FrameBytes().frame(7, 0, 0, new byte[] {0, 0, 0, 1, 0, 0, 0, 0}));
        rig.settle();
        going.head(1).message(1, "a").trailers(1, "grpc-status", "0");
        rig.settle();
        assertThat(first.lines).contains("message a");
        assertThat(second.lines).isEmpty();
        rig.greet(1);
        rig.answer(1, "b");
        assertThat(second.lines).contains("message b");
    }

    @Test
    void aChannelWithoutCallsLetsItsConnectionGo() {
        rig.idleNanos = 10 * SECOND;
        Heard call = rig.unary();
        rig.simulation.runFor(20 * SECOND);
        assertThat(rig.states).endsWith("READY");
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
        rig.simulation.runFor(9 * SECOND);
        assertThat(rig.states).endsWith("READY");
        rig.simulation.runFor(2 * SECOND);
        assertThat(rig.states).endsWith("IDLE");
        assertThat(rig.server().isClosed).isTrue();
        rig.unary(PLAIN);
        rig.greet(100);
        assertThat(rig.states).endsWith("IDLE", "CONNECTING", "READY");
    }

    @Test
    void aConnectionThatNobodyUsesGoesToo() {
        rig.idleNanos = 10 * SECOND;
        rig.exchange().connect();
        rig.greet(100);
        rig.simulation.runFor(11 * SECOND);
        assertThat(rig.states).endsWith("READY", "IDLE");
    }

    @Test
    void goingIdleLeavesCallsAlone() {
        Heard call = rig.unary();
        rig.exchange().goIdle();
        rig.settle();
        assertThat(rig.states).endsWith("READY", "IDLE");
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
        rig.exchange().goIdle();
    }

    @Test
    void callsThatWaitBeginAnewWhenTheChannelGoesIdle() {
        Heard call = rig.unary(PLAIN);
        rig.exchange().goIdle();
        assertThat(rig.states).containsExactly("CONNECTING", "IDLE", "CONNECTING");
        rig.settle();
        rig.greet(100);
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
    }

    @Test
    void aShutdownWaitsForCalls() {
        Heard call = rig.unary();
        rig.exchange().shutdown();
        rig.exchange().shutdown();
        rig.settle();
        assertThat(rig.states).endsWith("SHUTDOWN");
        assertThat(rig.isTerminated).isFalse();
        Heard late = rig.unary(PLAIN);
        assertThat(late.status.getDescription()).isEqualTo("Channel shutdown invoked");
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
        assertThat(rig.isTerminated).isTrue();
        assertThat(rig.server().isClosed).isTrue();
    }

    @Test
    void aCallThatWaitsOutlivesAShutdown() {
        Heard call = rig.unary(PLAIN);
        rig.exchange().shutdown();
        rig.greet(100);
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
        assertThat(rig.isTerminated).isTrue();
    }

    @Test
    void aShutdownNowEndsCalls() {
        Heard call = rig.unary();
        Heard waiting = rig.start(ChannelRig.UNARY, PLAIN, 1);
        rig.exchange().shutdownNow();
        rig.settle();
        assertThat(call.status.getDescription()).isEqualTo("Channel shutdownNow invoked");
        assertThat(waiting.status.getDescription()).isEqualTo("Channel shutdownNow invoked");
        assertThat(rig.isTerminated).isTrue();
        rig.exchange().connect();
        rig.exchange().goIdle();
        assertThat(rig.states).endsWith("SHUTDOWN");
    }

    @Test
    void aChannelThatWasNeverUsedEndsAtOnce() {
        rig.exchange().shutdown();
        assertThat(rig.isTerminated).isTrue();
    }

    @Test
    void callsEndInAnyOrder() {
        List<Heard> calls = new ArrayList<>();
        for (int i = 0; i < 5; i++) calls.add(rig.unary());
        for (int id : new int[] {5, 1, 9, 3, 7}) rig.answer(id, "a");
        for (Heard call : calls) assertThat(call.lines).endsWith("closed OK");
        rig.exchange().shutdown();
        rig.settle();
        assertThat(rig.isTerminated).isTrue();
    }
}
