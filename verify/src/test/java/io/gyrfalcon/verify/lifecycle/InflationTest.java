package io.gyrfalcon.verify.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.gyrfalcon.grpc.GyrfalconServerBuilder;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.util.Random;

/** How far a compressed message may grow, by profile. */
@Timeout(180)
final class InflationTest {
    private static final int MIB = 1 << 20;
    private Server server;
    private ManagedChannel channel;

    private void serve(String profile) throws IOException {
        Noting sizes =
                new Noting(new Log(), 2) {
                    private int bytes;

                    @Override
                    void onMessage(io.grpc.ServerCall<String, String> call, String message) {
                        bytes = message.length();
                    }

                    @Override
                    void onHalfClose(io.grpc.ServerCall<String, String> call) {
                        answer(call, Integer.toString(bytes));
                    }
                };
        server =
                GyrfalconServerBuilder.forPort(0)
                        .profile(profile)
                        .addService(Stage.service(sizes))
                        .build()
                        .start();
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                        .usePlaintext()
                        .build();
    }

    private String send(String text) {
        return ClientCalls.blockingUnaryCall(
                channel,
                Stage.method(MethodType.UNARY),
                CallOptions.DEFAULT.withCompression("gzip"),
                text);
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow();
        server.shutdownNow().awaitTermination();
    }

    /** Text that gzip makes a little smaller, as honest text is. */
    private static String text(int chars) {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder(chars);
        while (text.length() < chars) text.append((char) ('a' + random.nextInt(26)));
        return text.toString();
    }

    @Test
    void onATrustedNetworkZerosAreHonest() throws Exception {
        serve("mesh");
        assertThat(send("0".repeat(2 * MIB))).isEqualTo("2097152");
    }

    @Test
    void atTheEdgeAMessageMayGrowAHundredfoldBeyondAMebibyte() throws Exception {
        serve("edge");
        assertThat(send("0".repeat(MIB))).isEqualTo("1048576");
        assertThatThrownBy(() -> send("0".repeat(MIB + 1)))
                .hasMessageContaining("RESOURCE_EXHAUSTED");
        assertThat(send(text(3 * MIB))).isEqualTo("3145728");
    }
}
