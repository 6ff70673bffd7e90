package io.gyrfalcon.transport.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.fake.FakeClient;
import io.gyrfalcon.eventloop.fake.Weather;
import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Connections from their acceptance to their end, and the server that holds them. */
class ConnectionTest {
    private Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    private void again(Rig other) {
        rig.close();
        rig = other;
    }

    @Test
    void aConnectionIsToldOnceEachWay() {
        RawClient client = rig.client();
        ServerConnection connection = rig.notes.connections.getFirst();
        assertThat(connection.isConnected()).isTrue();
        assertThat(connection.tlsSession()).isNull();
        assertThat(connection.localAddress()).isEqualTo(rig.server.addresses().getFirst());
        assertThat(connection.remoteAddress()).isNotNull();
        assertThat(connection.attachment()).isNull();
        connection.attach("kept");
        assertThat(connection.attachment()).isEqualTo("kept");
        assertThat(rig.server.connectionCount()).isEqualTo(1);
        rig.wire.halfClose();
        rig.simulation.runFor(2 * Rig.SECOND);
        assertThat(rig.notes.connected).isEqualTo(1);
        assertThat(rig.notes.disconnected).isEqualTo(1);
        assertThat(rig.server.connectionCount()).isZero();
        assertThat(client.lines()).isEmpty();
    }

    @Test
    void theEndOfInputCancelsOpenCalls() {
        RawClient client = rig.client();
        client.request(1, "/a/b", false);
        rig.go(client);
        rig.wire.halfClose();
        rig.settle();
        assertThat(rig.notes.take()).containsExactly("0 start", "0 reset");
    }

    @Test
    void aLostConnectionResetsEveryOpenCall() {
        RawClient client = rig.client();
        client.request(1, "/a/b", false).request(3, "/a/b", false);
        client.data(3, false, new byte[] {0, 0, 0, 0, 9, 1, 2});
        rig.go(client);
        rig.notes.take();
        rig.wire.reset();
        rig.settle();
        assertThat(rig.notes.take()).containsExactlyInAnyOrder("0 reset", "1 reset");
        assertThat(rig.notes.disconnected).isEqualTo(1);
    }

    @Test
    void aSlotIsTakenUntilTheCallIsReleased() {
        RawClient client = rig.client();
        rig.notes.onStart = call -> call.isKept = true;
        client.request(1, "/a/b", false);
        rig.go(client);
        rig.wire.reset();
        rig.settle();
        assertThat(rig.notes.call(0).isOver).isTrue();
        assertThat(rig.notes.call(0).call.hasEnded()).isTrue();
        rig.notes.call(0).call.release();
    }

    @Test
    void drainingSaysGoAwayTwiceAndLetsCallsEnd() {
        RawClient client = rig.client();
        rig.notes.onStart = call -> {};
        client.request(1, "/a/b", false);
        rig.go(client);
        rig.server.drain();
        rig.settle();
        assertThat(client.lines()).containsExactly("GOAWAY 2147483647 0 ", "PING");
        client.out().ping(0, false);
        client.request(3, "/a/b", false);
        rig.go(client);
        assertThat(client.lines()).containsExactly("PING ack");
        rig.simulation.runFor(30 * Rig.SECOND);
        assertThat(client.lines()).containsExactly("GOAWAY 3 0 ");
        rig.server.drain();
        client.request(5, "/a/b", true);
        rig.go(client);
        assertThat(rig.notes.calls).hasSize(2);
        rig.notes.onEnd = call -> call.answer("yes");
        client.message(1, true, "1").message(3, true, "3");
        rig.go(client);
        assertThat(client.lines()).hasSize(6);
        rig.simulation.runFor(2 * Rig.SECOND);
        assertThat(rig.wire.isEnded()).isTrue();
        assertThat(rig.server.connectionCount()).isZero();
    }

    @Test
    void aConnectionAcceptedWhileDrainingIsDrained() {
        rig.server.drain();
        RawClient client = new RawClient(io.gyrfalcon.transport.fixtures.Link.plain(rig.connect()));
        rig.settle();
        assertThat(client.lines()).contains("GOAWAY 2147483647 0 ");
    }

    @Test
    void closingNowResetsCallsAndSaysWhy() {
        RawClient client = rig.client();
        client.request(1, "/a/b", false);
        rig.go(client);
        client.lines();
        rig.server.closeNow("enough");
        rig.settle();
        assertThat(client.lines()).containsExactly("GOAWAY 1 0 enough", "RST_STREAM 1 8");
        assertThat(rig.wire.isEnded()).isTrue();
        assertThat(rig.notes.take()).containsExactly("0 start", "0 reset");
        RawClient late = new RawClient(io.gyrfalcon.transport.fixtures.Link.plain(rig.connect()));
        rig.settle();
        assertThat(late.lines()).last().isEqualTo("GOAWAY 0 0 enough");
        assertThat(rig.server.connectionCount()).isZero();
    }

