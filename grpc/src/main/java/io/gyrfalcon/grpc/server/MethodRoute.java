package io.gyrfalcon.grpc.server;

import io.gyrfalcon.transport.server.Route;

import org.jspecify.annotations.Nullable;

/**
 * Where calls of one path go.
 *
 * @param fullMethodName the path without its slash
 * @param method the registered method; {@code null}: a fallback registry may know it
 */
record MethodRoute(String fullMethodName, @Nullable BoundMethod<?, ?> method) implements Route {

    @Override
    public boolean wantsFields() {
        return method == null || method.readsMetadata();
    }
}
