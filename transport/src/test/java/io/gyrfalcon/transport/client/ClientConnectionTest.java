package io.gyrfalcon.transport.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.http2.sim.FrameBytes;
import io.gyrfalcon.primitives.flags.FlagOverride;
import io.gyrfalcon.primitives.flags.Flags;
import io.gyrfalcon.transport.wire.StatusCode;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** How connections begin and end. */
class ClientConnectionTest {
    private static final InetSocketAddress NOBODY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);

    private final ClientRig rig = new ClientRig();

    @AfterEach
    void end() {
        rig.close();
    }

    private static FrameBytes goAway(int lastId, int code, String debug) {
        byte[] text = debug.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer payload = ByteBuffer.allocate(8 + text.length);
        payload.putInt(lastId).putInt(code).put(text);
        return new FrameBytes().frame(7, 0, 0, payload.array());
    }

    @Test
    void aConnectionIsReadyOnceTheServersSettingsHaveCome() {
        ClientConnection connection = rig.open(Destination.plain(rig.address));
        assertThat(rig.server().lines()).startsWith("SETTINGS");
        assertThat(connection.canOpen()).isFalse();
        assertThat(connection.isClosing()).isFalse();
        assertThat(rig.log).isEmpty();
        rig.server().hello();
        rig.settle();
        assertThat(rig.log).containsExactly("ready");
        assertThat(connection.canOpen()).isTrue();
        assertThat(connection.tlsSession()).isNull();
        assertThat(connection.remoteAddress()).isEqualTo(rig.address);
        assertThat(connection.localAddress()).isNotEqualTo(rig.address);
        connection.attach("kept");
        assertThat(connection.attachment()).isEqualTo("kept");
    }

    @Test
    void aRefusedConnectionSaysWhoRefusedIt() {
        ClientConnection connection = rig.open(Destination.plain(NOBODY));
        assertThat(rig.log).containsExactly("closed 14 io exception");
        assertThat(rig.ended.cause()).hasMessage(NOBODY + ": Connection refused");
        assertThat(connection.isClosing()).isTrue();
        connection.shutdown();
        connection.close(CallStatus.OK);
        rig.settle();
        assertThat(rig.log).hasSize(1);
    }

    @Test
    void aServerThatReadsMayChangeItsSettingsAsOftenAsItLikes() {
        ClientConnection connection = rig.open(Destination.plain(rig.address));
        rig.server().hello();
        rig.settle();
        rig.server().lines();
        FrameBytes settings = new FrameBytes();
        for (int i = 0; i < 2_000; i++) settings.settings();
        byte[] bytes = settings.toByteArray();
        MemorySegment read = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_BYTE, bytes);
        for (int i = 0; i < 10; i++) connection.onReceived(read, bytes.length);
        connection.onBatchEnd();
        rig.settle();
        assertThat(rig.server().lines()).hasSize(20_000).allMatch("SETTINGS ack"::equals);
        assertThat(connection.isClosing()).isFalse();
    }

    @Test
    void anAddressThatCannotBeConnectedToIsTheCallersToHear() {
        InetSocketAddress nowhere = InetSocketAddress.createUnresolved("no.such.host", 1);
        assertThatThrownBy(
                        () ->
                                ClientConnection.open(
                                        rig.loop,
                                        Destination.plain(nowhere),
                                        ClientSettings.defaults(),
                                        rig))
                .isInstanceOf(IOException.class);
        assertThat(rig.log).isEmpty();
    }

    @Test
    void aConnectionThatNobodyAnswersIsGivenUpByItsOwner() {
        rig.simulation.network().blackHole(NOBODY);
        ClientConnection connection = rig.open(Destination.plain(NOBODY));
        rig.simulation.runFor(100 * ClientRig.SECOND);
        assertThat(rig.log).isEmpty();
        connection.close(CallStatus.of(StatusCode.UNAVAILABLE, "overdue"));
        rig.settle();
        assertThat(rig.log).containsExactly("closed 14 overdue");
    }

    @Test
    void aConnectionThatIsShutDownBeforeItStandsIsClosed() {
        ClientConnection connection = rig.open(Destination.plain(rig.address));
        connection.shutdown();
        rig.settle();
        assertThat(rig.log).containsExactly("closed 14 Connection was shut down");
        assertThat(rig.server().lines()).endsWith("GOAWAY 0 0 ");
    }

    @Test
    void aServerThatSpeaksHttp1IsNamed() {
        rig.open(Destination.plain(rig.address));
        rig.server().send("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        rig.settle();
        assertThat(rig.log)
                .containsExactly(
                        "closed 13 http2 exception: PROTOCOL_ERROR, the first frame is not"
                                + " SETTINGS");
    }

    @Test
    void aServerThatSaysNothingIsGivenUp() {
        rig.open(Destination.plain(rig.address));
        rig.simulation.runFor(11 * ClientRig.SECOND);
        assertThat(rig.log)
                .containsExactly("closed 14 http2 exception: PROTOCOL_ERROR, preface_timeout");
    }

    @Test
    void theLimitOfTheServerIsKeptAndToldOf() {
        ClientConnection connection = rig.ready(3, 1);
        Noted call = rig.unary(connection);
        assertThat(connection.canOpen()).isFalse();
        assertThat(connection.openCalls()).isEqualTo(1);
        rig.server()
                .trailers(
                        1,
                        ":status",
                        "200",
                        "content-type",
                        "application/grpc",
                        "grpc-status",
                        "0");
        rig.settle();
        assertThat(call.status.isOk()).isTrue();
        assertThat(rig.log).containsExactly("openable");
        assertThat(connection.canOpen()).isTrue();
    }

    @Test
    void aServerThatClosesEndsTheCallsThatAreOpen() {
        ClientConnection connection = rig.ready();
        Noted call = rig.unary(connection);
        rig.server().close();
        rig.settle();
        assertThat(call.log).containsExactly("end 14 Network closed for unknown reason");
        assertThat(call.isUnprocessed).isFalse();
        assertThat(rig.log)
                .containsExactly("closing 14", "closed 14 Network closed for unknown reason");
    }

    @Test
    void afterGoAwayCallsOfTheServersMayEndAndOthersWereNotProcessed() {
        ClientConnection connection = rig.ready();
        Noted first = rig.unary(connection);
        Noted second = rig.unary(connection);
        rig.server().send(goAway(1, 11, "calm down"));
        rig.settle();
        assertThat(second.log)
                .containsExactly(
                        "end 14 Abrupt GOAWAY closed sent stream. HTTP/2 error code:"
                                + " ENHANCE_YOUR_CALM (Bandwidth exhausted), debug data: calm"
                                + " down");
        assertThat(second.isUnprocessed).isTrue();
        assertThat(first.log).isEmpty();
        assertThat(connection.canOpen()).isFalse();
        assertThat(connection.isClosing()).isTrue();
        rig.server().head(1).message(1, "yes").trailers(1, "grpc-status", "0");
        rig.settle();
        assertThat(first.status.isOk()).isTrue();
        rig.simulation.runFor(2 * ClientRig.SECOND);
        assertThat(rig.log)
                .containsExactly(
                        "closing",
                        "go away 11 calm down",
                        "closed 8 Connection closed after GOAWAY. HTTP/2 error code:"
                                + " ENHANCE_YOUR_CALM (Bandwidth exhausted), debug data: calm"
                                + " down");
        assertThat(rig.server().isClosed).isTrue();
    }

    @Test
    void shuttingDownLetsCallsEnd() {
        ClientConnection connection = rig.ready();
        Noted call = rig.unary(connection);
        connection.shutdown();
        rig.settle();
        assertThat(rig.server().lines()).endsWith("GOAWAY 0 0 ");
        assertThat(connection.canOpen()).isFalse();
        rig.server().head(1).trailers(1, "grpc-status", "0");
        rig.simulation.runFor(2 * ClientRig.SECOND);
        assertThat(call.status.isOk()).isTrue();
        assertThat(rig.log).containsExactly("closing", "closed 14 Connection closed");
    }

    @Test
    void closingEndsCallsWithTheStatusThatIsGiven() {
        ClientConnection connection = rig.ready();
        Noted call = rig.unary(connection);
        connection.close(CallStatus.of(StatusCode.UNAVAILABLE, "Channel shutdownNow invoked"));
        assertThat(call.log).isEmpty();
        rig.settle();
        assertThat(call.log).containsExactly("end 14 Channel shutdownNow invoked");
        assertThat(rig.log).containsExactly("closing 14", "closed 14 Channel shutdownNow invoked");
    }

    @Test
    void aServerThatBreaksTheProtocolEndsTheConnection() {
        ClientConnection connection = rig.ready();
        Noted call = rig.unary(connection);
        rig.server().send(new FrameBytes().frame(5, 4, 1, new byte[] {0, 0, 0, 2}));
        rig.settle();
        assertThat(call.log)
                .containsExactly("end 13 http2 exception: PROTOCOL_ERROR, PUSH_PROMISE");
        rig.simulation.runFor(2 * ClientRig.SECOND);
        assertThat(rig.log)
                .containsExactly(
                        "closing 13", "closed 13 http2 exception: PROTOCOL_ERROR, PUSH_PROMISE");
    }

    @Test
    void aConnectionThatIsDeadIsFoundByItsPing() {
        ClientConnection connection =
                rig.open(
                        Destination.plain(rig.address),
                        ClientRig.settings(
                                s ->
                                        s.keepAliveNanos(10 * ClientRig.SECOND)
                                                .keepAliveTimeoutNanos(5 * ClientRig.SECOND)));
        rig.server().hello();
        rig.settle();
        Noted call = rig.unary(connection);
        rig.server().lines();
        rig.simulation.runFor(11 * ClientRig.SECOND);
        assertThat(rig.server().lines()).containsExactly("PING");
        rig.simulation.runFor(5 * ClientRig.SECOND);
        assertThat(call.log)
                .containsExactly("end 14 Keepalive failed. The connection is likely gone");
    }

    @Test
    void muchLeavesInSeveralFlushes() {
        ClientConnection connection = rig.ready(4, 1 << 20);
        rig.server().send(new FrameBytes().windowUpdate(0, 1 << 20));
        rig.settle();
        Noted call = rig.call(connection);
        for (int i = 0; i < 10; i++) call.send(new byte[50_000], i == 9);
        rig.simulation.runFor(ClientRig.SECOND);
        assertThat(rig.server().text()).hasSizeGreaterThan(500_000);
    }

    @Test
    void withoutRecyclingEveryCallIsNew() {
        try (FlagOverride off = Flags.override(ClientFlags.CALL_RECYCLING, false)) {
            assertThat(sharesAnObject(new ClientRig())).isFalse();
        }
        assertThat(sharesAnObject(rig)).isTrue();
        new ClientFlags().declareAll();
        assertThat(Flags.declared()).contains(ClientFlags.CALL_RECYCLING);
    }

    private boolean sharesAnObject(ClientRig own) {
        ClientConnection connection = own.ready();
        ClientCall first = own.unary(connection).call;
        own.server()
                .trailers(
                        1,
                        ":status",
                        "200",
                        "content-type",
                        "application/grpc",
                        "grpc-status",
                        "0");
        own.settle();
        boolean isShared = own.unary(connection).call == first;
        connection.close(CallStatus.OK);
        if (own != rig) own.close();
        return isShared;
    }

    @Test
    void settingsAreChecked() {
        ClientSettings d = ClientSettings.defaults();
        assertThatThrownBy(() -> new ClientSettings(d.http2(), d.limits(), d.socket(), -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("messageBytesMax: -1 (expected: >= 0)");
        assertThat(new ClientSettings(d.http2(), d.limits(), d.socket(), 0).messageBytesMax())
                .isZero();
    }
}
