package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.transport.fixtures.RawClient;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a connection shows of itself to those who watch it. */
final class ConnectionViewTest {
    private final List<ConnectionView> views = new ArrayList<>();
    private final List<ServerCall<String, String>> calls = new ArrayList<>();
    private final EngineRig rig = new EngineRig(parts());
    private final RawClient client = rig.client();
    private final ConnectionView view = views.getFirst();

    private EngineRig.Parts parts() {
        EngineRig.Parts parts = new EngineRig.Parts();
        parts.http2 =
                Http2Settings.mesh().toBuilder()
                        .keepAliveNanos(20 * EngineRig.SECOND)
                        .keepAliveTimeoutNanos(10 * EngineRig.SECOND)
                        .build();
        parts.watch =
                new ConnectionWatch() {
                    @Override
                    public @Nullable Object onOpened(ConnectionView connection) {
                        views.add(connection);
                        return null;
                    }
                };
        parts.services.add(
                ServerServiceDefinition.builder("a.B")
                        .addMethod(
                                Methods.method("a.B/S", MethodType.BIDI_STREAMING),
                                (call, headers) -> started(call))
                        .build());
        return parts;
    }

    private ServerCall.Listener<String> started(ServerCall<String, String> call) {
        calls.add(call);
        call.request(2);
        call.sendHeaders(new Metadata());
        return new ServerCall.Listener<>() {};
    }

    @AfterEach
    void close() {
        for (ServerCall<String, String> call : calls) call.close(Status.OK, new Metadata());
        rig.close();
    }

    @Test
    void windowsAreWhatEitherSideMayStill() {
        assertThat(view.localWindowBytes()).isEqualTo(1 << 20);
        assertThat(view.remoteWindowBytes()).isEqualTo(65_535);
        client.request(1, "/a.B/S", false).message(1, false, "x".repeat(995));
        rig.go(client);
        assertThat(view.localWindowBytes()).isEqualTo((1 << 20) - 1_000);
        calls.getFirst().sendMessage("y".repeat(95));
        rig.settle();
        assertThat(view.remoteWindowBytes()).isEqualTo(65_535 - 100);
    }

    @Test
    void keepalivesAreCountedWhenTheyAreSent() {
        client.request(1, "/a.B/S", false);
        rig.go(client);
        assertThat(view.keepAlivesSent()).isZero();
        rig.runFor(25 * EngineRig.SECOND);
        assertThat(view.keepAlivesSent()).isEqualTo(1);
    }

    @Test
    void eachKindOfMessageHasATimeOfItsOwn() {
        assertThat(view.lastMessageReceivedNanos()).isZero();
        assertThat(view.lastMessageSentNanos()).isZero();
        client.request(1, "/a.B/S", false).message(1, false, "x");
        rig.go(client);
        rig.runFor(15 * EngineRig.SECOND);
        calls.getFirst().sendMessage("y");
        rig.settle();
        long started = view.lastCallStartedNanos();
        long received = view.lastMessageReceivedNanos();
        long sent = view.lastMessageSentNanos();
        assertThat(TimeUnit.NANOSECONDS.toSeconds(received - started)).isLessThan(10);
        assertThat(TimeUnit.NANOSECONDS.toSeconds(sent - received)).isBetween(10L, 20L);
    }

    @Test
    void aCallSucceedsByItsStatus() {
        for (int id = 1; id <= 5; id += 2) client.request(id, "/a.B/S", true);
        rig.go(client);
        calls.removeFirst().close(Status.OK, new Metadata());
        calls.removeFirst().close(Status.ABORTED, new Metadata());
        client.out().rst(5, 8);
        rig.go(client);
        assertThat(view.callsStarted()).isEqualTo(3);
        assertThat(view.callsSucceeded()).isEqualTo(1);
        assertThat(view.callsFailed()).isEqualTo(2);
    }
}
