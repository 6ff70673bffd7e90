package io.gyrfalcon.transport.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.fake.Weather;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.transport.fixtures.Link;
import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Connections that go to another loop with all they hold. */
class ConnectionMoveTest {
    private static final int LETTERS_PER_TURN = 8192;

    private Rig rig = rig(settings -> settings);

    private static Rig rig(UnaryOperator<Http2Settings.Builder> settings) {
        return new Rig(Rig.settings(limits -> limits, settings), null, 2);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    private ServerConnection connection() {
        return rig.notes.connections.getFirst();
    }

    private Loop second() {
        return rig.group.loop(1);
    }

    private void move() {
        assertThat(connection().moveTo(second())).isTrue();
        assertThat(connection().isOn(rig.loop)).isFalse();
        rig.settle();
        assertThat(connection().isOn(second())).isTrue();
        assertThat(connection().loop()).isSameAs(second());
    }

    private void stays() {
        assertThat(connection().moveTo(second())).isFalse();
        assertThat(connection().isOn(rig.loop)).isTrue();
    }

    @Test
    void aCallInFlightGoesAlong() {
        rig.notes.onEnd = call -> call.answer("yes");
        RawClient client = rig.client();
        client.request(1, "/a/b", false).message(1, false, "before");
        rig.go(client);
        move();
        client.message(1, true, "after");
        rig.go(client);
        assertThat(rig.notes.take())
                .containsExactly(
                        "0 message 'before'", "0 message 'after' last", "0 sent", "0 closed");
        assertThat(client.lines(1)).hasSize(3).last().isEqualTo("HEADERS 1 grpc-status: 0 end");
        assertThat(connection().openStreams()).isZero();
    }

    @Test
    void aMessageOfWhichAPartHasArrivedGoesAlong() {
        RawClient client = rig.client();
        byte[] message = RawClient.prefixed(new byte[3000]);
        client.request(1, "/a/b", false).data(1, false, Arrays.copyOf(message, 1000));
        rig.go(client);
        move();
        client.data(1, true, Arrays.copyOfRange(message, 1000, message.length));
        rig.go(client);
        assertThat(rig.notes.take())
                .containsExactly("0 start", "0 message 3000 bytes gathered", "0 halfClose");
    }

    @Test
    void whatWaitsForThePeersWindowGoesAlong() {
        rig.notes.onEnd = call -> call.answer("x".repeat(3000));
        RawClient client = rig.client(4, 1000);
        client.request(1, "/a/b", false).message(1, true, "?");
        rig.go(client);
        assertThat(rig.notes.call(0).call.queuedBytes()).isEqualTo(2005);
        move();
        client.out().windowUpdate(1, 5000);
        rig.go(client);
        assertThat(client.data()).hasSize(3005);
        assertThat(rig.notes.take()).endsWith("0 sent", "0 closed");
    }

    @Test
    void headerTablesGoAlong() {
        rig.notes.onEnd = call -> call.answer("yes");
        RawClient client = rig.client();
        FieldBlock request =
                FieldBlock.of(
                        ":method",
                        "POST",
                        ":scheme",
                        "http",
                        ":path",
                        "/a/b",
                        "te",
                        "trailers",
                        "content-type",
                        "application/grpc",
                        "x-long",
                        "y".repeat(100));
        for (int id = 1; id < 12; id += 2) {
            client.indexed(id, false, request).message(id, true, "?");
            rig.go(client);
            assertThat(client.lines(id)).last().isEqualTo("HEADERS " + id + " grpc-status: 0 end");
            Loop target = connection().isOn(rig.loop) ? second() : rig.loop;
            assertThat(connection().moveTo(target)).isTrue();
            rig.settle();
        }
    }

    @Test
    void theNextCallsAreTheNewLoops() {
        RawClient client = rig.client();
        move();
        long taken = second().slabs().outstanding();
        client.request(1, "/a/b", false).data(1, false, new byte[] {0, 0, 0, 0, 9, 1});
        rig.go(client);
        assertThat(second().slabs().outstanding()).isGreaterThanOrEqualTo(taken + 2);
        rig.wire.reset();
        rig.settle();
        assertThat(rig.notes.take()).containsExactly("0 start", "0 reset");
    }

    @Test
    void aCallThatIsKeptPastItsEndIsReleasedThere() {
        rig.notes.onEnd =
                call -> {
                    call.isKept = true;
                    call.answer("yes");
                };
        RawClient client = rig.client();
        client.request(1, "/a/b", false).message(1, true, "?");
        rig.go(client);
        Played kept = rig.notes.call(0);
        assertThat(kept.isOver).isTrue();
        move();
        kept.call.release();
        rig.notes.onEnd = call -> call.answer("x".repeat(70_000));
        client.request(3, "/a/b", false).message(3, true, "?");
        rig.go(client);
        assertThat(rig.notes.call(1).call).isSameAs(kept.call);
        assertThat(client.data().length).isGreaterThan(60_000);
    }

    @Test
    void itStaysWithinAFrame() {
        RawClient client = rig.client();
        client.request(1, "/a/b", false).message(1, false, "half");
        byte[] bytes = client.take();
        rig.wire.write(Arrays.copyOf(bytes, bytes.length - 2));
        rig.settle();
        stays();
        rig.wire.write(Arrays.copyOfRange(bytes, bytes.length - 2, bytes.length));
        rig.settle();
        move();
    }

    @Test
    void itStaysWithinTheHeaderOfAFrame() {
        rig.client();
        rig.wire.write((byte) 0, (byte) 0);
        rig.settle();
        stays();
    }

    @Test
    void itStaysWithinAHeaderBlock() {
        RawClient client = rig.client();
        client.out().frame(1, 0, 1, new byte[] {(byte) 0x83});
        rig.go(client);
        stays();
    }

    @Test
    void itStaysBeforeThePreface() {
        rig.connect();
        rig.settle();
        stays();
    }

    @Test
    void itStaysOnceItIsDrained() {
        RawClient client = rig.client();
        client.request(1, "/a/b", false);
        rig.go(client);
        rig.server.drain();
        rig.settle();
        stays();
    }

    @Test
    void itStaysWhileItsOutputIsNotTaken() {
        rig.simulation.network().weather(Weather.calm().withBuffer(10));
        RawClient client = new RawClient(Link.plain(rig.connect()));
        client.hello().flush();
        rig.settle();
        stays();
        client.lines();
    }

    @Test
    void drainingReachesOneThatIsOnItsWay() {
        RawClient client = rig.client();
        client.request(1, "/a/b", false);
        rig.go(client);
        assertThat(connection().moveTo(second())).isTrue();
        rig.server.drain();
        rig.settle();
        assertThat(client.lines()).anyMatch(line -> line.startsWith("GOAWAY"));
        assertThat(connection().isOn(second())).isTrue();
    }

    @Test
    void closingReachesOneThatIsOnItsWay() {
        RawClient client = rig.client();
        client.request(1, "/a/b", false);
        rig.go(client);
        assertThat(connection().moveTo(second())).isTrue();
        rig.server.closeNow("enough");
        rig.settle();
        assertThat(rig.notes.take()).containsExactly("0 start", "0 reset");
        assertThat(rig.server.connectionCount()).isZero();
    }

    @Test
    void drainingReachesThoseThatHaveStayedBeside() {
        RawClient[] clients = new RawClient[6];
        for (int i = 0; i < clients.length; i++) clients[i] = rig.client();
        List<ServerConnection> all = rig.notes.connections;
        for (int i : new int[] {0, 3, 4}) {
            Loop target = all.get(i).isOn(rig.loop) ? second() : rig.loop;
            assertThat(all.get(i).moveTo(target)).isTrue();
            rig.settle();
        }
        rig.server.drain();
        rig.settle();
        for (RawClient client : clients) {
            assertThat(client.lines()).anyMatch(line -> line.startsWith("GOAWAY"));
        }
    }

    @Test
    void itsTimersGoAlong() {
        rig.close();
        rig = rig(settings -> settings.keepAliveNanos(10 * Rig.SECOND));
        RawClient client = rig.client();
        rig.simulation.runFor(4 * Rig.SECOND);
        int before = rig.loop.timers().size();
        move();
        assertThat(rig.loop.timers().size()).isLessThan(before);
        rig.simulation.runFor(7 * Rig.SECOND);
        assertThat(client.lines()).anyMatch(line -> line.startsWith("PING"));
        rig.simulation.runFor(30 * Rig.SECOND);
        assertThat(rig.server.connectionCount()).isZero();
    }

    @Test
    void oneThatNoLoopIsLeftForIsLostAndTold() {
        RawClient client = rig.client();
        client.request(1, "/a/b", false);
        rig.go(client);
        rig.notes.take();
        // More letters than the end of a loop reads, so that the last one comes back.
        for (int i = 0; i < LETTERS_PER_TURN; i++) second().post(_ -> {});
        assertThat(connection().moveTo(second())).isTrue();
        rig.loop.end();
        second().end();
        assertThat(rig.notes.take()).containsExactly("0 reset");
        assertThat(rig.notes.disconnected).isEqualTo(1);
        assertThat(rig.server.connectionCount()).isZero();
        assertThat(rig.simulation.outstandingSlabs()).isZero();
        // Loops that have ended have no more turns.
        rig = rig(settings -> settings);
    }
}
