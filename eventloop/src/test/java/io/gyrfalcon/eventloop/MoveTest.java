package io.gyrfalcon.eventloop;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.eventloop.fake.FakeClient;
import io.gyrfalcon.eventloop.fake.Simulation;
import io.gyrfalcon.eventloop.fake.Weather;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A socket that goes from one loop to another, on a clock that the test moves. */
class MoveTest {
    private static final InetSocketAddress ANY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final Simulation simulation = new Simulation(1, Weather.calm().withBuffer(1000));
    private final Loop first = simulation.newLoop();
    private final Loop second = simulation.newLoop();
    private FakeClient client;
    private Nomad nomad;

    @BeforeEach
    void connect() throws IOException {
        Listener listener =
                first.listen(
                        ANY,
                        ListenOptions.defaults(),
                        socket -> {
                            nomad = new Nomad(socket);
                            return nomad;
                        });
        client = simulation.network().connect(listener.address());
        simulation.settle();
        assertThat(nomad.socket.loop()).isSameAs(first);
    }

    @AfterEach
    void end() {
        simulation.close();
        assertThat(simulation.outstandingSlabs()).isZero();
        assertThat(first.connections()).isZero();
        assertThat(second.connections()).isZero();
        assertThat(nomad.closes).isEqualTo(1);
        assertThat(nomad.strays).isZero();
    }

    private void stays() {
        assertThat(nomad.socket.moveTo(second)).isFalse();
        simulation.settle();
        assertThat(nomad.socket.loop()).isSameAs(first);
        assertThat(nomad.leavings).isZero();
    }

    @Test
    void aQuietSocketGoesAndIsServedThere() {
        assertThat(nomad.socket.moveTo(second)).isTrue();
        assertThat(nomad.socket.isOn(first)).isFalse();
        assertThat(nomad.socket.isOn(second)).isFalse();
        assertThat(nomad.socket.loop()).isSameAs(second);
        simulation.settle();
        assertThat(nomad.socket.isOn(second)).isTrue();
        assertThat(nomad.leavings).isEqualTo(1);
        assertThat(nomad.arrivals).isEqualTo(1);
        assertThat(first.connections()).isZero();
        assertThat(second.connections()).isEqualTo(1);
        client.write((byte) 7);
        simulation.settle();
        assertThat(client.read()).containsExactly(7);
    }

    @Test
    void whatArrivesOnTheWayIsReadThere() {
        assertThat(nomad.socket.moveTo(second)).isTrue();
        client.write((byte) 1, (byte) 2);
        simulation.turn(first.index());
        assertThat(nomad.receives).isZero();
        simulation.settle();
        assertThat(client.read()).containsExactly(1, 2);
    }

    @Test
    void theEndOfInputOnTheWayIsHeardThere() {
        assertThat(nomad.socket.moveTo(second)).isTrue();
        client.halfClose();
        simulation.settle();
        assertThat(nomad.inputEnds).isEqualTo(1);
        assertThat(nomad.closes).isEqualTo(1);
    }

    @Test
    void itComesBackAndGoesAgain() {
        for (int i = 0; i < 10; i++) {
            Loop target = i % 2 == 0 ? second : first;
            assertThat(nomad.socket.moveTo(target)).isTrue();
            client.write((byte) i);
            simulation.settle();
            assertThat(nomad.socket.isOn(target)).isTrue();
            assertThat(client.read()).containsExactly(i);
        }
    }

    @Test
    void itStaysWhereItIsSentIfThatIsWhereItIs() {
        assertThat(nomad.socket.moveTo(first)).isFalse();
        assertThat(nomad.leavings).isZero();
    }

    @Test
    void itStaysWhileItsHandlerIsBusy() {
        nomad.isQuiet = false;
        stays();
    }

    @Test
    void itStaysWhileSomethingWaitsToLeave() {
        nomad.socket.outbox().append(new byte[] {1}, 0, 1);
        stays();
        nomad.socket.flush();
        assertThat(nomad.socket.moveTo(second)).isTrue();
    }

    @Test
    void itStaysWhileTheSocketIsFull() {
        nomad.socket.outbox().append(new byte[5000], 0, 5000);
        nomad.socket.flush();
        assertThat(nomad.socket.isBlocked()).isTrue();
        stays();
    }

    @Test
    void itStaysWhilePausedAndUntilItHasReadOn() {
        nomad.socket.pauseReading();
        client.write((byte) 1);
        simulation.settle();
        stays();
        nomad.socket.resumeReading();
        assertThat(nomad.socket.moveTo(second)).isFalse();
        simulation.settle();
        assertThat(client.read()).containsExactly(1);
        assertThat(nomad.socket.moveTo(second)).isTrue();
    }

    @Test
    void itStaysOnceItIsClosed() {
        nomad.socket.close();
        stays();
    }

    @Test
    void itStaysWhereTheTargetHasEnded() {
        second.end();
        assertThat(nomad.socket.moveTo(second)).isFalse();
        assertThat(nomad.leavings).isZero();
    }

    @Test
    void itsLoopEndsItWhenThatLoopEndsWithTheLetterUnread() {
        assertThat(nomad.socket.moveTo(second)).isTrue();
        second.end();
        assertThat(nomad.arrivals).isEqualTo(1);
        assertThat(nomad.cause).hasMessage("the loop has ended");
    }

    @Test
    void itGoesBackIfTheTargetEndsOnTheWay() {
        Crossing crossing = nomad.socket.depart(first, second);
        crossing.onUndelivered();
        simulation.settle();
        assertThat(nomad.socket.isOn(first)).isTrue();
        assertThat(first.connections()).isEqualTo(1);
        assertThat(second.connections()).isZero();
        client.write((byte) 5);
        simulation.settle();
        assertThat(client.read()).containsExactly(5);
    }

    @Test
    void itEndsIfBothLoopsEndOnTheWay() {
        Crossing crossing = nomad.socket.depart(first, second);
        first.end();
        crossing.onUndelivered();
        assertThat(nomad.cause).hasMessage("the loop has ended");
        simulation.network().deliverDue();
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void itEndsWhereItCannotBeWatched() {
        simulation.poller(second.index()).refuseNext();
        assertThat(nomad.socket.moveTo(second)).isTrue();
        simulation.settle();
        assertThat(nomad.cause).hasMessage("refused on purpose");
    }
}