    private static ServerSettings twoConnections() {
        ServerSettings all = Rig.settings();
        return new ServerSettings(
                all.http2(),
                all.limits(),
                all.listen(),
                all.messageBytesMax(),
                all.handshakeNanos(),
                2);
    }

    @Test
    void connectionsOnTheirWayToAnotherLoopCountAsWell() {
        try (Rig limited = new Rig(twoConnections(), null, 3)) {
            for (int i = 0; i < 9; i++) limited.connect();
            limited.simulation.runFor(Rig.SECOND);
            assertThat(limited.server.connectionCount()).isEqualTo(2);
            assertThat(limited.notes.connected).isEqualTo(2);
        }
    }

    @Test
    void beyondTheLimitOfConnectionsTheNextWaitsUntilOneHasGone() {
        try (Rig limited = new Rig(twoConnections(), null)) {
            limited.client();
            limited.client();
            RawClient third = limited.client();
            limited.simulation.runFor(Rig.SECOND);
            assertThat(third.lines()).isEmpty();
            assertThat(limited.server.connectionCount()).isEqualTo(2);
            limited.notes.connections.getFirst().refuse("enough of you");
            limited.simulation.runFor(10 * Rig.SECOND);
            assertThat(limited.notes.connected).isEqualTo(3);
            assertThat(third.lines()).isNotEmpty();
        }
    }

    @Test
    void aLimitOfNoConnectionsIsNone() {
        ServerSettings all = Rig.settings();
        assertThatThrownBy(
                        () -> new ServerSettings(all.http2(), all.limits(), all.listen(), 1, 1, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("connectionsMax: 0 (expected: >= 1)");
    }

    @Test
    void severalConnectionsAreDrainedAndClosed() {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) clients.add(rig.client());
        rig.wire.reset();
        rig.settle();
        rig.server.drain();
        rig.settle();
        for (RawClient client : clients.subList(0, 3)) assertThat(client.lines()).hasSize(2);
        rig.server.closeNow("enough");
        rig.settle();
        for (RawClient client : clients.subList(0, 3)) {
            assertThat(client.lines()).containsExactly("GOAWAY 0 0 enough");
        }
    }

    @Test
    void aRefusedConnectionIsClosedOnceItsGoAwayHasLeft() {
        RawClient client = rig.client();
        client.request(1, "/a/b", false);
        rig.go(client);
        rig.notes.connections.getFirst().refuse("not you");
        rig.simulation.runFor(2 * Rig.SECOND);
        assertThat(client.lines()).containsExactly("GOAWAY 1 0 not you");
        assertThat(rig.notes.take()).containsExactly("0 start", "0 reset");
        assertThat(rig.server.connectionCount()).isZero();
    }

    @Test
    void garbageIsAFaultOfThePeer() {
        FakeClient wire = rig.connect();
        wire.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes());
        RawClient client = new RawClient(io.gyrfalcon.transport.fixtures.Link.plain(wire));
        rig.simulation.runFor(2 * Rig.SECOND);
        assertThat(client.lines()).last().asString().startsWith("GOAWAY 0 1 ");
        assertThat(rig.server.faultCount()).isEqualTo(1);
        assertThat(rig.server.connectionCount()).isZero();
    }

    @Test
    void aPeerThatSaysNothingIsNotWaitedForLongerThanItsPrefaceMayTake() {
        rig.connect();
        rig.simulation.runFor(9 * Rig.SECOND);
        assertThat(rig.server.connectionCount()).isEqualTo(1);
        rig.simulation.runFor(3 * Rig.SECOND);
        assertThat(rig.server.connectionCount()).isZero();
        assertThat(rig.server.faultCount()).isEqualTo(1);
    }

