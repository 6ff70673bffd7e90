package io.gyrfalcon.verify.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A server that has more to say than its client takes. */
@Timeout(180)
final class BackPressureTest {
    private static final int MESSAGES = 400;
    private static final String TEXT = "x".repeat(10_000);

    /** Sends as long as the call is ready, in onReady; or all at once. */
    private static final class Flood extends Noting {
        private final AtomicInteger sent = new AtomicInteger();
        private final int threshold;
        private final boolean isPolite;

        Flood(Log log, int threshold, boolean isPolite) {
            super(log, 2);
            this.threshold = threshold;
            this.isPolite = isPolite;
        }

        @Override
        void onStart(ServerCall<String, String> call, Metadata headers) {
            if (threshold > 0) call.setOnReadyThreshold(threshold);
            call.sendHeaders(new Metadata());
        }

        @Override
        void onReady(ServerCall<String, String> call) {
            while ((!isPolite || call.isReady()) && sent.get() < MESSAGES) {
                call.sendMessage(sent.getAndIncrement() + TEXT);
            }
            if (sent.get() < MESSAGES) {
                log.add("not ready");
                return;
            }
            if (sent.getAndIncrement() == MESSAGES) call.close(Status.OK, new Metadata());
        }
    }

    /** Asks for nothing until it is told to. */
    private static final class Slow extends ClientCall.Listener<String> {
        private final Log log = new Log();
        private final ClientCall<String, String> call;
        private int received;

        Slow(ClientCall<String, String> call) {
            this.call = call;
            call.start(this, new Metadata());
        }

        @Override
        public void onMessage(String message) {
            assertThat(message).startsWith(received++ + "x").hasSizeGreaterThan(TEXT.length());
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            log.add("close " + status.getCode() + " " + received);
        }
    }

    private static void flood(Engine engine, Lane lane, int threshold, boolean isPolite) {
        try (Stage stage = new Stage(engine, lane)) {
            stage.handler(new Flood(stage.server, threshold, isPolite));
            Slow slow =
                    new Slow(
                            stage.channel()
                                    .newCall(
                                            Stage.method(MethodType.SERVER_STREAMING),
                                            CallOptions.DEFAULT));
            slow.call.sendMessage("go");
            slow.call.halfClose();
            if (isPolite) stage.server.await("not ready");
            slow.call.request(10 * MESSAGES);
            slow.log.await("close");
            stage.server.await("end");
            List<String> events = stage.server.events();
            assertThat(slow.log.events()).containsExactly("close OK " + MESSAGES);
            assertThat(events).contains("onComplete").doesNotContain("onCancel");
            if (!isPolite) return;
            assertThat(events.stream().filter("onReady"::equals).count())
                    .as(engine + " says again that it is ready")
                    .isGreaterThan(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPoliteServerWaitsAndIsToldToGoOn(Lane lane) {
        for (Engine engine : Engine.values()) flood(engine, lane, 0, true);
    }

    @ParameterizedTest
    @EnumSource
    void theThresholdOfReadinessCanBeSet(Lane lane) {
        for (Engine engine : Engine.values()) flood(engine, lane, 200_000, true);
    }

    @ParameterizedTest
    @EnumSource
    void whatAnImpoliteServerSendsIsKeptAndArrives(Lane lane) {
        for (Engine engine : Engine.values()) flood(engine, lane, 0, false);
    }
}
