package io.gyrfalcon.grpc.server;

import io.gyrfalcon.transport.server.Route;

import org.jspecify.annotations.Nullable;

/**
 * Where calls of one path go.
 *
 * @param fullMethodName the path without its slash
 * @param method the registered method; {@code null}: a fallback registry may know it
 * @param isAlwaysWanting whether metadata is built also where nobody can read it
 */
record MethodRoute(
        String fullMethodName, @Nullable BoundMethod<?, ?> method, boolean isAlwaysWanting)
        implements Route {

    /** This route to a method that was found later. */
    MethodRoute with(BoundMethod<?, ?> found) {
        return new MethodRoute(fullMethodName, found, isAlwaysWanting);
    }

    /** Whether its calls go before those of other methods. */
    boolean isUrgent() {
        return method != null && method.isUrgent();
    }

    @Override
    public boolean wantsFields() {
        return isAlwaysWanting || method == null || method.readsMetadata();
    }
}
