package io.gyrfalcon.grpc.client;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The tracers of one stream. Any thread, in the order of the stream's own events; {@link
 * #streamClosed} counts once. Sizes are bytes, sequence numbers start at 0 in each direction.
 */
final class ClientTracers {
    /** A stream that nobody traces. */
    static final ClientTracers NONE = new ClientTracers(new ClientStreamTracer[0]);

    private final ClientStreamTracer[] tracers;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ClientTracers(ClientStreamTracer[] tracers) {
        this.tracers = tracers;
    }

    /**
     * Makes the tracers of a stream. User code.
     *
     * @param previous attempts of the call
     * @param isTransparent whether it follows one that no server has looked at
     * @param isHedging whether attempts of the call overlap
     * @param headers may be changed by the tracers
     */
    static ClientTracers of(
            CallOptions options,
            int previous,
            boolean isTransparent,
            boolean isHedging,
            Metadata headers) {
        List<ClientStreamTracer.Factory> factories = options.getStreamTracerFactories();
        if (factories.isEmpty()) return NONE;
        ClientStreamTracer.StreamInfo stream =
                ClientStreamTracer.StreamInfo.newBuilder()
                        .setCallOptions(options)
                        .setPreviousAttempts(previous)
                        .setIsTransparentRetry(isTransparent)
                        .setIsHedging(isHedging)
                        .build();
        ClientStreamTracer[] tracers = new ClientStreamTracer[factories.size()];
        for (int i = 0; i < tracers.length; i++) {
            tracers[i] = factories.get(i).newClientStreamTracer(stream, headers);
        }
        return new ClientTracers(tracers);
    }

    /**
     * These and the one that follows the attempt for the policy. User code.
     *
     * @param headers may be changed by the tracer
     */
    ClientTracers with(Route route, CallOptions options, Metadata headers) {
        ClientStreamTracer.Factory factory = route.tracing();
        if (factory == null) return this;
        ClientStreamTracer.StreamInfo stream =
                ClientStreamTracer.StreamInfo.newBuilder().setCallOptions(options).build();
        ClientStreamTracer[] all = Arrays.copyOf(tracers, tracers.length + 1);
        all[tracers.length] = factory.newClientStreamTracer(stream, headers);
        return new ClientTracers(all);
    }

    /** The policy says something of the stream. */
    void label(String key, String value) {
        for (ClientStreamTracer tracer : tracers) {
            tracer.addOptionalLabel(key, value);
        }
    }

    /** Whether nobody is told anything. */
    boolean isNone() {
        return tracers.length == 0;
    }

    /** The stream has a connection, and its request's head leaves. */
    void streamCreated(Attributes attributes, Metadata headers) {
        for (ClientStreamTracer tracer : tracers) {
            tracer.streamCreated(attributes, headers);
        }
        for (ClientStreamTracer tracer : tracers) {
            tracer.outboundHeaders();
        }
    }

    /** A message is framed. */
    void outboundMessage(int index, long wireBytes, long plainBytes) {
        for (ClientStreamTracer tracer : tracers) {
            tracer.outboundMessage(index);
            tracer.outboundUncompressedSize(plainBytes);
            tracer.outboundWireSize(wireBytes);
            tracer.outboundMessageSent(index, wireBytes, plainBytes);
        }
    }

    void inboundHeaders(Metadata headers) {
        for (ClientStreamTracer tracer : tracers) {
            tracer.inboundHeaders(headers);
        }
    }

    void inboundTrailers(Metadata trailers) {
        for (ClientStreamTracer tracer : tracers) {
            tracer.inboundTrailers(trailers);
        }
    }

    /**
     * A message is complete.
     *
     * @param plainBytes -1 where the message is compressed
     */
    void inboundMessage(int index, long wireBytes, long plainBytes) {
        for (ClientStreamTracer tracer : tracers) {
            tracer.inboundMessage(index);
            tracer.inboundWireSize(wireBytes);
            tracer.inboundMessageRead(index, wireBytes, plainBytes);
            if (plainBytes >= 0) tracer.inboundUncompressedSize(plainBytes);
        }
    }

    /** Bytes of a compressed message are known in their plain form. */
    void inboundUncompressedSize(long bytes) {
        for (ClientStreamTracer tracer : tracers) {
            tracer.inboundUncompressedSize(bytes);
        }
    }

    /** The stream is over. Only the first status counts. */
    void streamClosed(Status status) {
        if (tracers.length == 0 || !closed.compareAndSet(false, true)) return;
        for (ClientStreamTracer tracer : tracers) {
            tracer.streamClosed(status);
        }
    }
}
