package io.gyrfalcon.grpc.server;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.Status;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.transport.server.CallAcceptor;
import io.gyrfalcon.transport.server.CallEvents;
import io.gyrfalcon.transport.server.Route;
import io.gyrfalcon.transport.server.ServerCall;
import io.gyrfalcon.transport.server.ServerConnection;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.Executor;

/** The calls of one server: from the transport's to {@code io.grpc}'s. Any thread. */
final class Calls implements CallAcceptor {
    private static final System.Logger LOG = System.getLogger("io.gyrfalcon.grpc");
    private static final int FREE_INFLATION_BYTES = 1 << 20;
    private static final Metadata NO_METADATA = new Metadata();
    private static final byte[][] NO_FIELDS = {};

    private final ServerOptions options;
    private final Context root;
    private final CallLane lane;
    private final boolean isInline;
    private final ResponseHeads heads;
    private final TransportFilters filters;
    private final ConnectionWatch watch;
    private final boolean isMetadataOnDemand = GrpcFlags.METADATA_ON_DEMAND.isOn();
    private final boolean isParsingInPlace = GrpcFlags.PARSE_IN_PLACE.isOn();
    private final boolean isRecyclingMessages = GrpcFlags.MESSAGE_RECYCLING.isOn();
    private final boolean isPromoting = GrpcFlags.PROMOTION.isOn();
    private final boolean isCompletingLazily = GrpcFlags.LAZY_COMPLETION.isOn();
    private final Outbounds outbounds = new Outbounds(isRecyclingMessages);
    private final Marshalling marshalling = new Marshalling();

    /** What calls are cut with, once the server ends them all. */
    private volatile @Nullable Status closing;

    Calls(ServerOptions options, Context root, ConnectionWatch watch) {
        this.options = options;
        this.root = root;
        this.watch = watch;
        lane = laneOf(options);
        isInline = options.lane() == Lane.DIRECT && options.callExecutor() == null;
        heads = new ResponseHeads(options.encodings().advertised());
        filters = new TransportFilters(options.filters());
    }

    private static CallLane laneOf(ServerOptions options) {
        return switch (options.lane()) {
            case DIRECT -> CallLane.DIRECT;
            case RUNNER -> CallLane.RUNNER;
            case EXECUTOR -> {
                Executor executor = options.executor();
                assert executor != null;
                yield CallLane.of(executor);
            }
        };
    }

    /** The server cuts its calls from now on, with this for their tracers. */
    void closing(Status with) {
        closing = with;
    }

    @Nullable Status closing() {
        return closing;
    }

    CallLane lane() {
        return lane;
    }

    /** Whether every callback of a call is made on its loop. */
    boolean isInline() {
        return isInline;
    }

    /** Whether a call on this loop is its own runners'. */
    boolean isCarried(Loop loop, MethodRoute route) {
        if (loop.carrier() == null) return false;
        if (isInline) return true;
        if (options.lane() != Lane.RUNNER || options.callExecutor() != null) return false;
        BoundMethod<?, ?> method = route.method();
        return method != null && method.promotion().isPromoted();
    }

    /** What is to learn how long calls take that nobody carries; {@code null}: nothing is. */
    @Nullable Promotion candidate(Loop loop, MethodRoute route) {
        if (!isMeasuring() || loop.carrier() == null) return null;
        BoundMethod<?, ?> method = route.method();
        Promotion promotion = method == null ? null : method.promotion();
        return promotion != null && promotion.isCandidate() ? promotion : null;
    }

    /** Whether it is measured how long calls hold their loops. */
    boolean isMeasuring() {
        return isPromoting && options.lane() == Lane.RUNNER;
    }

    /** Whether onComplete may wait for the next calls. */
    boolean isCompletingLazily() {
        return isCompletingLazily;
    }

    /** Whether a message may be parsed where it was received. */
    boolean isParsingInPlace() {
        return isParsingInPlace;
    }

    /** Whether streams and buffers of messages are used again. */
    boolean isRecyclingMessages() {
        return isRecyclingMessages;
    }

    Marshalling marshalling() {
        return marshalling;
    }

    ResponseHeads heads() {
        return heads;
    }

    Encodings encodings() {
        return options.encodings();
    }

