package io.gyrfalcon.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.SecurityLevel;
import io.grpc.Status;
import io.gyrfalcon.grpc.client.ChannelRig.Heard;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** What a call's options bring along: credentials, an executor. */
class CallCompanionsTest {
    private static final CallOptions PLAIN = CallOptions.DEFAULT;

    private final ChannelRig rig = new ChannelRig();

    @AfterEach
    void end() {
        rig.close();
    }

    /** Credentials that answer when the test says so. */
    private static final class Asked extends CallCredentials {
        final List<String> log = new ArrayList<>();
        MetadataApplier applier;
        RuntimeException failure;

        @Override
        public void applyRequestMetadata(
                RequestInfo request, Executor executor, MetadataApplier to) {
            log.add(request.getMethodDescriptor().getFullMethodName());
            log.add(request.getAuthority());
            assertThat(request.getSecurityLevel()).isEqualTo(SecurityLevel.NONE);
            assertThat(request.getCallOptions()).isNotNull();
            assertThat(request.getTransportAttrs().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR))
                    .isNotNull();
            executor.execute(() -> log.add("executed"));
            applier = to;
            if (failure != null) throw failure;
        }
    }

    @Test
    void credentialsAddToTheHeadersWhenTheyAreReady() {
        Asked asked = new Asked();
        Heard call = rig.unary(PLAIN.withCallCredentials(asked).withAuthority("other"));
        rig.greet(100);
        assertThat(asked.log).containsExactly("s.S/UNARY", "other", "executed");
        assertThat(rig.server().lines()).noneMatch(line -> line.startsWith("HEADERS"));
        Metadata more = new Metadata();
        more.put(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER), "t");
        asked.applier.apply(more);
        rig.settle();
        assertThat(rig.server().lines()).containsSubsequence("HEADERS 1", "DATA 1 7 end");
        assertThatThrownBy(() -> asked.applier.apply(more))
                .isInstanceOf(IllegalStateException.class);
        rig.answer(1, "a");
        assertThat(call.status.isOk()).isTrue();
    }

    @Test
    void credentialsMayRefuse() {
        Asked asked = new Asked();
        rig.credentials = asked;
        Heard call = rig.unary();
        assertThatThrownBy(() -> asked.applier.fail(Status.OK))
                .isInstanceOf(IllegalArgumentException.class);
        asked.applier.fail(Status.PERMISSION_DENIED.withDescription("not you"));
        rig.settle();
        assertThat(call.status.getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        asked.failure = new IllegalStateException("broken");
        Heard other = rig.unary(PLAIN.withCallCredentials(new Asked()));
        assertThat(other.status.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(other.status.getCause()).hasMessage("broken");
        Heard given = rig.unary(PLAIN);
        given.call.cancel("given up", null);
        rig.settle();
        assertThat(given.lines).containsExactly("closed UNAUTHENTICATED");
    }

    @Test
    void credentialsDoNotSayWhatOnlyAServerMay() {
        Asked asked = new Asked();
        Heard call = rig.unary(PLAIN.withCallCredentials(asked));
        rig.greet(100);
        asked.applier.fail(Status.ABORTED.withDescription("cred"));
        rig.settle();
        assertThat(call.status.getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(call.status.getDescription())
                .isEqualTo("Inappropriate status code from control plane: ABORTED cred");
    }

    @Test
    void credentialsThatApplyNothingAtAllHaveFailed() {
        CallCredentials broken = ChannelRig.credentials(applier -> applier.apply(null));
        Heard call = rig.unary(PLAIN.withCallCredentials(broken));
        rig.greet(100);
        assertThat(call.status.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
        assertThat(call.status.getCause()).isInstanceOf(NullPointerException.class);
    }

    @Test
    void anExecutorThatRefusesCancelsTheCallElsewhere() throws InterruptedException {
        Executor refusing =
                task -> {
                    throw new RejectedExecutionException("full");
                };
        Heard call = rig.unary(PLAIN.withExecutor(refusing));
        rig.greet(100);
        rig.server().head(1).message(1, "a");
        rig.settle();
        assertThat(rig.server().lines()).contains("RST_STREAM 1 8");
        assertThat(call.lines).endsWith("closed CANCELLED");
    }

    @Test
    void callbacksRunWhereTheCallSays() {
        List<Runnable> tasks = new ArrayList<>();
        Heard call = rig.unary(PLAIN.withExecutor(tasks::add));
        rig.greet(100);
        rig.answer(1, "a");
        assertThat(call.lines).isEmpty();
        assertThat(tasks).hasSize(1);
        tasks.removeFirst().run();
        assertThat(call.lines).containsExactly("headers", "message a", "closed OK");
    }
}