    @Test
    void drainingWaitsASecondForPeersThatHaveSaidNothing() {
        rig.connect();
        rig.connect().write("PRI * HTTP/2.0\r\n".getBytes());
        FakeClient hasty = rig.connect();
        hasty.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes());
        rig.settle();
        assertThat(rig.server.connectionCount()).isEqualTo(3);
        rig.server.drain();
        rig.simulation.runFor(Rig.SECOND / 2);
        assertThat(rig.server.connectionCount()).isEqualTo(3);
        rig.simulation.runFor(2 * Rig.SECOND);
        assertThat(rig.server.connectionCount()).isZero();
        hasty.read();
        assertThat(hasty.isEnded()).isTrue();
    }

    @Test
    void aQuietConnectionIsPingedAndThenGivenUp() {
        again(
                new Rig(
                        limits -> limits,
                        settings ->
                                settings.keepAliveNanos(20 * Rig.SECOND)
                                        .keepAliveTimeoutNanos(5 * Rig.SECOND)));
        RawClient client = rig.client();
        rig.simulation.runFor(21 * Rig.SECOND);
        assertThat(client.lines()).containsExactly("PING");
        rig.simulation.runFor(6 * Rig.SECOND);
        assertThat(rig.server.connectionCount()).isZero();
    }

    @Test
    void terminationComesOnceAfterTheLastConnection() {
        int[] count = new int[1];
        rig.server.onTerminated(() -> count[0]++);
        rig.client();
        FakeClient late = rig.connect();
        rig.server.stopListening();
        rig.server.stopListening();
        rig.settle();
        assertThat(count[0]).isZero();
        rig.wire.reset();
        rig.settle();
        late.reset();
        rig.settle();
        assertThat(count[0]).isEqualTo(1);
        rig.server.onTerminated(() -> count[0]++);
        assertThat(count[0]).isEqualTo(2);
        assertThat(rig.server.connectionCount()).isZero();
    }

    @Test
    void aConnectionThatComesAfterTheEndIsTurnedAwayAndDoesNotEndItAgain() throws IOException {
        int[] count = new int[1];
        rig.server.onTerminated(() -> count[0]++);
        rig.server.stopListening();
        assertThat(count[0]).isEqualTo(1);
        // A second door to the same server, as an acceptance under way is.
        var door = rig.group.listen(Rig.ANY, ListenOptions.defaults(), rig.server);
        rig.settle();
        FakeClient late = rig.simulation.network().connect(door.address());
        late.write(new byte[10]);
        rig.settle();
        assertThat(late.isReset() || late.isEnded()).isTrue();
        assertThat(count[0]).isEqualTo(1);
        assertThat(rig.notes.connected).isZero();
        door.close();
        Late.HANDLER.onBatchEnd();
        Late.HANDLER.onInputEnd();
        Late.HANDLER.onDrained();
        Late.HANDLER.onReceived(java.lang.foreign.MemorySegment.NULL, 0);
    }

    @Test
    void anAcceptorThatThrowsLosesTheConnectionAndNothingElse() {
        rig.notes.onConnected =
                _ -> {
                    throw new IllegalStateException("on purpose");
                };
        rig.notes.onDisconnected =
                _ -> {
                    throw new IllegalStateException("on purpose");
                };
        FakeClient wire = rig.connect();
        rig.settle();
        assertThat(wire.isEnded() || wire.isReset()).isTrue();
        assertThat(rig.server.connectionCount()).isZero();
        assertThat(rig.notes.disconnected).isEqualTo(1);
        rig.notes.onConnected = _ -> {};
        rig.notes.onDisconnected = _ -> {};
        rig.client();
        assertThat(rig.server.connectionCount()).isEqualTo(1);
    }

    @Test
    void anAddressThatIsTakenIsAClearFailureAndNothingListens() {
        List<java.net.SocketAddress> addresses =
                List.of(Rig.ANY, rig.server.addresses().getFirst());
        assertThatThrownBy(
                        () ->
                                ServerTransport.start(
                                        rig.group, addresses, Rig.settings(), null, rig.notes))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("in use");
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> settings(-1, 1)).hasMessageContaining("messageBytesMax: -1");
        assertThatThrownBy(() -> settings(0, 0)).hasMessageContaining("handshakeNanos: 0");
    }

    private static ServerSettings settings(int messageBytesMax, long handshakeNanos) {
        return new ServerSettings(
                Http2Settings.mesh(),
                Http2Limits.mesh(),
                ListenOptions.defaults(),
                messageBytesMax,
                handshakeNanos);
    }

    @Test
    void aPeerThatLeavesRepliesUnreadIsNotReadFromUntilItReads() {
        rig.simulation.network().weather(Weather.calm().withBuffer(400));
        RawClient client = rig.client();
        for (int i = 0; i < 300; i++) client.out().settings();
        rig.go(client);
        client.request(1, "/a/b", true);
        rig.go(client);
        assertThat(rig.notes.log).isEmpty();
        int replies = 0;
        for (int i = 0; i < 100; i++) {
            for (String line : client.lines()) if (line.equals("SETTINGS ack")) replies++;
            rig.settle();
        }
        assertThat(replies).isEqualTo(300);
        assertThat(rig.notes.log).containsExactly("0 halfClose");
    }

    private static int acks(RawClient client) {
        int n = 0;
        for (String line : client.lines()) if (line.equals("SETTINGS ack")) n++;
        return n;
    }

    /** Several reads of one batch, as while a peer sends faster than we read. */
    @Test
    void aPeerThatReadsMayChangeItsSettingsAsOftenAsItLikes() {
        RawClient client = rig.client();
        for (int i = 0; i < 2_000; i++) client.out().settings();
        MemorySegment read = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_BYTE, client.take());
        ServerConnection connection = rig.notes.connections.getFirst();
        for (int i = 0; i < 10; i++) connection.onReceived(read, (int) read.byteSize());
        connection.onBatchEnd();
        client.request(1, "/a/b", true);
        rig.go(client);
        assertThat(acks(client)).isEqualTo(20_000);
        assertThat(rig.notes.log).containsExactly("0 halfClose");
    }

    @Test
    void aPeerWhoseManyRepliesFitItsSocketOnlyInPartLosesNothing() {
        rig.simulation.network().weather(Weather.calm().withBuffer(10_000));
        RawClient client = rig.client();
        for (int i = 0; i < 20_000; i++) client.out().settings();
        rig.go(client);
        assertThat(rig.wire.available()).isEqualTo(10_000);
        assertThat(rig.loop.slabs().outstanding()).isLessThan(8);
        int replies = 0;
        for (int i = 0; i < 100; i++) {
            replies += acks(client);
            rig.settle();
        }
        assertThat(replies).isEqualTo(20_000);
        client.request(1, "/a/b", true);
        rig.go(client);
        assertThat(rig.notes.log).containsExactly("0 halfClose");
    }

    @Test
    void whatDoesNotFitTheSocketLeavesAsItDrains() {
        rig.simulation.network().weather(Weather.calm().withBuffer(10_000));
        RawClient client = rig.client(4, 1 << 20);
        client.out().windowUpdate(0, 1 << 20);
        rig.notes.onEnd =
                call -> {
                    call.begin();
                    for (int i = 0; i < 40; i++) call.send("x".repeat(10_000));
                    call.end();
                };
        client.request(1, "/a/b", true);
        rig.go(client);
        for (int i = 0; i < 200; i++) {
            client.data();
            rig.settle();
        }
        assertThat(client.data()).hasSize(40 * 10_005);
        assertThat(rig.notes.take()).containsExactly("0 halfClose", "0 sent", "0 closed");
    }

    @Test
    void anAnswerOfManyOutputsLeavesInOneTurnWhileTheSocketTakesIt() {
        rig.simulation.network().weather(Weather.calm().withBuffer(64 << 20));
        RawClient client = rig.client(4, 1 << 30);
        client.out().windowUpdate(0, 1 << 30);
        rig.notes.onEnd =
                call -> {
                    call.begin();
                    for (int i = 0; i < 400; i++) call.send("x".repeat(10_000));
                    call.end();
                };
        client.request(1, "/a/b", true);
        rig.go(client);
        assertThat(client.data()).hasSize(400 * 10_005);
    }

    // The rule of flushing.

    /** How many answers the client has when the handler of each call runs. */
    private List<Integer> seenByHandlers(int calls, long handlerNanos, int answerBytes) {
        RawClient client = rig.client(4, 1 << 30);
        client.out().windowUpdate(0, 1 << 30);
        List<Integer> seen = new ArrayList<>();
        rig.notes.onEnd =
                call -> {
                    rig.simulation.network().deliverDue();
                    seen.add(client.data().length / (5 + answerBytes));
                    rig.simulation.clock().advance(handlerNanos);
                    call.answer("x".repeat(answerBytes));
                };
        for (int i = 0; i < calls; i++) client.request(1 + 2 * i, "/a/b", true);
        rig.go(client);
        assertThat(client.data()).hasSize(calls * (5 + answerBytes));
        return seen;
    }

    @Test
    void answersOfAQuickBatchLeaveTogether() {
        assertThat(seenByHandlers(20, 1_000, 10)).containsOnly(0);
    }

    @Test
    void theFirstAnswerOfASlowBatchDoesNotWaitForTheLast() {
        assertThat(seenByHandlers(12, 150_000, 10))
                .last()
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.INTEGER)
                .isGreaterThan(6);
        // The pace is known by now: each answer leaves when it is 100 us old.
        List<Integer> seen = seenByHandlersAgain(12, 150_000);
        assertThat(seen.get(11) - seen.get(1)).isGreaterThanOrEqualTo(8);
    }

    private List<Integer> seenByHandlersAgain(int calls, long nanos) {
        rig.notes.calls.clear();
        return seenByHandlers(calls, nanos, 10);
    }

    @Test
    void answersThatGatherSlowlyLeaveWhenTheOldestIsOldEnough() {
        List<Integer> seen = seenByHandlers(60, 30_000, 10);
        assertThat(seen.get(59)).isGreaterThan(40);
    }

    @Test
    void answersLeaveEarlyOnceEnoughHasGathered() {
        List<Integer> seen = seenByHandlers(40, 0, 5_000);
        assertThat(seen.get(10)).isZero();
        assertThat(seen.get(20)).isGreaterThan(10);
        assertThat(seen.get(39)).isGreaterThan(24);
    }
}
