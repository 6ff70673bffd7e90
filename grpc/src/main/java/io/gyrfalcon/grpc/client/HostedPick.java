package io.gyrfalcon.grpc.client;

import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.LoadBalancer.PickDetailsConsumer;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

import org.jspecify.annotations.Nullable;

/** What a picker may know of a call, and change of its headers. Loop-owned; for one pick. */
final class HostedPick extends PickSubchannelArgs implements PickDetailsConsumer {
    private final Attempt call;
    private @Nullable Metadata headers;

    HostedPick(Attempt call) {
        this.call = call;
    }

    @Override
    public CallOptions getCallOptions() {
        return call.request().options();
    }

    /** A copy: another attempt of the call begins with what its user has said. */
    @Override
    public Metadata getHeaders() {
        Metadata known = headers;
        if (known != null) return known;
        Metadata copy = new Metadata();
        copy.merge(call.headers());
        headers = copy;
        return copy;
    }

    @Override
    public MethodDescriptor<?, ?> getMethodDescriptor() {
        return call.request().method();
    }

    @Override
    public PickDetailsConsumer getPickDetailsConsumer() {
        return this;
    }

    @Override
    public void addOptionalLabel(String key, String value) {
        call.label(key, value);
    }

    /** Where the call goes by what was picked. */
    Route route(Route of, ClientStreamTracer.@Nullable Factory tracing) {
        return new Route(of.endpoint(), of.authority(), headers, tracing);
    }
}
