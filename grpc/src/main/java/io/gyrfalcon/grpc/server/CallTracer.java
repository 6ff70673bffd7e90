package io.gyrfalcon.grpc.server;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The tracers of one call. Any thread, in the order of the call's own events; {@link #streamClosed}
 * counts once. Sizes are bytes, sequence numbers start at 0 in each direction.
 */
public final class CallTracer {
    /** A call that nobody traces. */
    public static final CallTracer NONE = new CallTracer(new ServerStreamTracer[0]);

    private final ServerStreamTracer[] tracers;
    private final AtomicBoolean closed = new AtomicBoolean();

    CallTracer(ServerStreamTracer[] tracers) {
        this.tracers = tracers;
    }

    /** Whether nobody is told anything. */
    public boolean isNone() {
        return tracers.length == 0;
    }

    /**
     * Lets each tracer put its own into the call's context.
     *
     * @throws NullPointerException if a tracer answers null
     */
    public Context filterContext(Context context) {
        Context filtered = context;
        for (ServerStreamTracer tracer : tracers) {
            filtered = tracer.filterContext(filtered);
            if (filtered == null) throw new NullPointerException(tracer + " returns null context");
        }
        return filtered;
    }

    /** The method is found and about to be intercepted. */
    public void serverCallStarted(
            MethodDescriptor<?, ?> method, Attributes attributes, @Nullable String authority) {
        if (tracers.length == 0) return;
        ServerStreamTracer.ServerCallInfo<?, ?> info =
                new DescribedCall<>(method, attributes, authority);
        for (ServerStreamTracer tracer : tracers) {
            tracer.serverCallStarted(info);
        }
    }

    /** The prefix of a message has arrived. */
    public void inboundMessage(int index) {
        for (ServerStreamTracer tracer : tracers) {
            tracer.inboundMessage(index);
        }
    }

    /** Bytes of a message have arrived, as on the wire. */
    public void inboundWireSize(long bytes) {
        for (ServerStreamTracer tracer : tracers) {
            tracer.inboundWireSize(bytes);
        }
    }

    /** Bytes of a message are known in their plain form. */
    public void inboundUncompressedSize(long bytes) {
        for (ServerStreamTracer tracer : tracers) {
            tracer.inboundUncompressedSize(bytes);
        }
    }

    /**
     * A message is complete.
     *
     * @param plainBytes -1 where the message is compressed
     */
    public void inboundMessageRead(int index, long wireBytes, long plainBytes) {
        for (ServerStreamTracer tracer : tracers) {
            tracer.inboundMessageRead(index, wireBytes, plainBytes);
        }
    }

    /** A message is about to be framed. */
    public void outboundMessage(int index) {
        for (ServerStreamTracer tracer : tracers) {
            tracer.outboundMessage(index);
        }
    }

    /** A message is framed: its plain size, its size on the wire, then that it was sent. */
    public void outboundMessageSent(int index, long wireBytes, long plainBytes) {
        for (ServerStreamTracer tracer : tracers) {
            tracer.outboundUncompressedSize(plainBytes);
        }
        for (ServerStreamTracer tracer : tracers) {
            tracer.outboundWireSize(wireBytes);
        }
        for (ServerStreamTracer tracer : tracers) {
            tracer.outboundMessageSent(index, wireBytes, plainBytes);
        }
    }

    /** The call is over. Only the first status counts. */
    public void streamClosed(Status status) {
        if (tracers.length == 0 || !closed.compareAndSet(false, true)) return;
        for (ServerStreamTracer tracer : tracers) {
            tracer.streamClosed(status);
        }
    }

    /** What tracers are told about a call. */
    private static final class DescribedCall<Q, R> extends ServerStreamTracer.ServerCallInfo<Q, R> {
        private final MethodDescriptor<Q, R> method;
        private final Attributes attributes;
        private final @Nullable String authority;

        DescribedCall(
                MethodDescriptor<Q, R> method, Attributes attributes, @Nullable String authority) {
            this.method = method;
            this.attributes = attributes;
            this.authority = authority;
        }

        @Override
        public MethodDescriptor<Q, R> getMethodDescriptor() {
            return method;
        }

        @Override
        public Attributes getAttributes() {
            return attributes;
        }

        @Override
        public @Nullable String getAuthority() {
            return authority;
        }
    }
}
