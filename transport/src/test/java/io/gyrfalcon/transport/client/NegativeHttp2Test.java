package io.gyrfalcon.transport.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.http2.sim.FrameBytes;
import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What gRPC's own tests of misbehaving HTTP/2 servers ask of a client, under their names. */
class NegativeHttp2Test {
    private static final String[] HEAD = {":status", "200", "content-type", "application/grpc"};

    private final ClientRig rig = new ClientRig();

    @AfterEach
    void end() {
        rig.close();
    }

    private static byte[] message(String text) {
        return RawClient.prefixed(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void answer(int id) {
        rig.server().head(id).message(id, "yes").trailers(id, "grpc-status", "0");
    }

    @Test
    void goaway() {
        ClientConnection first = rig.ready();
        Noted before = rig.unary(first);
        byte[] payload = ByteBuffer.allocate(8).putInt(1).putInt(0).array();
        rig.server().send(new FrameBytes().frame(7, 0, 0, payload));
        answer(1);
        rig.settle();
        assertThat(before.status.isOk()).isTrue();
        assertThat(first.canOpen()).isFalse();
        ClientConnection second = rig.ready();
        Noted after = rig.unary(second);
        answer(1);
        rig.settle();
        assertThat(after.status.isOk()).isTrue();
    }

    @Test
    void rst_after_header() {
        Noted call = rig.unary(rig.ready());
        rig.server().head(1).send(new FrameBytes().rst(1, 0));
        rig.settle();
        assertThat(call.log)
                .containsExactly(
                        "head [content-type=application/grpc]",
                        "end 14 RST_STREAM closed stream. HTTP/2 error code: NO_ERROR");
    }

    @Test
    void rst_during_data() {
        Noted call = rig.unary(rig.ready());
        rig.server().head(1).data(1, new byte[] {0, 0, 0, 0, 50, 1, 2, 3}, false);
        rig.server().send(new FrameBytes().rst(1, 0));
        rig.settle();
        assertThat(call.messages).isZero();
        assertThat(call.status.code()).isEqualTo(14);
    }

    @Test
    void rst_after_data() {
        Noted call = rig.unary(rig.ready());
        rig.server().head(1).message(1, "all of it").send(new FrameBytes().rst(1, 0));
        rig.settle();
        assertThat(call.messages).isEqualTo(1);
        assertThat(call.status.code()).isEqualTo(14);
    }

    @Test
    void ping() {
        Noted call = rig.unary(rig.ready());
        rig.server().lines();
        rig.server().send(new FrameBytes().ping(1, false));
        rig.server().head(1).send(new FrameBytes().ping(2, false)).message(1, "yes");
        rig.server().send(new FrameBytes().ping(3, false)).trailers(1, "grpc-status", "0");
        rig.settle();
        assertThat(call.status.isOk()).isTrue();
        assertThat(rig.server().lines()).filteredOn("PING ack"::equals).hasSize(3);
    }

    @Test
    void max_streams() {
        ClientConnection connection = rig.ready(3, 1);
        List<Noted> calls = new ArrayList<>();
        for (int id = 1; id < 30; id += 2) {
            assertThat(connection.canOpen()).isTrue();
            calls.add(rig.unary(connection));
            assertThat(connection.canOpen()).isFalse();
            answer(id);
            rig.settle();
        }
        assertThat(calls).allMatch(call -> call.status.isOk());
    }

    @Test
    void data_frame_padding() {
        ClientConnection connection = rig.ready();
        Noted call = rig.unary(connection);
        rig.server().headers(1, false, HEAD);
        byte[] data = message("x".repeat(1_000));
        for (byte b : data) {
            byte[] padded = new byte[2 + 255];
            padded[0] = (byte) 255;
            padded[1] = b;
            rig.server().send(new FrameBytes().frame(0, 8, 1, padded));
            rig.settle();
        }
        rig.server().trailers(1, "grpc-status", "0");
        rig.settle();
        assertThat(call.log).contains("message 1000 bytes");
        assertThat(call.status.isOk()).isTrue();
        connection.close(CallStatus.OK);
    }

    @Test
    void no_df_padding() {
        Noted call = rig.unary(rig.ready());
        rig.server().headers(1, false, HEAD);
        for (byte b : message("x".repeat(1_000))) {
            rig.server().data(1, new byte[] {b}, false);
            rig.settle();
        }
        rig.server().trailers(1, "grpc-status", "0");
        rig.settle();
        assertThat(call.log).contains("message 1000 bytes");
    }
}
