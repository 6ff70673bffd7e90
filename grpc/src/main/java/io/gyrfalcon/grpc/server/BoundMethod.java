package io.gyrfalcon.grpc.server;

import io.grpc.BinaryLog;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * One method as calls meet it: the descriptor that was registered, and the handler with every
 * interceptor and the binary log already around it. Immutable, but for what {@link #promotion()}
 * has measured; any thread.
 *
 * @param <Q> request type as registered
 * @param <R> response type as registered
 */
public final class BoundMethod<Q, R> {
    private static final String STUB_UNARY = "io.grpc.stub.ServerCalls$UnaryServerCallHandler";
    private static final String STUB_STREAMING =
            "io.grpc.stub.ServerCalls$StreamingServerCallHandler";
    private static final String HEALTH = "grpc.health.v1.Health";

    private final MethodDescriptor<Q, R> original;
    private final MethodDescriptor<?, ?> wire;
    private final ServerCallHandler<?, ?> handler;

    /** What each call's handler is made of, where calls are logged. */
    private final @Nullable Logged<Q, R> logged;

    private final boolean readsMetadata;
    private final boolean reusesStream;
    private final boolean serverSendsOne;
    private final boolean isUrgent;
    private final Promotion promotion = new Promotion();

    private BoundMethod(
            MethodDescriptor<Q, R> original,
            ServerMethodDefinition<?, ?> outermost,
            @Nullable Logged<Q, R> logged,
            boolean readsMetadata) {
        this.original = original;
        this.logged = logged;
        this.wire = outermost.getMethodDescriptor();
        this.handler = outermost.getServerCallHandler();
        this.readsMetadata = readsMetadata;
        this.reusesStream = Marshalling.isStock(wire.getRequestMarshaller());
        this.serverSendsOne = wire.getType().serverSendsOneMessage();
        this.isUrgent = HEALTH.equals(original.getServiceName());
    }

    /**
     * Composes the handler of one method: interceptors in the order of their addition, each around
     * what was there, so that the last added runs first; the binary log outermost.
     *
     * @param watched whether something outside the handler (a tracer, a choice of executor) is
     *     handed the request's metadata
     */
    public static <Q, R> BoundMethod<Q, R> bind(
            ServerMethodDefinition<Q, R> definition,
            List<ServerInterceptor> interceptors,
            @Nullable BinaryLog binaryLog,
            boolean watched) {
        ServerCallHandler<Q, R> handler = definition.getServerCallHandler();
        boolean readsMetadata =
                watched || binaryLog != null || !interceptors.isEmpty() || !isStub(handler);
        for (int i = 0; i < interceptors.size(); i++) {
            handler = new Intercepted<>(interceptors.get(i), handler);
        }
        ServerMethodDefinition<Q, R> plain = definition.withServerCallHandler(handler);
        Logged<Q, R> logged = binaryLog == null ? null : new Logged<>(binaryLog, plain);
        ServerMethodDefinition<?, ?> outermost = logged == null ? plain : logged.wrap();
        return new BoundMethod<>(
                definition.getMethodDescriptor(), outermost, logged, readsMetadata);
    }

    private static boolean isStub(ServerCallHandler<?, ?> handler) {
        String name = handler.getClass().getName();
        return name.equals(STUB_UNARY) || name.equals(STUB_STREAMING);
    }

    /** The descriptor that the service registered; tracers are shown this one. */
    public MethodDescriptor<Q, R> original() {
        return original;
    }

    /** The descriptor whose marshallers the call uses; a binary log may have changed its types. */
    public MethodDescriptor<?, ?> wire() {
        return wire;
    }

    /**
     * The handler for {@link #wire()}'s types, everything composed around it. One call's own where
     * there is a binary log, which gives a call its number when it wraps.
     */
    public ServerCallHandler<?, ?> handler() {
        Logged<Q, R> logs = logged;
        return logs == null ? handler : logs.wrap().getServerCallHandler();
    }

    /**
     * Whether anybody may look at the request's metadata. False only where the handler is
     * grpc-stub's own and nothing stands around it: those never read it.
     */
    public boolean readsMetadata() {
        return readsMetadata;
    }

    /**
     * Whether the request's marshaller is known to keep no reference to the stream it parses, so
     * that one {@link InboundMessage} may serve one message after another.
     */
    public boolean reusesStream() {
        return reusesStream;
    }

    /** Whether the server sends exactly one message. */
    public boolean serverSendsOne() {
        return serverSendsOne;
    }

    /** Whether its calls go before those of other methods: health checks do. */
    boolean isUrgent() {
        return isUrgent;
    }

    /** Where its calls run by default. */
    public Promotion promotion() {
        return promotion;
    }

    /** What a binary log is put around, for each call. */
    private record Logged<Q, R>(BinaryLog log, ServerMethodDefinition<Q, R> plain) {
        ServerMethodDefinition<?, ?> wrap() {
            return log.wrapMethodDefinition(plain);
        }
    }

    /** A handler with one interceptor around it. */
    private static final class Intercepted<Q, R> implements ServerCallHandler<Q, R> {
        private final ServerInterceptor interceptor;
        private final ServerCallHandler<Q, R> next;

        Intercepted(ServerInterceptor interceptor, ServerCallHandler<Q, R> next) {
            this.interceptor = interceptor;
            this.next = next;
        }

        @Override
        public io.grpc.ServerCall.Listener<Q> startCall(
                io.grpc.ServerCall<Q, R> call, io.grpc.Metadata headers) {
            return interceptor.interceptCall(call, headers, next);
        }
    }
}
