package io.gyrfalcon.eventloop;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.eventloop.fake.Simulation;
import io.gyrfalcon.eventloop.fake.Weather;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** How a connection begins that a loop makes, on a clock that the test moves. */
class ConnectTest {
    private static final long SECOND = 1_000_000_000L;
    private static final InetSocketAddress ANY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final InetSocketAddress NOBODY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);

    private final Simulation simulation = new Simulation(1, Weather.calm().withDelay(1_000_000));
    private final Loop loop = simulation.newLoop();

    @AfterEach
    void end() {
        simulation.close();
        assertThat(simulation.outstandingSlabs()).isZero();
        assertThat(loop.connections()).isZero();
    }

    private Dialer dial(SocketAddress address, byte... toSend) {
        Dialer dialer = new Dialer(toSend);
        assertThat(dialer.connect(loop, address, SocketOptions.defaults())).isTrue();
        return dialer;
    }

    private SocketAddress echo() throws IOException {
        return loop.listen(ANY, ListenOptions.defaults(), Echo::new).address();
    }

    @Test
    void whatIsSentBeforeTheConnectionStandsWaitsForIt() throws IOException {
        Dialer dialer = dial(echo(), (byte) 1, (byte) 2);
        assertThat(dialer.socket.unsentBytes()).isEqualTo(2);
        assertThat(dialer.socket.isBlocked()).isTrue();
        assertThat(loop.connections()).isEqualTo(1);
        simulation.runFor(3 * SECOND);
        assertThat(dialer.connects).isEqualTo(1);
        assertThat(dialer.bytes()).containsExactly(1, 2);
        assertThat(dialer.closes).isEqualTo(1);
        assertThat(dialer.cause).isNull();
    }

    @Test
    void aRefusedConnectionIsClosedWithItsCause() {
        Dialer dialer = dial(NOBODY, (byte) 1);
        simulation.runFor(SECOND);
        assertThat(dialer.connects).isZero();
        assertThat(dialer.closes).isEqualTo(1);
        assertThat(dialer.cause).hasMessage("Connection refused");
    }

    @Test
    void aConnectionThatNobodyAnswersCanBeGivenUp() {
        simulation.network().blackHole(NOBODY);
        Dialer dialer = dial(NOBODY, (byte) 1);
        simulation.runFor(100 * SECOND);
        assertThat(dialer.connects + dialer.closes).isZero();
        dialer.socket.closeAfterFlush();
        simulation.settle();
        assertThat(dialer.closes).isEqualTo(1);
        assertThat(dialer.cause).isNull();
    }

    @Test
    void aHandlerMayCloseAsSoonAsTheConnectionStands() throws IOException {
        Dialer dialer =
                new Dialer() {
                    @Override
                    public void onConnected() {
                        super.onConnected();
                        socket.close();
                    }
                };
        assertThat(dialer.connect(loop, echo(), SocketOptions.defaults())).isTrue();
        simulation.runFor(SECOND);
        assertThat(dialer.connects).isEqualTo(1);
        assertThat(dialer.closes).isEqualTo(1);
        assertThat(dialer.bytes()).isEmpty();
    }

    @Test
    void aHandlerThatFailsAsTheConnectionStandsIsClosed() throws IOException {
        Dialer dialer =
                new Dialer() {
                    @Override
                    public void onConnected() {
                        throw new IllegalStateException("not today");
                    }
                };
        assertThat(dialer.connect(loop, echo(), SocketOptions.defaults())).isTrue();
        simulation.runFor(SECOND);
        assertThat(dialer.closes).isEqualTo(1);
        assertThat(dialer.cause).hasMessageContaining("handler");
    }
}
