package io.gyrfalcon.verify.judged;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status.Code;
import io.gyrfalcon.http2.frame.FrameType;
import io.gyrfalcon.http2.sim.Frame;
import io.gyrfalcon.http2.sim.FrameBytes;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * gRPC's interoperability tests with HTTP/2 servers that misbehave, under their names: our channel,
 * and servers as that document describes them.
 */
class NegativeHttp2Test {
    private static final int SECONDS = 20;

    /** A byte to a frame, all padded, it fits into the smallest window that there is. */
    private static final String LARGE = "x".repeat(200);

    private interface Scene {
        void play(ManagedChannel channel) throws Exception;
    }

    /** Plays a scene against a server; afterwards every connection has ended. */
    private static void play(Script script, Scene scene) throws Exception {
        try (ScriptedServer server = new ScriptedServer(script)) {
            ManagedChannel channel = Client.GYRFALCON.builder("127.0.0.1:" + server.port()).build();
            try {
                scene.play(channel);
            } finally {
                channel.shutdown();
                assertThat(channel.awaitTermination(SECONDS, TimeUnit.SECONDS)).isTrue();
            }
            server.awaitEnds();
        }
    }

    private static CompletableFuture<Outcome> begin(ManagedChannel channel) {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(SECONDS, TimeUnit.SECONDS);
        return Outcome.begin(channel, Outcome.method(MethodType.UNARY), options, "hi");
    }

    private static Outcome call(ManagedChannel channel) {
        return Outcome.of(begin(channel));
    }

    private static void assertAnswered(Outcome outcome) {
        assertThat(outcome.code()).as("%s", outcome).isEqualTo(Code.OK);
        assertThat(outcome.messages()).containsExactly(LARGE);
    }

    @Test
    void goaway() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        play(
                wire -> {
                    connections.incrementAndGet();
                    int id = wire.hello().request();
                    wire.answer(id, LARGE).goAway(id, 0, "").drain();
                },
                channel -> {
                    assertAnswered(call(channel));
                    assertAnswered(call(channel));
                });
        assertThat(connections).hasValue(2);
    }

    @Test
    void rst_after_header() throws Exception {
        play(
                Duel.answering((wire, id) -> wire.head(id).reset(id, 0)),
                channel -> assertReset(call(channel)));
    }

    @Test
    void rst_during_data() throws Exception {
        byte[] half = Wire.prefixed(0, LARGE.length(), new byte[LARGE.length() / 2]);
        play(
                Duel.answering((wire, id) -> wire.head(id).data(id, false, half).reset(id, 0)),
                channel -> {
                    Outcome outcome = call(channel);
                    assertReset(outcome);
                    assertThat(outcome.messages()).isEmpty();
                });
    }

    @Test
    void rst_after_data() throws Exception {
        play(
                Duel.answering((wire, id) -> wire.head(id).message(id, LARGE).reset(id, 0)),
                channel -> {
                    Outcome outcome = call(channel);
                    assertReset(outcome);
                    assertThat(outcome.messages()).containsExactly(LARGE);
                });
    }

    private static void assertReset(Outcome outcome) {
        assertThat(outcome.code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(outcome.text())
                .isEqualTo("RST_STREAM closed stream. HTTP/2 error code: NO_ERROR");
    }

    @Test
    void ping() throws Exception {
        List<Long> answered = new ArrayList<>();
        play(
                wire -> {
                    int id = wire.hello().request();
                    wire.send(new FrameBytes().ping(1, false));
                    wire.send(new FrameBytes().ping(2, false)).head(id);
                    wire.send(new FrameBytes().ping(3, false)).message(id, LARGE);
                    wire.send(new FrameBytes().ping(4, false)).trailers(id, "grpc-status", "0");
                    while (answered.size() < 4) {
                        Frame ping = wire.await(FrameType.PING);
                        if ((ping.flags() & 1) != 0) answered.add(ping.longAt(0));
                    }
                    wire.drain();
                },
                channel -> assertAnswered(call(channel)));
        assertThat(answered).containsExactly(1L, 2L, 3L, 4L);
    }

    /** A second stream of a connection would come before the first one's answer. */
    @Test
    void max_streams() throws Exception {
        AtomicInteger atOnce = new AtomicInteger();
        int maxConcurrentStreams = 3;
        play(
                wire -> {
                    wire.hello(maxConcurrentStreams, 1);
                    while (true) answerOnlyOne(wire, atOnce);
                },
                channel -> {
                    assertAnswered(call(channel));
                    List<CompletableFuture<Outcome>> calls = new ArrayList<>();
                    for (int i = 0; i < 15; i++) calls.add(begin(channel));
                    for (CompletableFuture<Outcome> call : calls) assertAnswered(Outcome.of(call));
                });
        assertThat(atOnce).hasValue(0);
    }

    private static void answerOnlyOne(Wire wire, AtomicInteger atOnce) throws IOException {
        int id = wire.request();
        // Whatever has been sent before this is acknowledged has come by then.
        wire.send(new FrameBytes().ping(id, false));
        while (true) {
            Frame frame = wire.frame();
            if (frame.type() == FrameType.HEADERS) atOnce.incrementAndGet();
            boolean isAck = frame.type() == FrameType.PING && (frame.flags() & 1) != 0;
            if (isAck && frame.longAt(0) == id) break;
        }
        wire.answer(id, LARGE);
    }

    @Test
    void data_frame_padding() throws Exception {
        play(
                Duel.answering(
                        (wire, id) -> {
                            wire.head(id);
                            for (byte b : message()) wire.send(padded(id, b));
                            wire.trailers(id, "grpc-status", "0");
                        }),
                channel -> {
                    for (int i = 0; i < 40; i++) assertAnswered(call(channel));
                });
    }

    private static FrameBytes padded(int id, byte one) {
        byte[] payload = new byte[1 + 1 + 255];
        payload[0] = (byte) 255;
        payload[1] = one;
        return new FrameBytes().frame(0, 8, id, payload);
    }

    @Test
    void no_df_padding() throws Exception {
        play(
                Duel.answering(
                        (wire, id) -> {
                            wire.head(id);
                            for (byte b : message()) wire.data(id, false, new byte[] {b});
                            wire.trailers(id, "grpc-status", "0");
                        }),
                channel -> assertAnswered(call(channel)));
    }

    private static byte[] message() {
        return Wire.message(0, LARGE.getBytes(StandardCharsets.UTF_8));
    }
}
