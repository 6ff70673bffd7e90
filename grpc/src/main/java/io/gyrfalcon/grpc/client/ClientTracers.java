package io.gyrfalcon.grpc.client;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The tracers of one stream. Any thread, in the order of the stream's own events; {@link
 * #streamClosed} counts once. Sizes are bytes, sequence numbers start at 0 in each direction.
 */
final class ClientTracers {
    private static final System.Logger LOG = System.getLogger("io.gyrfalcon.grpc");

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

    /** Why a call ends whose tracer has thrown. */
    static Status failed(RuntimeException thrown) {
        return Status.INTERNAL.withDescription("A tracer has failed").withCause(thrown);
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

    /** The stream waits for a connection. */
    void createPendingStream() {
        for (ClientStreamTracer tracer : tracers) {
            tracer.createPendingStream();
        }
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

    /** A message leaves. */
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

    /**
     * The stream is over; only the first end counts. What tracers throw at it is logged.
     *
     * @param trailers as the server said them, or {@code null}
     */
    void streamClosed(Status status, @Nullable Metadata trailers) {
        if (tracers.length == 0 || !closed.compareAndSet(false, true)) return;
        if (trailers != null) tellOfEnd(tracer -> tracer.inboundTrailers(trailers));
        tellOfEnd(tracer -> tracer.streamClosed(status));
    }

    private void tellOfEnd(Consumer<ClientStreamTracer> what) {
        for (ClientStreamTracer tracer : tracers) {
            try {
                what.accept(tracer);
            } catch (RuntimeException thrown) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "A tracer has failed at a stream's end",
                        thrown);
            }
        }
    }
}
