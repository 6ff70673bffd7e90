package io.gyrfalcon.grpc.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.InternalConfigSelector;
import io.grpc.MethodDescriptor;
import io.gyrfalcon.grpc.server.CallLane;
import io.gyrfalcon.grpc.server.GrpcFlags;
import io.gyrfalcon.grpc.server.Marshalling;
import io.gyrfalcon.grpc.server.Outbounds;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.traffic.config.MethodConfig;
import io.gyrfalcon.transport.client.RequestHeads;

import org.jspecify.annotations.Nullable;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** A channel below its interceptors: makes its calls, and keeps what they share. Any thread. */
public final class Calls extends Channel {
    /** Heads that are kept; those of further methods are made for each call. */
    private static final int HEADS_MAX = 1_000;

    /** The listeners of stubs whose {@code onHeaders} is empty. */
    private static final Set<String> BLIND =
            Set.of(
                    "io.grpc.stub.ClientCalls$UnaryStreamToFuture",
                    "io.grpc.stub.ClientCalls$StreamObserverToCallListenerAdapter");

    private final Exchange exchange;
    private final ChannelOptions options;
    private final @Nullable CallPicker own;
    private final Outbounds outbounds = new Outbounds(true);
    private final Marshalling marshalling = new Marshalling();
    private final boolean isMetadataOnDemand = GrpcFlags.METADATA_ON_DEMAND.isOn();
    private final @Nullable String acceptEncoding;
    private final ConcurrentHashMap<String, FieldBlock> heads = new ConcurrentHashMap<>();
    private volatile boolean isShutDown;

    /** Those that this exchange places. */
    public Calls(Exchange exchange) {
        this(exchange, null);
    }

    /** Those of a policy itself, which go there. */
    Calls(Exchange exchange, @Nullable CallPicker own) {
        this.exchange = exchange;
        this.own = own;
        options = exchange.options();
        acceptEncoding = acceptEncoding(options);
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions callOptions) {
        if (own != null) return new ChannelCall<>(this, method, callOptions, null, false);
        CallConfig known = exchange.configs().current();
        if (known == null) return new DelayedCall<>(this, method, callOptions);
        return newCall(known, method, callOptions, false);
    }

    /**
     * A call by this config.
     *
     * @param isAdmitted whether it began before the channel was shut down, whenever it starts
     */
    <Q, R> ClientCall<Q, R> newCall(
            CallConfig by, MethodDescriptor<Q, R> method, CallOptions with, boolean isAdmitted) {
        InternalConfigSelector selector = by.selector();
        if (selector != null) return new SelectedCall<>(this, selector, method, with, isAdmitted);
        MethodConfig config = by.service().of(method.getFullMethodName());
        return new ChannelCall<>(this, method, with, config, isAdmitted);
    }

    @Override
    public String authority() {
        return options.authority();
    }

    /** Calls that start from now on end at once. */
    public void shutDown() {
        isShutDown = true;
    }

    boolean isShutDown() {
        return isShutDown;
    }

    Exchange exchange() {
        return exchange;
    }

    /** Runs a callback where the call's user says, or else where the channel's callbacks run. */
    void execute(CallOptions with, Runnable task) {
        Executor own = with.getExecutor();
        if (own == null) exchange.execute(task);
        else own.execute(task);
    }

    /** As {@link #execute}, where the loop may have ended with the channel. */
    void executeOffLoop(CallOptions with, Runnable task) {
        Executor own = with.getExecutor();
        (own == null ? options.offload() : own).execute(task);
    }

    ChannelOptions options() {
        return options;
    }

    CallLane lane() {
        return own == null ? options.lane() : CallLane.RUNNER;
    }

    @Nullable CallPicker own() {
        return own;
    }

    /** Whether the listener does anything with headers, as far as anybody knows. */
    boolean readsHeaders(ClientCall.Listener<?> listener) {
        return !isMetadataOnDemand || !BLIND.contains(listener.getClass().getName());
    }

    Outbounds outbounds() {
        return outbounds;
    }

    Marshalling marshalling() {
        return marshalling;
    }

    /** The head of a method's requests. */
    FieldBlock head(String fullMethodName, @Nullable String authority) {
        if (authority != null) return make(fullMethodName, authority);
        FieldBlock known = heads.get(fullMethodName);
        if (known != null) return known;
        FieldBlock made = make(fullMethodName, options.authority());
        if (heads.size() < HEADS_MAX) heads.putIfAbsent(fullMethodName, made);
        return made;
    }

    private FieldBlock make(String fullMethodName, String authority) {
        return make(options, acceptEncoding, fullMethodName, authority);
    }

    /** The head of a method's requests, made for one call. */
    static FieldBlock head(ChannelOptions options, String fullMethodName, String authority) {
        return make(options, acceptEncoding(options), fullMethodName, authority);
    }

    private static @Nullable String acceptEncoding(ChannelOptions options) {
        byte[] advertised = options.encodings().advertised();
        return advertised.length == 0 ? null : new String(advertised, US_ASCII);
    }

    private static FieldBlock make(
            ChannelOptions options,
            @Nullable String acceptEncoding,
            String fullMethodName,
            String authority) {
        return RequestHeads.of(
                options.tls() != null,
                authority,
                "/" + fullMethodName,
                options.userAgent(),
                acceptEncoding);
    }
}
