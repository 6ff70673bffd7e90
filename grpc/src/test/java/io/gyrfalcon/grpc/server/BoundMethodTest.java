package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;

import io.grpc.BinaryLog;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

final class BoundMethodTest {
    private final List<String> notes = new ArrayList<>();

    private ServerInterceptor noting(String name) {
        return new ServerInterceptor() {
            @Override
            public <Q, R> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                notes.add(name);
                return next.startCall(call, headers);
            }
        };
    }

    private static BoundMethod<String, String> bound(ServerCallHandler<String, String> handler) {
        return BoundMethod.bind(Methods.definition("a.B/C", handler), List.of(), null, false);
    }

    @Test
    void theLastAddedInterceptorRunsFirstAndTheHandlerLast() {
        BoundMethod<?, ?> method =
                BoundMethod.bind(
                        Methods.definition("a.B/C", Methods.noting(notes, "handler")),
                        List.of(noting("first"), noting("second"), noting("third")),
                        null,
                        false);
        Methods.start(method);
        assertThat(notes).containsExactly("third", "second", "first", "handler");
    }

    @Test
    void interceptorsOfTheServerRunBeforeThoseOfTheService() {
        ServerServiceDefinition service =
                ServerInterceptors.intercept(
                        Methods.service("a.B", notes, "handler", "C"), noting("of the service"));
        ServerMethodDefinition<?, ?> definition = service.getMethod("a.B/C");
        Methods.start(BoundMethod.bind(definition, List.of(noting("global")), null, false));
        assertThat(notes).containsExactly("global", "of the service", "handler.C");
    }

    @Test
    void theBinaryLogIsOutermostMayChangeTheTypesAndWrapsEachCall() {
        MethodDescriptor<String, String> other =
                Methods.method("a.B/C", MethodType.SERVER_STREAMING);
        BinaryLog log =
                new BinaryLog() {
                    private int wraps;

                    @Override
                    @SuppressWarnings("unchecked")
                    public <Q, R> ServerMethodDefinition<?, ?> wrapMethodDefinition(
                            ServerMethodDefinition<Q, R> definition) {
                        int number = wraps++;
                        return ServerMethodDefinition.create(
                                (MethodDescriptor<Q, R>) other,
                                (call, headers) -> {
                                    notes.add("log " + number);
                                    return definition
                                            .getServerCallHandler()
                                            .startCall(call, headers);
                                });
                    }

                    @Override
                    public Channel wrapChannel(Channel channel) {
                        return channel;
                    }

                    @Override
                    public void close() {}
                };
        BoundMethod<?, ?> method =
                BoundMethod.bind(
                        Methods.definition("a.B/C", Methods.noting(notes, "handler")),
                        List.of(noting("interceptor")),
                        log,
                        false);
        Methods.start(method);
        Methods.start(method);
        assertThat(notes)
                .containsExactly(
                        "log 1", "interceptor", "handler", "log 2", "interceptor", "handler");
        assertThat(method.wire()).isSameAs(other);
        assertThat(method.original().getType()).isEqualTo(MethodType.UNARY);
        assertThat(method.serverSendsOne()).isFalse();
        assertThat(method.readsMetadata()).isTrue();
    }

    @Test
    void handlersOfTheStubLibraryReadNoMetadata() {
        assertThat(bound(ServerCalls.asyncUnaryCall((q, r) -> {})).readsMetadata()).isFalse();
        assertThat(bound(ServerCalls.asyncBidiStreamingCall(r -> r)).readsMetadata()).isFalse();
    }

    @Test
    void whoeverStandsAroundAStubHandlerReadsMetadata() {
        ServerMethodDefinition<String, String> stub =
                Methods.definition("a.B/C", ServerCalls.asyncUnaryCall((q, r) -> {}));
        assertThat(bound(Methods.noting(notes, "own")).readsMetadata()).isTrue();
        assertThat(BoundMethod.bind(stub, List.of(noting("x")), null, false).readsMetadata())
                .isTrue();
        assertThat(BoundMethod.bind(stub, List.of(), null, true).readsMetadata()).isTrue();
        ServerServiceDefinition intercepted =
                ServerInterceptors.intercept(
                        ServerServiceDefinition.builder("a.B").addMethod(stub).build(),
                        noting("of the service"));
        assertThat(
                        BoundMethod.bind(intercepted.getMethod("a.B/C"), List.of(), null, false)
                                .readsMetadata())
                .isTrue();
    }

    @Test
    void onlyTheStockMarshallerIsTrustedWithAReusedStream() {
        MethodDescriptor.Marshaller<StringValue> stock =
                ProtoUtils.marshaller(StringValue.getDefaultInstance());
        MethodDescriptor<StringValue, String> method =
                MethodDescriptor.newBuilder(stock, Methods.TEXT)
                        .setType(MethodType.UNARY)
                        .setFullMethodName("a.B/C")
                        .build();
        ServerMethodDefinition<StringValue, String> definition =
                ServerMethodDefinition.create(method, ServerCalls.asyncUnaryCall((q, r) -> {}));
        assertThat(BoundMethod.bind(definition, List.of(), null, false).reusesStream()).isTrue();
        assertThat(bound(Methods.noting(notes, "x")).reusesStream()).isFalse();
    }

    @Test
    void knowsItsKind() {
        BoundMethod<?, ?> method =
                BoundMethod.bind(
                        ServerMethodDefinition.create(
                                Methods.method("a.B/C", MethodType.CLIENT_STREAMING),
                                Methods.noting(notes, "x")),
                        List.of(),
                        null,
                        false);
        assertThat(method.serverSendsOne()).isTrue();
        assertThat(method.original()).isSameAs(method.wire());
    }
}
