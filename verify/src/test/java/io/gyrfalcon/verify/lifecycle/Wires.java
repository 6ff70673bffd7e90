package io.gyrfalcon.verify.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.gyrfalcon.http2.sim.Bench;

import org.junit.jupiter.api.DynamicTest;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The same bytes for a server of each engine, with grpc-java's own handlers for stubs ({@code
 * play.Stub}) and one that notes every callback ({@code play.Scene}). Each connection has a log of
 * its own, and is compared when both engines are done with it. One thread.
 */
final class Wires implements AutoCloseable {
    static final int MESSAGE_BYTES_MAX = 1_000;

    /** So long nothing is said, though something more could be. */
    private static final int SETTLE_MILLIS = 10;

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final Context.Key<Log> LOG = Context.key("log");

    /** By the client's address. */
    private final Map<SocketAddress, Log> logs = new ConcurrentHashMap<>();

    private final List<Server> servers = new ArrayList<>();
    private final ExecutorService executor = Executors.newCachedThreadPool();

    Wires(Lane lane) {
        for (Engine engine : Engine.values()) servers.add(start(engine, lane));
    }

    private Server start(Engine engine, Lane lane) {
        ServerBuilder<?> builder = engine.builder();
        lane.choose(builder, executor);
        try {
            return builder.addService(Stage.service((call, h) -> scene(call).startCall(call, h)))
                    .addService(ServerInterceptors.intercept(stub(), new ToItsLog()))
                    .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                    .build()
                    .start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Log logOf(ServerCall<?, ?> call) {
        SocketAddress client = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        return logs.getOrDefault(client, new Log());
    }

    private Noting scene(ServerCall<String, String> of) {
        return new Noting(logOf(of), 2) {
            @Override
            void onStart(ServerCall<String, String> call, Metadata headers) {
                log.add("of " + call.getAuthority() + " " + Caller.text(headers));
            }

            @Override
            void onHalfClose(ServerCall<String, String> call) {
                answer(call, "fine");
            }
        };
    }

    /** Handlers of stubs find their connection's log in the context. */
    private final class ToItsLog implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            Context with = Context.current().withValue(LOG, logOf(call));
            return Contexts.interceptCall(with, call, headers, next);
        }
    }

    private static ServerServiceDefinition stub() {
        return ServerServiceDefinition.builder("play.Stub")
                .addMethod(
                        Stage.method("play.Stub/UNARY", MethodType.UNARY),
                        ServerCalls.asyncUnaryCall((q, r) -> answer(q, r, "re")))
                .addMethod(
                        Stage.method("play.Stub/SERVER_STREAMING", MethodType.SERVER_STREAMING),
                        ServerCalls.asyncServerStreamingCall((q, r) -> answer(q, r, "one", "two")))
                .addMethod(
                        Stage.method("play.Stub/CLIENT_STREAMING", MethodType.CLIENT_STREAMING),
                        ServerCalls.asyncClientStreamingCall(r -> new Echo(r, true)))
                .addMethod(
                        Stage.method("play.Stub/BIDI_STREAMING", MethodType.BIDI_STREAMING),
                        ServerCalls.asyncBidiStreamingCall(r -> new Echo(r, false)))
                .addMethod(
                        Stage.method("play.Stub/Fail", MethodType.UNARY),
                        ServerCalls.asyncUnaryCall(Wires::fail))
                .addMethod(
                        Stage.method("play.Stub/Never", MethodType.UNARY),
                        ServerCalls.asyncUnaryCall((q, r) -> never(r)))
                .build();
    }

    private static void answer(String request, StreamObserver<String> responses, String... texts) {
        LOG.get().add("call " + shown(request));
        for (String text : texts) responses.onNext(text);
        responses.onCompleted();
    }

    private static void fail(String request, StreamObserver<String> responses) {
        Metadata trailers = new Metadata();
        trailers.put(
                Metadata.Key.of("x-bin", Metadata.BINARY_BYTE_MARSHALLER), new byte[] {1, 2, 3});
        trailers.put(Metadata.Key.of("x", Metadata.ASCII_STRING_MARSHALLER), "a b");
        responses.onError(
                Status.INVALID_ARGUMENT.withDescription(request).asRuntimeException(trailers));
    }

    private static void never(StreamObserver<String> responses) {
        onCancel(LOG.get(), responses);
        LOG.get().add("called");
    }

    private static void onCancel(Log log, StreamObserver<String> responses) {
        ((ServerCallStreamObserver<String>) responses)
                .setOnCancelHandler(() -> log.add("cancelled"));
    }

    private static String shown(String text) {
        return text.length() > 100 ? text.length() + " chars" : text;
    }

    /** What a stub's user would write. */
    private static final class Echo implements StreamObserver<String> {
        private final Log log = LOG.get();
        private final StreamObserver<String> responses;
        private final boolean isCollecting;
        private final StringBuilder all = new StringBuilder();

