package io.gyrfalcon.grpc.server;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;

import java.util.List;

/** The stream tracer factories of a server, in the order of their addition. Immutable. */
public final class Tracers {
    private final ServerStreamTracer.Factory[] factories;

    public Tracers(List<? extends ServerStreamTracer.Factory> factories) {
        this.factories = factories.toArray(new ServerStreamTracer.Factory[0]);
    }

    /** Whether no call is traced; then metadata need not be built for tracers. */
    public boolean isEmpty() {
        return factories.length == 0;
    }

    /**
     * Makes the tracers of one call. User code: not on a loop that carries runners.
     *
     * @param headers may be changed by the tracers
     */
    public CallTracer newCall(String fullMethodName, Metadata headers) {
        if (factories.length == 0) return CallTracer.NONE;
        ServerStreamTracer[] tracers = new ServerStreamTracer[factories.length];
        for (int i = 0; i < tracers.length; i++) {
            tracers[i] = factories[i].newServerStreamTracer(fullMethodName, headers);
        }
        return new CallTracer(tracers);
    }
}
