package io.gyrfalcon.eventloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.eventloop.fake.FakeClient;
import io.gyrfalcon.eventloop.fake.FakePort;
import io.gyrfalcon.eventloop.fake.Simulation;
import io.gyrfalcon.eventloop.fake.Weather;
import io.gyrfalcon.eventloop.poll.Errno;
import io.gyrfalcon.eventloop.poll.Port;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

class DoorTest {
    private static final long MILLI = 1_000_000L;

    private final Simulation simulation = new Simulation(7, Weather.calm());
    private final Loop loop = simulation.newLoop();
    private final List<Recorder> accepted = new ArrayList<>();
    private Listener listener;
    private FakePort port;

    @BeforeEach
    void listen() throws IOException {
        listener =
                loop.listen(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        ListenOptions.defaults(),
                        socket -> {
                            Recorder handler = new Recorder(socket);
                            accepted.add(handler);
                            return handler;
                        });
        port = simulation.poller(0).lastPort();
        simulation.settle();
    }

    @AfterEach
    void end() {
        simulation.close();
        assertThat(simulation.outstandingSlabs()).isZero();
    }

    private FakeClient connect() throws IOException {
        return simulation.network().connect(listener.address());
    }

    @Test
    void withoutDescriptorsAcceptingPausesAndRecovers() throws IOException {
        port.failNext(3, Errno.EMFILE);
        connect();
        simulation.settle();
        assertThat(accepted).isEmpty();
        long turns = loop.turns();
        simulation.runFor(5 * MILLI);
        connect();
        simulation.runFor(4 * MILLI);
        assertThat(loop.turns() - turns).isLessThan(10);
        assertThat(accepted).isEmpty();
        simulation.runFor(100 * MILLI);
        assertThat(accepted).hasSize(2);
        port.failNext(1, Errno.ENFILE);
        connect();
        simulation.runFor(12 * MILLI);
        assertThat(accepted).hasSize(3);
    }

    @Test
    void whenNothingHelpsThoseThatWaitAreTurnedAway() throws IOException {
        port.failNext(Integer.MAX_VALUE, Errno.EMFILE);
        FakeClient client = connect();
        simulation.runFor(1_200 * MILLI);
        assertThat(port.shedCount()).isZero();
        simulation.runFor(3_000 * MILLI);
        assertThat(port.shedCount()).isEqualTo(1);
        assertThat(client.isEnded() || client.isReset()).isTrue();
        long turns = loop.turns();
        simulation.runFor(10_000 * MILLI);
        assertThat(loop.turns() - turns).isLessThan(100);
        port.failNext(0, 0);
        connect();
        simulation.runFor(1_100 * MILLI);
        assertThat(accepted).hasSize(1);
    }

    @Test
    void aConnectionThatWentAwayMeanwhileIsSkipped() throws IOException {
        port.failNext(2, Errno.ECONNABORTED);
        connect();
        simulation.settle();
        assertThat(accepted).hasSize(1);
    }

    @Test
    void anUnknownFailurePausesToo() throws IOException {
        port.failNext(1, Errno.EINVAL);
        connect();
        simulation.settle();
        assertThat(accepted).isEmpty();
        simulation.runFor(12 * MILLI);
        assertThat(accepted).hasSize(1);
    }

    @Test
    void aFloodOfConnectionsIsTakenInSeveralTurns() throws IOException {
        for (int i = 0; i < 200; i++) connect();
        simulation.settle();
        assertThat(accepted).hasSize(200);
        assertThat(loop.connections()).isEqualTo(200);
    }

    @Test
    void aClosedListenerHearsNothingMore() throws IOException {
        port.failNext(1, Errno.EMFILE);
        FakeClient client = connect();
        simulation.settle();
        listener.close();
        simulation.runFor(100 * MILLI);
        assertThat(accepted).isEmpty();
        assertThat(client.isEnded()).isTrue();
        assertThatThrownBy(this::connect).hasMessageContaining("refused");
    }

    /** A second listener, whose connections all go to {@code target}. */
    private Listener leadingTo(Loop target) throws IOException {
        Port door =
                simulation
                        .poller(0)
                        .listen(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                ListenOptions.defaults(),
                                false);
        return Listener.open(door, loop, Targets.only(target), Recorder::new);
    }

    @Test
    void aConnectionForALoopThatHasEndedIsClosed() throws IOException {
        Loop other = simulation.newLoop();
        Listener there = leadingTo(other);
        simulation.settle();
        other.end();
        FakeClient client = simulation.network().connect(there.address());
        simulation.network().deliverDue();
        loop.turn(0);
        simulation.network().deliverDue();
        assertThat(client.isEnded() || client.isReset()).isTrue();
        assertThat(other.connections()).isZero();
    }

    @Test
    void aConnectionOnItsWayToALoopThatEndsIsClosed() throws IOException {
        Loop other = simulation.newLoop();
        Listener there = leadingTo(other);
        simulation.settle();
        FakeClient client = simulation.network().connect(there.address());
        simulation.network().deliverDue();
        loop.turn(0);
        assertThat(other.connections()).isEqualTo(1);
        other.end();
        simulation.network().deliverDue();
        assertThat(client.isEnded() || client.isReset()).isTrue();
    }

    @Test
    void aListenerOfALoopThatHasEndedIsClosed() throws IOException {
        Loop other = simulation.newLoop();
        Port door =
                simulation
                        .poller(1)
                        .listen(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                ListenOptions.defaults(),
                                false);
        other.end();
        Listener never = Listener.open(door, other, Targets.only(other), Recorder::new);
        assertThatThrownBy(() -> simulation.network().connect(never.address()))
                .isInstanceOf(IOException.class);
    }
}