    Tracers tracers() {
        return options.tracers();
    }

    Outbounds outbounds() {
        return outbounds;
    }

    int messageBytesMax() {
        return options.limits().messageBytesMax();
    }

    /** How many bytes a compressed message of so many may become. */
    int inflatedBytesMax(int compressedBytes) {
        int bytesMax = messageBytesMax();
        int times = options.profile().inflationMax();
        if (times == 0) return bytesMax;
        return (int)
                Math.min(bytesMax, Math.max(FREE_INFLATION_BYTES, (long) times * compressedBytes));
    }

    @Override
    public Route route(String path) {
        String name = path.startsWith("/") ? path.substring(1) : path;
        return new MethodRoute(name, options.methods().find(name), !isMetadataOnDemand);
    }

    @Nullable BoundMethod<?, ?> fallback(String fullMethodName, @Nullable String authority) {
        return options.methods().findFallback(fullMethodName, authority);
    }

    @Override
    public CallEvents onCall(ServerCall call) {
        Peer peer = (Peer) call.connection().attachment();
        assert peer != null;
        peer.onCall();
        return new Dispatch(peer, (MethodRoute) call.route(), call);
    }

    @Override
    public void onConnected(ServerConnection connection) {
        Peer peer = new Peer(this, connection);
        connection.attach(peer);
        peer.watched(watch.onOpened(peer));
        if (!filters.isEmpty()) peer.filter(filters, lane);
    }

    /** A runner that shares a loop's state with a call stays with that loop. */
    @Override
    public boolean isQuiet(ServerConnection connection) {
        return !(connection.attachment() instanceof Peer peer) || peer.isQuiet();
    }

    @Override
    public void onLeaving(ServerConnection connection) {
        if (connection.attachment() instanceof Peer peer) peer.onLeaving();
    }

    @Override
    public void onArrived(ServerConnection connection) {
        if (connection.attachment() instanceof Peer peer) peer.onArrived();
    }

    @Override
    public void onDisconnected(ServerConnection connection) {
        Attributes attributes = null;
        if (connection.attachment() instanceof Peer peer) {
            watch.onClosed(peer.watchToken());
            attributes = peer.filteredAttributes();
        }
        if (filters.isEmpty()) return;
        Attributes last = attributes;
        Runnable task = () -> terminated(last);
        Loop loop = connection.loop();
        lane.executeAside(loop, task, refused -> CallLane.RUNNER.execute(loop, task));
    }

    private void terminated(@Nullable Attributes attributes) {
        try {
            filters.terminated(attributes);
        } catch (Throwable t) {
            onFilterThrown(t);
        }
    }

    /**
     * The request's metadata; a shared empty one where nobody looks.
     *
     * @return null if a binary value is no base64
     */
    @Nullable Metadata metadata(MethodRoute route, byte @Nullable [][] fields, int fieldCount) {
        if (!route.wantsFields()) return NO_METADATA;
        return MetadataFields.of(fields == null ? NO_FIELDS : fields, fieldCount / 2);
    }

    /**
     * The context of a call.
     *
     * @param deadline null: none
     * @param timers where the deadline is scheduled
     */
    Context.CancellableContext context(
            CallTracer tracer, @Nullable Deadline deadline, LoopScheduler timers) {
        Context parent = tracer.isNone() ? root : tracer.filterContext(root);
        if (deadline == null) return parent.withCancellation();
        return parent.withDeadline(deadline, timers);
    }

    /** The context of a call that comes to nothing before it has one of its own. */
    Context.CancellableContext plainContext() {
        return root.withCancellation();
    }

    /** The executor that the user wants for this call; {@code null}: no other. */
    @Nullable Executor executorFor(CallAdapter call, Metadata headers) {
        ServerCallExecutorSupplier supplier = options.callExecutor();
        return supplier == null ? null : supplier.getExecutor(call, headers);
    }

    void onRejected(Throwable cause) {
        LOG.log(System.Logger.Level.WARNING, "The server's executor has refused a call", cause);
    }

    void onFilterThrown(Throwable thrown) {
        LOG.log(System.Logger.Level.ERROR, "A transport filter has thrown", thrown);
    }
}
