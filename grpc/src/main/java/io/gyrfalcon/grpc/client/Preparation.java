package io.gyrfalcon.grpc.client;

import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.Status;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.grpc.server.CallLane;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Lets credentials see the connection of one call and add to its headers. Any thread: it starts on
 * a runner, and goes on where the credentials answer, once.
 */
final class Preparation extends CallCredentials.MetadataApplier implements Runnable {
    private final Attempt call;
    private final Request request;
    private final CallCredentials asked;
    private final Attributes attributes;
    private final Exchange exchange;
    private final AtomicBoolean isAnswered = new AtomicBoolean();

    Preparation(Attempt call, CallCredentials asked, Attributes attributes, Exchange exchange) {
        this.call = call;
        request = call.request();
        this.asked = asked;
        this.attributes = attributes;
        this.exchange = exchange;
    }

    /** On the loop. */
    void start(Loop loop) {
        CallLane.RUNNER.execute(loop, this);
    }

    @Override
    public void run() {
        Context before = request.context().attach();
        try {
            asked.applyRequestMetadata(new Facts(), exchange::execute, this);
        } catch (Throwable thrown) {
            fail(
                    Status.UNAUTHENTICATED
                            .withDescription(
                                    "Credentials should use fail() instead of throwing exceptions")
                            .withCause(thrown));
        } finally {
            request.context().detach(before);
        }
    }

    @Override
    public void apply(Metadata added) {
        Metadata copy = new Metadata();
        copy.merge(added);
        answer();
        exchange.loop().post(_ -> call.onPrepared(attributes, copy));
    }

    @Override
    public void fail(Status status) {
        if (status.isOk()) throw new IllegalArgumentException("Cannot fail with OK status");
        answer();
        Status sayable = Statuses.ofControlPlane(status);
        exchange.loop().post(_ -> call.onRefused(sayable));
    }

    private void answer() {
        if (isAnswered.compareAndSet(false, true)) return;
        throw new IllegalStateException("apply() or fail() already called");
    }

    /** What credentials may know. */
    private final class Facts extends CallCredentials.RequestInfo {
        @Override
        public MethodDescriptor<?, ?> getMethodDescriptor() {
            return request.method();
        }

        @Override
        public CallOptions getCallOptions() {
            return request.options();
        }

        @Override
        public SecurityLevel getSecurityLevel() {
            boolean isSecure = exchange.options().tls() != null;
            return isSecure ? SecurityLevel.PRIVACY_AND_INTEGRITY : SecurityLevel.NONE;
        }

        @Override
        public String getAuthority() {
            String own = request.options().getAuthority();
            return own == null ? exchange.options().authority() : own;
        }

        @Override
        public Attributes getTransportAttrs() {
            return attributes;
        }
    }
}
