package io.gyrfalcon.transport.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.Listener;
import io.gyrfalcon.http2.sim.FrameBytes;
import io.gyrfalcon.traffic.connect.BackoffSettings;
import io.gyrfalcon.traffic.connect.Connectivity;
import io.gyrfalcon.transport.fixtures.RawServer;
import io.gyrfalcon.transport.wire.StatusCode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** The connections of one endpoint, on a clock that the test moves. */
class EndpointTest implements EndpointEvents {
    private static final long SECOND = ClientRig.SECOND;
    private static final InetSocketAddress LATER =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 7_777);
    private static final CallStatus OVER = CallStatus.of(StatusCode.UNAVAILABLE, "over");

    /** In the middle: back-off without jitter. */
    private static final RandomGenerator MIDDLE = () -> 1L << 63;

    private final ClientRig rig = new ClientRig();
    private final List<String> log = new ArrayList<>();
    private final List<Endpoint> endpoints = new ArrayList<>();

    @AfterEach
    void end() {
        for (Endpoint endpoint : endpoints) endpoint.closeNow(OVER);
        rig.settle();
        for (Endpoint endpoint : endpoints) assertThat(endpoint.connectionCount()).isZero();
        rig.close();
    }

    /** One call that waits for a connection, or has one. */
    private final class Asked extends Noted implements PendingCall {
        boolean isWanted = true;

        @Override
        public boolean isWanted() {
            return isWanted;
        }

        @Override
        public void onConnection(ClientConnection connection) {
            call = connection.call(ClientRig.HEAD, null, 0, this);
            send("hi", true);
            EndpointTest.this.log.add("opened");
        }

        @Override
        public void onFailed(CallStatus why) {
            EndpointTest.this.log.add("failed " + why.code() + " " + why.description());
        }
    }

    @Override
    public void onState(Endpoint endpoint, Connectivity state, CallStatus why) {
        log.add(state + (why == null ? "" : " " + why.description()));
    }

    @Override
    public void onTerminated(Endpoint endpoint) {
        log.add("terminated");
    }

    private Endpoint endpoint(InetSocketAddress address, PoolSettings pool) {
        return endpoint(Destination.plain(address), pool, ClientRig.settings(s -> s));
    }

    private Endpoint endpoint(Destination to, PoolSettings pool, ClientSettings settings) {
        Endpoint endpoint = new Endpoint(rig.loop, to, settings, pool, MIDDLE, this);
        endpoints.add(endpoint);
        return endpoint;
    }

    private static PoolSettings pool(int connectionsMax, int waitingMax) {
        return new PoolSettings(
                connectionsMax, waitingMax, 60 * SECOND, BackoffSettings.standard());
    }

    /** An endpoint that is READY, its server allowing so many streams. */
    private Endpoint ready(int streams, PoolSettings pool) {
        Endpoint endpoint = endpoint((InetSocketAddress) rig.address, pool);
        endpoint.connect();
        greet(streams);
        log.clear();
        return endpoint;
    }

    private void greet(int streams) {
        rig.settle();
        rig.server().hello(3, streams);
        rig.settle();
    }

    private Asked start(Endpoint endpoint) {
        Asked asked = new Asked();
        assertThat(endpoint.start(asked)).isTrue();
        rig.settle();
        return asked;
    }

    private List<String> told() {
        List<String> told = List.copyOf(log);
        log.clear();
        return told;
    }

    private static void answer(RawServer server, int id) {
        server.head(id).trailers(id, "grpc-status", "0");
    }

    private static FrameBytes goAway(int code, String debug) {
        byte[] text = debug.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer payload = ByteBuffer.allocate(8 + text.length);
        payload.putInt(Integer.MAX_VALUE).putInt(code).put(text);
        return new FrameBytes().frame(7, 0, 0, payload.array());
    }

    @Test
    void anEndpointConnectsOnceItIsAsked() {
        Endpoint endpoint = endpoint((InetSocketAddress) rig.address, PoolSettings.defaults());
        rig.simulation.runFor(SECOND);
        assertThat(rig.servers).isEmpty();
        assertThat(endpoint.state()).isEqualTo(Connectivity.IDLE);
        assertThat(endpoint.start(new Asked())).isFalse();
        endpoint.connect();
        endpoint.connect();
        assertThat(endpoint.start(new Asked())).isFalse();
        greet(100);
        assertThat(told()).containsExactly("CONNECTING", "READY");
        assertThat(rig.servers).hasSize(1);
        assertThat(endpoint.destination().address()).isEqualTo(rig.address);
        Asked call = start(endpoint);
        answer(rig.server(), 1);
        rig.settle();
        assertThat(call.status.isOk()).isTrue();
        assertThat(told()).containsExactly("opened");
    }

    @Test
    void aFailedAttemptIsRepeatedAfterTheBackoff() throws IOException {
        Endpoint endpoint = endpoint(LATER, PoolSettings.defaults());
        endpoint.connect();
        rig.settle();
        assertThat(told()).containsExactly("CONNECTING", "TRANSIENT_FAILURE io exception");
        rig.simulation.runFor(SECOND - 10_000_000);
        assertThat(told()).isEmpty();
        rig.simulation.runFor(20_000_000);
        assertThat(told()).containsExactly("CONNECTING", "TRANSIENT_FAILURE io exception");
        rig.simulation.runFor(SECOND + SECOND / 2);
        assertThat(told()).isEmpty();
        Listener listener = rig.loop.listen(LATER, ListenOptions.defaults(), this::serve);
        rig.simulation.runFor(SECOND / 5);
        rig.server().hello();
        rig.settle();
        assertThat(told()).containsExactly("CONNECTING", "READY");
        listener.close();
    }

    private RawServer serve(io.gyrfalcon.eventloop.LoopSocket socket) {
        RawServer server = new RawServer(socket);
        rig.servers.add(server);
        return server;
    }

    @Test
    void theBackoffCanBeForgotten() throws IOException {
        Endpoint endpoint = endpoint(LATER, PoolSettings.defaults());
        endpoint.resetBackoff();
        assertThat(told()).isEmpty();
        endpoint.connect();
        rig.settle();
        told();
        endpoint.resetBackoff();
        rig.settle();
        assertThat(told()).containsExactly("CONNECTING", "TRANSIENT_FAILURE io exception");
    }

    @Test
    void anAttemptThatIsOverdueIsGivenUp() {
        rig.simulation.network().blackHole(LATER);
        Endpoint endpoint = endpoint(LATER, PoolSettings.defaults());
        endpoint.connect();
        rig.simulation.runFor(19 * SECOND);
        assertThat(told()).containsExactly("CONNECTING");
        rig.simulation.runFor(2 * SECOND);
        assertThat(told()).startsWith("TRANSIENT_FAILURE connecting took too long", "CONNECTING");
    }

    @Test
    void anAddressThatCannotBeTriedIsAFailureToo() {
        InetSocketAddress nowhere = InetSocketAddress.createUnresolved("no.such.host", 1);
        Endpoint endpoint = endpoint(nowhere, PoolSettings.defaults());
        endpoint.connect();
        assertThat(told()).containsExactly("CONNECTING");
        rig.settle();
        assertThat(told()).containsExactly("TRANSIENT_FAILURE io exception");
        assertThat(endpoint.connectionCount()).isZero();
    }

    @Test
    void aFurtherConnectionIsMadeWhereTheServersLimitIsReached() {
        Endpoint endpoint = ready(1, pool(2, 10));
        Asked first = start(endpoint);
        assertThat(told()).containsExactly("opened");
        Asked second = start(endpoint);
        Asked third = start(endpoint);
        assertThat(told()).isEmpty();
        assertThat(rig.servers).hasSize(2);
        assertThat(endpoint.waitingCalls()).isEqualTo(2);
        greet(1);
        assertThat(told()).containsExactly("opened");
        assertThat(endpoint.connectionCount()).isEqualTo(2);
        assertThat(endpoint.waitingCalls()).isEqualTo(1);
        rig.simulation.runFor(5 * SECOND);
        assertThat(rig.servers).hasSize(2);
        answer(rig.servers.getFirst(), 1);
        rig.settle();
        assertThat(told()).containsExactly("opened");
        answer(rig.servers.getFirst(), 3);
        answer(rig.server(), 1);
        rig.settle();
        for (Asked asked : List.of(first, second, third)) {
            assertThat(asked.status.isOk()).isTrue();
        }
    }

    @Test
    void aFurtherConnectionGoesWhenItIsNotNeededAnyMore() {
        Endpoint endpoint = ready(1, pool(2, 10));
        start(endpoint);
        start(endpoint);
        greet(1);
        answer(rig.server(), 1);
        rig.settle();
        rig.simulation.runFor(59 * SECOND);
        assertThat(endpoint.connectionCount()).isEqualTo(2);
        rig.simulation.runFor(4 * SECOND);
        assertThat(endpoint.connectionCount()).isEqualTo(1);
        assertThat(endpoint.state()).isEqualTo(Connectivity.READY);
    }

    @Test
    void aFurtherConnectionThatFailsIsTriedAgainLater() throws IOException {
        Listener listener = rig.loop.listen(LATER, ListenOptions.defaults(), this::serve);
        Endpoint endpoint = endpoint(LATER, pool(2, 10));
        endpoint.connect();
        greet(1);
        listener.close();
        start(endpoint);
        start(endpoint);
        assertThat(told()).containsExactly("CONNECTING", "READY", "opened");
        rig.simulation.runFor(SECOND / 2);
        assertThat(endpoint.connectionCount()).isEqualTo(1);
        Listener again = rig.loop.listen(LATER, ListenOptions.defaults(), this::serve);
        rig.simulation.runFor(SECOND);
        greet(1);
        assertThat(told()).containsExactly("opened");
        again.close();
    }

    @Test
    void aFurtherConnectionThatNobodyAnswersIsGivenUp() {
        Endpoint endpoint = ready(1, pool(2, 10));
        start(endpoint);
        rig.simulation.network().blackHole(rig.address);
        start(endpoint);
        assertThat(endpoint.connectionCount()).isEqualTo(2);
        rig.simulation.runFor(19 * SECOND);
        assertThat(endpoint.connectionCount()).isEqualTo(2);
        rig.simulation.runFor(SECOND + SECOND / 2);
        assertThat(told()).containsExactly("opened");
        assertThat(endpoint.state()).isEqualTo(Connectivity.READY);
        answer(rig.server(), 1);
        rig.settle();
        assertThat(told()).containsExactly("opened");
    }

    @Test
    void aCallThatNobodyWantsAnyMoreDoesNotTakeAPlace() {
        Endpoint endpoint = ready(1, pool(1, 10));
        start(endpoint);
        Asked unwanted = start(endpoint);
        Asked wanted = start(endpoint);
        unwanted.isWanted = false;
        told();
        answer(rig.server(), 1);
        rig.settle();
        assertThat(told()).containsExactly("opened");
        assertThat(wanted.call).isNotNull();
        assertThat(unwanted.call).isNull();
    }

    @Test
    void callsThatWaitHaveALimit() {
        Endpoint endpoint = ready(1, pool(1, 2));
        for (int i = 0; i < 3; i++) start(endpoint);
        assertThat(told()).containsExactly("opened");
        start(endpoint);
        assertThat(told()).containsExactly("failed 8 more than 2 calls wait for a connection");
    }

    @Test
    void aServerThatGoesAwayLeavesTheEndpointIdle() {
        Endpoint endpoint = ready(1, pool(1, 10));
        Asked open = start(endpoint);
        start(endpoint);
        told();
        rig.server().send(goAway(0, ""));
        rig.settle();
        assertThat(told()).containsExactly("IDLE", "failed 14 Connection takes no more calls");
        answer(rig.server(), 1);
        rig.settle();
        assertThat(open.status.isOk()).isTrue();
        endpoint.connect();
        greet(10);
        assertThat(told()).containsExactly("CONNECTING", "READY");
    }

    @Test
    void aServerThatClosesOneOfTwoConnectionsLeavesTheEndpointReady() {
        Endpoint endpoint = ready(1, pool(2, 10));
        start(endpoint);
        start(endpoint);
        greet(1);
        Asked waits = start(endpoint);
        told();
        rig.servers.getFirst().close();
        rig.settle();
        assertThat(endpoint.state()).isEqualTo(Connectivity.READY);
        rig.simulation.runFor(2 * SECOND);
        greet(1);
        assertThat(told()).containsExactly("opened");
        assertThat(waits.call).isNotNull();
    }

    @Test
    void aConnectionThatIsLostIsTheReason() {
        Endpoint endpoint = ready(1, pool(1, 10));
        start(endpoint);
        start(endpoint);
        told();
        rig.server().close();
        rig.settle();
        assertThat(told())
                .containsExactly(
                        "IDLE Network closed for unknown reason",
                        "failed 14 Network closed for unknown reason");
        assertThat(endpoint.connectionCount()).isZero();
    }

    @Test
    void anAttemptForWaitingCallsEndsWithTheLastConnection() {
        Endpoint endpoint = ready(1, pool(2, 10));
        start(endpoint);
        rig.simulation.network().blackHole(rig.address);
        start(endpoint);
        told();
        rig.server().close();
        rig.settle();
        assertThat(told()).hasSize(2);
        assertThat(endpoint.connectionCount()).isZero();
        assertThat(endpoint.state()).isEqualTo(Connectivity.IDLE);
    }

    @Test
    void aServerThatFindsOurPingsTooManyIsPingedHalfAsOften() {
        Endpoint endpoint =
                endpoint(
                        Destination.plain(rig.address),
                        pool(1, 1),
                        ClientRig.settings(s -> s.keepAliveNanos(10 * SECOND)));
        for (long seconds : new long[] {10, 20}) {
            endpoint.connect();
            greet(10);
            start(endpoint);
            rig.server().lines();
            rig.simulation.runFor((seconds - 1) * SECOND);
            assertThat(rig.server().lines()).isEmpty();
            rig.simulation.runFor(2 * SECOND);
            assertThat(rig.server().lines()).contains("PING");
            rig.server().send(goAway(11, "too_many_pings"));
            rig.settle();
        }
        assertThat(told()).contains("IDLE");
    }

    @Test
    void anIdleEndpointLetsItsCallsEnd() {
        Endpoint endpoint = ready(1, pool(1, 10));
        Asked open = start(endpoint);
        start(endpoint);
        told();
        endpoint.goIdle();
        rig.settle();
        assertThat(told()).containsExactly("failed 14 Channel is idle", "IDLE");
        assertThat(endpoint.start(new Asked())).isFalse();
        endpoint.goIdle();
        assertThat(told()).isEmpty();
        answer(rig.server(), 1);
        rig.simulation.runFor(2 * SECOND);
        assertThat(open.status.isOk()).isTrue();
        assertThat(endpoint.connectionCount()).isZero();
        endpoint.connect();
        greet(1);
        assertThat(told()).containsExactly("CONNECTING", "READY");
    }

    @Test
    void anAttemptIsGivenUpWhenNobodyNeedsItAnyMore() {
        rig.simulation.network().blackHole(LATER);
        Endpoint endpoint = endpoint(LATER, pool(1, 1));
        endpoint.connect();
        rig.settle();
        endpoint.goIdle();
        rig.settle();
        assertThat(told()).containsExactly("CONNECTING", "IDLE");
        assertThat(endpoint.connectionCount()).isZero();
    }

    @Test
    void shuttingDownEndsWithTheLastCall() {
        Endpoint endpoint = ready(1, pool(1, 10));
        Asked open = start(endpoint);
        told();
        endpoint.shutdown(OVER);
        endpoint.shutdown(OVER);
        rig.settle();
        assertThat(told()).containsExactly("SHUTDOWN");
        endpoint.connect();
        assertThat(endpoint.start(new Asked())).isFalse();
        answer(rig.server(), 1);
        rig.simulation.runFor(2 * SECOND);
        assertThat(open.status.isOk()).isTrue();
        assertThat(told()).containsExactly("terminated");
    }

    @Test
    void closingNowEndsCallsAtOnce() {
        Endpoint endpoint = ready(1, pool(1, 10));
        Asked open = start(endpoint);
        start(endpoint);
        told();
        endpoint.closeNow(OVER);
        rig.settle();
        assertThat(told()).containsExactly("failed 14 over", "SHUTDOWN", "terminated");
        assertThat(open.status).isEqualTo(OVER);
    }

    @Test
    void anEndpointThatWasNeverUsedEndsAtOnce() {
        Endpoint endpoint = endpoint(LATER, pool(1, 1));
        endpoint.closeNow(OVER);
        assertThat(told()).containsExactly("SHUTDOWN", "terminated");
    }

    @Test
    void settingsAreChecked() {
        PoolSettings d = PoolSettings.defaults();
        assertThat(d.connectionsMax()).isEqualTo(1_000);
        assertThatThrownBy(() -> pool(0, 1)).hasMessage("connectionsMax: 0 (expected: >= 1)");
        assertThatThrownBy(() -> pool(1, -1)).hasMessage("waitingCallsMax: -1 (expected: >= 0)");
        assertThatThrownBy(() -> new PoolSettings(1, 0, 0, d.backoff()))
                .hasMessage("spareIdleNanos: 0 (expected: >= 1)");
        assertThat(pool(1, 0).waitingCallsMax()).isZero();
    }
}
