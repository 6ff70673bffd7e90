package io.gyrfalcon.grpc.server;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Methods of strings, and calls that do nothing. */
final class Methods {
    private Methods() {}

    static final MethodDescriptor.Marshaller<String> TEXT =
            new MethodDescriptor.Marshaller<>() {
                @Override
                public InputStream stream(String value) {
                    return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
                }

                @Override
                public String parse(InputStream stream) {
                    try {
                        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            };

    static MethodDescriptor<String, String> unary(String name) {
        return method(name, MethodDescriptor.MethodType.UNARY);
    }

    static MethodDescriptor<String, String> method(String name, MethodDescriptor.MethodType type) {
        return MethodDescriptor.newBuilder(TEXT, TEXT)
                .setType(type)
                .setFullMethodName(name)
                .build();
    }

    /** A handler that notes its name when a call starts. */
    static ServerCallHandler<String, String> noting(List<String> notes, String name) {
        return (call, headers) -> {
            notes.add(name);
            return new ServerCall.Listener<>() {};
        };
    }

    static ServerServiceDefinition service(
            String name, List<String> notes, String note, String... methods) {
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(name);
        for (String method : methods) {
            service.addMethod(unary(name + "/" + method), noting(notes, note + "." + method));
        }
        return service.build();
    }

    /** A service of one method. */
    static ServerServiceDefinition serviceOf(
            MethodDescriptor<String, String> method, ServerCallHandler<String, String> handler) {
        return ServerServiceDefinition.builder(method.getServiceName())
                .addMethod(method, handler)
                .build();
    }

    static ServerMethodDefinition<String, String> definition(
            String name, ServerCallHandler<String, String> handler) {
        return ServerMethodDefinition.create(unary(name), handler);
    }

    /** Starts a call on a bound method. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    static void start(BoundMethod<?, ?> method) {
        ((ServerCallHandler) method.handler()).startCall(new NoCall(method.wire()), new Metadata());
    }

    /** A call that nobody answers. */
    static final class NoCall<Q, R> extends ServerCall<Q, R> {
        private final MethodDescriptor<Q, R> method;

        NoCall(MethodDescriptor<Q, R> method) {
            this.method = method;
        }

        @Override
        public void request(int count) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(R message) {}

        @Override
        public void close(io.grpc.Status status, Metadata trailers) {}

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<Q, R> getMethodDescriptor() {
            return method;
        }
    }
}
