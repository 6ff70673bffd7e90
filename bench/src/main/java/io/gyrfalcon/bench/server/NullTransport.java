package io.gyrfalcon.bench.server;

import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The same stub with no transport below it: what a call allocates before any engine adds its own.
 * Owned by the thread that calls it.
 *
 * <p>One call is marshaller parse, {@code startCall}, {@code onMessage}, {@code onHalfClose}, and
 * the response marshalled into a buffer that is kept.
 */
final class NullTransport<Q, R> {
    private final ServerMethodDefinition<Q, R> method;
    private final RequestBytes request;
    private final Metadata noHeaders = new Metadata();
    private final byte[] responseScratch = new byte[64 * 1024];
    private long responseBytes;

    NullTransport(ServerMethodDefinition<Q, R> method, byte[] requestMessage) {
        this.method = method;
        request = new RequestBytes(requestMessage);
    }

    /** For the method of that full name; its request message is given as protobuf bytes. */
    static NullTransport<?, ?> of(BindableService service, String name, byte[] requestMessage) {
        ServerMethodDefinition<?, ?> method = service.bindService().getMethod(name);
        if (method == null) {
            throw new IllegalArgumentException("method: " + name + " (expected: one it serves)");
        }
        return new NullTransport<>(method, requestMessage);
    }

    /** Runs that many calls; returns the bytes of all their responses, without prefixes. */
    long run(int calls) {
        responseBytes = 0;
        for (int i = 0; i < calls; i++) runOne();
        return responseBytes;
    }

    private void runOne() {
        Call call = new Call();
        ServerCall.Listener<Q> listener = method.getServerCallHandler().startCall(call, noHeaders);
        request.rewind();
        listener.onMessage(method.getMethodDescriptor().parseRequest(request));
        listener.onHalfClose();
        if (call.status == null || !call.status.isOk()) {
            throw new IllegalStateException("status: " + call.status + " (expected: OK)");
        }
        listener.onComplete();
    }

    /** The least that the stub can be handed. */
    private final class Call extends ServerCall<Q, R> {
        private @Nullable Status status;

        @Override
        public void request(int messages) {
            // the one message comes anyway
        }

        @Override
        public void sendHeaders(Metadata headers) {
            // nobody reads them
        }

        @Override
        public void sendMessage(R message) {
            try (InputStream bytes = method.getMethodDescriptor().streamResponse(message)) {
                responseBytes += bytes.read(responseScratch, 0, responseScratch.length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close(Status closeStatus, Metadata trailers) {
            status = closeStatus;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<Q, R> getMethodDescriptor() {
            return method.getMethodDescriptor();
        }
    }
}
