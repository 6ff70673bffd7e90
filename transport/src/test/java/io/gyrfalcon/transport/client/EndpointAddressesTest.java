package io.gyrfalcon.transport.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.traffic.connect.Connectivity;
import io.gyrfalcon.transport.wire.StatusCode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** An endpoint whose server has several addresses, on a clock that the test moves. */
class EndpointAddressesTest implements EndpointEvents {
    private static final long SECOND = ClientRig.SECOND;
    private static final SocketAddress NOBODY = at(7_777);
    private static final SocketAddress NOBODY_EITHER = at(7_778);
    private static final CallStatus OVER = CallStatus.of(StatusCode.UNAVAILABLE, "over");
    private static final RandomGenerator MIDDLE = () -> 1L << 63;

    private final ClientRig rig = new ClientRig();
    private final List<String> log = new ArrayList<>();
    private Endpoint endpoint;

    @AfterEach
    void end() {
        endpoint.closeNow(OVER);
        rig.settle();
        assertThat(endpoint.connectionCount()).isZero();
        rig.close();
    }

    @Override
    public void onState(Endpoint told, Connectivity state, CallStatus why) {
        log.add(state + (why == null ? "" : " " + why.description()));
    }

    @Override
    public void onTerminated(Endpoint told) {
        log.add("terminated");
    }

    private static SocketAddress at(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static List<Destination> to(SocketAddress... addresses) {
        return Stream.of(addresses).map(Destination::plain).toList();
    }

    private void connect(SocketAddress... addresses) {
        endpoint =
                new Endpoint(
                        rig.loop,
                        to(addresses),
                        ClientRig.settings(s -> s),
                        PoolSettings.defaults(),
                        MIDDLE,
                        this);
        endpoint.connect();
        rig.settle();
    }

    private void greet() {
        rig.server().hello();
        rig.settle();
    }

    private List<String> told() {
        List<String> told = List.copyOf(log);
        log.clear();
        return told;
    }

    @Test
    void theNextAddressIsTriedAtOnceWhenOneFails() {
        connect(NOBODY, NOBODY_EITHER, rig.address);
        greet();
        assertThat(told()).containsExactly("CONNECTING", "READY");
        assertThat(endpoint.destination().address()).isEqualTo(rig.address);
    }

    @Test
    void theAttemptHasFailedWhenAllHave() {
        connect(NOBODY, NOBODY_EITHER);
        assertThat(told()).containsExactly("CONNECTING", "TRANSIENT_FAILURE io exception");
        rig.simulation.runFor(SECOND + SECOND / 10);
        assertThat(told()).containsExactly("CONNECTING", "TRANSIENT_FAILURE io exception");
    }

    @Test
    void eachAddressHasTimeOfItsOwn() {
        rig.simulation.network().blackHole((InetSocketAddress) NOBODY);
        rig.simulation.network().blackHole((InetSocketAddress) NOBODY_EITHER);
        connect(NOBODY, NOBODY_EITHER, rig.address);
        rig.simulation.runFor(39 * SECOND);
        assertThat(rig.servers).isEmpty();
        rig.simulation.runFor(2 * SECOND);
        greet();
        assertThat(told()).containsExactly("CONNECTING", "READY");
    }

    @Test
    void anAddressInUseStaysSo() {
        connect(rig.address);
        greet();
        endpoint.destinations(to(NOBODY, rig.address));
        rig.settle();
        assertThat(told()).containsExactly("CONNECTING", "READY");
        assertThat(rig.server().isClosed).isFalse();
        rig.server().close();
        rig.settle();
        assertThat(told()).containsExactly("IDLE Network closed for unknown reason");
        endpoint.connect();
        rig.settle();
        greet();
        assertThat(told()).containsExactly("CONNECTING", "READY");
    }

    @Test
    void anAddressThatIsGoneTakesNoMoreCalls() {
        connect(rig.address);
        greet();
        endpoint.destinations(to(NOBODY));
        rig.settle();
        assertThat(told()).containsExactly("CONNECTING", "READY", "IDLE");
        assertThat(rig.server().isClosed).isTrue();
        endpoint.destinations(to(NOBODY_EITHER));
        endpoint.connect();
        rig.settle();
        assertThat(told()).containsExactly("CONNECTING", "TRANSIENT_FAILURE io exception");
    }

    @Test
    void anAttemptAtAnAddressThatIsGoneBeginsAnew() {
        rig.simulation.network().blackHole((InetSocketAddress) NOBODY);
        connect(NOBODY);
        endpoint.destinations(to(rig.address));
        rig.settle();
        greet();
        assertThat(told()).containsExactly("CONNECTING", "READY");
    }

    @Test
    void aServerHasAnAddress() {
        connect(rig.address);
        assertThatThrownBy(() -> endpoint.destinations(List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
