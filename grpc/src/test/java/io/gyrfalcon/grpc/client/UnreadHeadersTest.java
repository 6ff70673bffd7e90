package io.gyrfalcon.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.gyrfalcon.grpc.server.GrpcFlags;
import io.gyrfalcon.primitives.flags.FlagOverride;
import io.gyrfalcon.primitives.flags.Flags;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/**
 * Stubs that look at no headers get their answers all the same, whether headers are built or not.
 */
class UnreadHeadersTest {
    private static final String[] HEAD = {":status", "200", "content-type", "application/grpc"};

    private final ChannelRig rig = new ChannelRig();

    @AfterEach
    void end() {
        rig.close();
    }

    private Calls calls(boolean isOnDemand) {
        try (FlagOverride _ = Flags.override(GrpcFlags.METADATA_ON_DEMAND, isOnDemand)) {
            return rig.calls();
        }
    }

    private ListenableFuture<String> ask(boolean isOnDemand) {
        ClientCall<String, String> call =
                calls(isOnDemand).newCall(ChannelRig.UNARY, CallOptions.DEFAULT);
        ListenableFuture<String> answer = ClientCalls.futureUnaryCall(call, "hi");
        rig.greet(100);
        return answer;
    }

    private static String[] headWith(String name, String value) {
        return new String[] {HEAD[0], HEAD[1], HEAD[2], HEAD[3], name, value};
    }

    private static byte[] zipped(String text) throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        byte[] body = zipped.toByteArray();
        byte[] message = new byte[5 + body.length];
        message[0] = 1;
        message[4] = (byte) body.length;
        System.arraycopy(body, 0, message, 5, body.length);
        return message;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPlainAnswerArrives(boolean isOnDemand) throws Exception {
        ListenableFuture<String> answer = ask(isOnDemand);
        rig.answer(1, "a");
        assertThat(answer.get()).isEqualTo("a");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCompressedAnswerIsInflated(boolean isOnDemand) throws Exception {
        ListenableFuture<String> answer = ask(isOnDemand);
        rig.server()
                .headers(1, false, headWith("grpc-encoding", "gzip"))
                .data(1, zipped("inflated"), false)
                .trailers(1, "grpc-status", "0");
        rig.settle();
        assertThat(answer.get()).isEqualTo("inflated");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBinaryFieldMustStillBeBase64(boolean isOnDemand) {
        ListenableFuture<String> answer = ask(isOnDemand);
        rig.server().headers(1, false, headWith("k-bin", "*"));
        rig.settle();
        assertThatThrownBy(answer::get).hasMessageContaining("not base64");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void onlyListenersOfStubsAreKnownToReadNone(boolean isOnDemand) {
        Calls calls = calls(isOnDemand);
        Started started = new Started();
        ClientCalls.futureUnaryCall(started, "hi");
        assertThat(calls.readsHeaders(started.listener)).isEqualTo(!isOnDemand);
        ClientCalls.asyncUnaryCall(started, "hi", new Ignoring());
        assertThat(calls.readsHeaders(started.listener)).isEqualTo(!isOnDemand);
        assertThat(calls.readsHeaders(new ChannelRig.Heard())).isTrue();
    }

    /** Keeps the listener that a stub starts it with. */
    private static final class Started extends ClientCall<String, String> {
        Listener<String> listener;

        @Override
        public void start(Listener<String> responses, Metadata headers) {
            listener = responses;
        }

        @Override
        public void request(int count) {}

        @Override
        public void cancel(String message, Throwable cause) {}

        @Override
        public void halfClose() {}

        @Override
        public void sendMessage(String message) {}
    }

    private static final class Ignoring implements StreamObserver<String> {
        @Override
        public void onNext(String value) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }
}