        Echo(StreamObserver<String> responses, boolean isCollecting) {
            this.responses = responses;
            this.isCollecting = isCollecting;
            onCancel(log, responses);
        }

        @Override
        public void onNext(String value) {
            log.add("next " + shown(value));
            if (isCollecting) all.append(shown(value)).append('.');
            else responses.onNext(shown(value));
        }

        @Override
        public void onError(Throwable thrown) {
            log.add("error " + thrown);
        }

        @Override
        public void onCompleted() {
            log.add("completed");
            if (isCollecting) responses.onNext(all.toString());
            responses.onCompleted();
        }
    }

    // What is sent.

    /** The fields of a request; a null value takes one out, a name after a plus adds one more. */
    static String[] fields(String... changes) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(":method", "POST");
        fields.put(":scheme", "http");
        fields.put(":path", "/play.Stub/UNARY");
        fields.put(":authority", "localhost");
        fields.put("te", "trailers");
        fields.put("content-type", "application/grpc");
        List<String> more = new ArrayList<>();
        for (int i = 0; i < changes.length; i += 2) {
            if (changes[i].startsWith("+")) {
                more.add(changes[i].substring(1));
                more.add(changes[i + 1]);
            } else if (changes[i + 1] == null) {
                fields.remove(changes[i]);
            } else {
                fields.put(changes[i], changes[i + 1]);
            }
        }
        List<String> all = new ArrayList<>();
        fields.forEach(
                (name, value) -> {
                    all.add(name);
                    all.add(value);
                });
        all.addAll(more);
        return all.toArray(new String[0]);
    }

    static byte[] block(String... changes) {
        return Bench.literals(fields(changes));
    }

    /** A message's prefix, true or not, and what follows it. */
    static byte[] message(int flags, int length, byte[] body) {
        return ByteBuffer.allocate(5 + body.length)
                .put((byte) flags)
                .putInt(length)
                .put(body)
                .array();
    }

    static byte[] message(String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        return message(0, body.length, body);
    }

    /** A call with these fields and a message. */
    static Consumer<WireClient> call(String... changes) {
        return client -> {
            client.raw.hello().headers(1, false, fields(changes)).data(1, true, message("hi"));
            client.await(1);
        };
    }

    /** A call of a method whose body comes in these pieces. */
    static Consumer<WireClient> body(String path, byte[]... pieces) {
        return body(new String[] {":path", path}, pieces);
    }

    static Consumer<WireClient> body(String[] changes, byte[]... pieces) {
        return client -> {
            client.raw.hello().headers(1, false, fields(changes));
            for (int i = 0; i < pieces.length; i++) {
                client.raw.data(1, i == pieces.length - 1, pieces[i]);
            }
            client.await(1);
        };
    }

    // What is seen.

    private WireClient client(Server server) {
        WireClient client = new WireClient(server.getPort());
        logs.put(client.address(), client.log);
        return client;
    }

    /** Plays a script to both engines until this holds of what was seen: grpc-java's, ours. */
    private void play(
            Consumer<WireClient> script, BiConsumer<List<String>, List<String>> expected) {
        try (WireClient theirs = client(servers.getFirst());
                WireClient own = client(servers.getLast())) {
            for (WireClient client : List.of(theirs, own)) {
                script.accept(client);
                client.sync();
                client.listen(SETTLE_MILLIS);
            }
            long start = System.nanoTime();
            while (true) {
                try {
                    expected.accept(theirs.seen(), own.seen());
                    return;
                } catch (AssertionError e) {
                    if (System.nanoTime() - start > PATIENCE_NANOS) throw e;
                }
                theirs.listen(SETTLE_MILLIS);
                own.listen(SETTLE_MILLIS);
            }
        }
    }

    /** Both engines answer the same, and handlers see the same. */
    DynamicTest same(String name, Consumer<WireClient> script) {
        return DynamicTest.dynamicTest(
                name,
                () ->
                        play(
                                script,
                                (theirs, own) -> {
                                    assertThat(own).isEqualTo(theirs);
                                    assertThat(own).noneMatch(e -> e.startsWith("NEVER SAW"));
                                }));
    }

    /** Ours is this, on purpose, and grpc-java's is not. */
    DynamicTest ours(String name, Consumer<WireClient> script, String... expected) {
        return DynamicTest.dynamicTest(
                name,
                () ->
                        play(
                                script,
                                (theirs, own) -> {
                                    assertThat(String.join("; ", own)).contains(expected);
                                    assertThat(theirs).as("grpc-java's").isNotEqualTo(own);
                                }));
    }

    @Override
    public void close() {
        try {
            for (Server server : servers) server.shutdownNow().awaitTermination();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            executor.shutdownNow();
        }
    }
}
