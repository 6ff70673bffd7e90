package io.gyrfalcon.grpc.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.ForwardingClientCall;
import io.grpc.InternalConfigSelector;
import io.grpc.LoadBalancer.PickSubchannelArgs;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.gyrfalcon.traffic.config.MethodConfig;

import org.jspecify.annotations.Nullable;

/**
 * A call whose config is selected when it starts, by its method and headers. As {@link ChannelCall}
 * for threads.
 *
 * @param <Q> the type of the request's messages
 * @param <R> the type of the response's messages
 */
final class SelectedCall<Q, R> extends ForwardingClientCall<Q, R> {
    private final Calls calls;
    private final InternalConfigSelector selector;
    private final MethodDescriptor<Q, R> method;
    private final CallOptions options;
    private final boolean isAdmitted;
    private final Context context = Context.current();
    private volatile @Nullable ClientCall<Q, R> real;

    SelectedCall(
            Calls calls,
            InternalConfigSelector selector,
            MethodDescriptor<Q, R> method,
            CallOptions options,
            boolean isAdmitted) {
        this.calls = calls;
        this.selector = selector;
        this.method = method;
        this.options = options;
        this.isAdmitted = isAdmitted;
    }

    @Override
    protected ClientCall<Q, R> delegate() {
        ClientCall<Q, R> call = real;
        if (call == null) throw new IllegalStateException("Not started");
        return call;
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
        InternalConfigSelector.Result selected =
                selector.selectConfig(new Facts(method, headers, options));
        Status status = selected.getStatus();
        if (!status.isOk()) {
            real = new Refused<>();
            refuse(listener, Statuses.ofControlPlane(status));
            return;
        }
        MethodConfig config =
                selected.getConfig() instanceof Configuration known
                        ? known.service().of(method.getFullMethodName())
                        : null;
        ClientInterceptor interceptor = selected.getInterceptor();
        Below below = new Below(config);
        ClientCall<Q, R> call =
                interceptor == null
                        ? below.newCall(method, options)
                        : interceptor.interceptCall(method, options, below);
        real = call;
        call.start(listener, headers);
    }

    private void refuse(Listener<R> listener, Status status) {
        Runnable task =
                () -> {
                    Context before = context.attach();
                    try {
                        listener.onClose(status, new Metadata());
                    } finally {
                        context.detach(before);
                    }
                };
        calls.execute(options, task);
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
        ClientCall<Q, R> call = real;
        if (call != null) call.cancel(message, cause);
    }

    /** Makes the calls below the selected interceptor. Immutable. */
    private final class Below extends Channel {
        private final @Nullable MethodConfig config;

        Below(@Nullable MethodConfig config) {
            this.config = config;
        }

        @Override
        public <A, B> ClientCall<A, B> newCall(MethodDescriptor<A, B> asked, CallOptions with) {
            return new ChannelCall<>(calls, asked, with, config, isAdmitted);
        }

        @Override
        public String authority() {
            return calls.authority();
        }
    }

    /** A call that was refused before it began. Immutable. */
    private static final class Refused<A, B> extends ClientCall<A, B> {
        @Override
        public void start(Listener<B> listener, Metadata headers) {
            throw new IllegalStateException("Already started");
        }

        @Override
        public void request(int count) {}

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {}

        @Override
        public void halfClose() {}

        @Override
        public void sendMessage(A message) {}
    }

    /** What a selector may know of a call. Immutable. */
    private static final class Facts extends PickSubchannelArgs {
        private final MethodDescriptor<?, ?> method;
        private final Metadata headers;
        private final CallOptions options;

        Facts(MethodDescriptor<?, ?> method, Metadata headers, CallOptions options) {
            this.method = method;
            this.headers = headers;
            this.options = options;
        }

        @Override
        public CallOptions getCallOptions() {
            return options;
        }

        @Override
        public Metadata getHeaders() {
            return headers;
        }

        @Override
        public MethodDescriptor<?, ?> getMethodDescriptor() {
            return method;
        }
    }
}
