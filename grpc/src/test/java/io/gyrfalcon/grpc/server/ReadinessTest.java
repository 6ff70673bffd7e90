package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** What {@code isReady} says to user code that leaves the loop of a direct server, and returns. */
final class ReadinessTest {
    private static final String TEN_KIB = "x".repeat(10 << 10);

    private final List<ServerCall<String, String>> calls = new ArrayList<>();
    private int readies;
    private final EngineRig rig = new EngineRig(parts());
    private final RawClient client = rig.client(4, 0);

    private EngineRig.Parts parts() {
        EngineRig.Parts parts = new EngineRig.Parts();
        parts.services.add(
                ServerServiceDefinition.builder("a.B")
                        .addMethod(
                                Methods.method("a.B/S", MethodType.SERVER_STREAMING),
                                (call, headers) -> started(call))
                        .build());
        return parts;
    }

    private ServerCall.Listener<String> started(ServerCall<String, String> call) {
        calls.add(call);
        call.request(2);
        call.sendHeaders(new Metadata());
        return new ServerCall.Listener<>() {
            @Override
            public void onReady() {
                readies++;
            }
        };
    }

    private ServerCall<String, String> call() {
        client.request(1, "/a.B/S", false).message(1, true, "go");
        rig.go(client);
        readies = 0;
        return calls.getFirst();
    }

    private boolean isReadyElsewhere(ServerCall<?, ?> call) {
        boolean[] ready = new boolean[1];
        rig.offLoop(() -> ready[0] = call.isReady());
        return ready[0];
    }

    @AfterEach
    void close() {
        for (ServerCall<String, String> call : calls) call.close(Status.OK, new Metadata());
        client.out().windowUpdate(0, 1 << 20).windowUpdate(1, 1 << 20);
        rig.go(client);
        rig.close();
    }

    @Test
    void theFirstLookFromElsewhereSeesWhatWasWrittenOnTheLoop() {
        ServerCall<String, String> call = call();
        for (int i = 0; i < 3; i++) call.sendMessage(TEN_KIB);
        assertThat(isReadyElsewhere(call)).isTrue();
        call.sendMessage(TEN_KIB);
        assertThat(call.isReady()).isFalse();
        assertThat(isReadyElsewhere(call)).isFalse();
        client.out().windowUpdate(1, 20 << 10);
        rig.go(client);
        assertThat(readies).isEqualTo(1);
        assertThat(isReadyElsewhere(call)).isTrue();
    }

    @Test
    void whatWasWrittenOnTheLoopCountsWithWhatIsWrittenElsewhere() {
        ServerCall<String, String> call = call();
        for (int i = 0; i < 2; i++) call.sendMessage(TEN_KIB);
        rig.offLoop(
                () -> {
                    call.sendMessage(TEN_KIB);
                    assertThat(call.isReady()).isTrue();
                    call.sendMessage(TEN_KIB);
                    assertThat(call.isReady()).isFalse();
                });
        rig.settle();
        assertThat(call.isReady()).isFalse();
    }

    @Test
    void aThresholdSetOnTheLoopHoldsElsewhere() {
        ServerCall<String, String> call = call();
        call.setOnReadyThreshold(5 << 10);
        call.sendMessage(TEN_KIB);
        assertThat(call.isReady()).isFalse();
        assertThat(isReadyElsewhere(call)).isFalse();
    }

    @Test
    void anUnpressedCallIsReadyEverywhere() {
        client.out().settings(4, 1 << 20);
        ServerCall<String, String> call = call();
        for (int i = 0; i < 3; i++) call.sendMessage(TEN_KIB);
        assertThat(call.isReady()).isTrue();
        assertThat(isReadyElsewhere(call)).isTrue();
    }
}
