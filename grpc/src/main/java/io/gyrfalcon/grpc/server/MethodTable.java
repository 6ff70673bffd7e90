package io.gyrfalcon.grpc.server;

import io.grpc.BinaryLog;
import io.grpc.HandlerRegistry;
import io.grpc.ServerInterceptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The methods of one server by full name, bound once when the server is built. Any thread: the
 * registered part is immutable, the part that a fallback registry adds is locked.
 */
public final class MethodTable {
    /** Bound fallback methods kept; a registry that makes definitions per call must not grow us. */
    private static final int FALLBACK_METHODS_MAX = 1024;

    private final List<ServerServiceDefinition> services;
    private final Map<String, BoundMethod<?, ?>> methods;
    private final List<ServerInterceptor> interceptors;
    private final @Nullable BinaryLog binaryLog;
    private final boolean watched;
    private final @Nullable HandlerRegistry fallback;
    private final IdentityHashMap<ServerMethodDefinition<?, ?>, BoundMethod<?, ?>> boundFallbacks;

    /**
     * @param services in the order of their addition; of two with one name the later counts
     * @param interceptors in the order of their addition
     * @param watched whether a tracer or a choice of executor is handed metadata of every call
     */
    public MethodTable(
            List<ServerServiceDefinition> services,
            List<ServerInterceptor> interceptors,
            @Nullable BinaryLog binaryLog,
            boolean watched,
            @Nullable HandlerRegistry fallback) {
        this.interceptors = List.copyOf(interceptors);
        this.binaryLog = binaryLog;
        this.watched = watched;
        this.fallback = fallback;
        this.boundFallbacks = new IdentityHashMap<>();
        Map<String, ServerServiceDefinition> byName = new LinkedHashMap<>();
        for (ServerServiceDefinition service : services) {
            byName.put(service.getServiceDescriptor().getName(), service);
        }
        this.services = Collections.unmodifiableList(new ArrayList<>(byName.values()));
        this.methods = new HashMap<>();
        for (ServerServiceDefinition service : this.services) {
            for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
                methods.put(method.getMethodDescriptor().getFullMethodName(), bind(method));
            }
        }
    }

    private <Q, R> BoundMethod<Q, R> bind(ServerMethodDefinition<Q, R> definition) {
        return BoundMethod.bind(definition, interceptors, binaryLog, watched);
    }

    /** The registered services, unmodifiable, in the order of their first addition. */
    public List<ServerServiceDefinition> services() {
        return services;
    }

    /** The registered method of this full name ({@code package.Service/Method}), if any. */
    public @Nullable BoundMethod<?, ?> find(String fullMethodName) {
        return methods.get(fullMethodName);
    }

    /**
     * Settles where the calls of a method run.
     *
     * @throws IllegalArgumentException if no such method is registered
     */
    public void carrying(String fullMethodName, Carrying chosen) {
        BoundMethod<?, ?> method = find(fullMethodName);
        if (method == null) {
            throw new IllegalArgumentException(
                    "carrying: "
                            + fullMethodName
                            + " (expected: a registered method, package.Service/Method)");
        }
        method.promotion().carrying(chosen);
    }

    /** By full name of each registered method: what was measured of its calls. */
    public Map<String, Promotion.Counts> promotions() {
        Map<String, Promotion.Counts> counts = new HashMap<>();
        methods.forEach((name, method) -> counts.put(name, method.promotion().counts()));
        return counts;
    }

    /** Services that the fallback registry lists now. */
    public List<ServerServiceDefinition> fallbackServices() {
        return fallback == null ? List.of() : fallback.getServices();
    }

    /**
     * Asks the fallback registry, which is user code: in the call's lane and its context only.
     *
     * @param authority as the peer sent it
     */
    public @Nullable BoundMethod<?, ?> findFallback(
            String fullMethodName, @Nullable String authority) {
        if (fallback == null) return null;
        ServerMethodDefinition<?, ?> found = fallback.lookupMethod(fullMethodName, authority);
        return found == null ? null : bindFallback(found);
    }

    int boundFallbackCount() {
        synchronized (boundFallbacks) {
            return boundFallbacks.size();
        }
    }

    /** Binds what a fallback registry answered; the same definition is bound once. */
    public BoundMethod<?, ?> bindFallback(ServerMethodDefinition<?, ?> definition) {
        synchronized (boundFallbacks) {
            BoundMethod<?, ?> known = boundFallbacks.get(definition);
            if (known != null) return known;
            BoundMethod<?, ?> bound = bind(definition);
            if (boundFallbacks.size() >= FALLBACK_METHODS_MAX) boundFallbacks.clear();
            boundFallbacks.put(definition, bound);
            return bound;
        }
    }
}
