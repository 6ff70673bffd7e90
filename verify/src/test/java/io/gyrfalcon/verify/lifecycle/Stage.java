package io.gyrfalcon.verify.lifecycle;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyChannelBuilder;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** One server with one scene, grpc-java's client, and what both saw. */
final class Stage implements AutoCloseable {
    /** A message of this text cannot be parsed or written, depending on who meets it. */
    static final String POISON = "poison";

    final Log server = new Log();
    final List<Caller> callers = new ArrayList<>();
    final ExecutorService executor = Executors.newCachedThreadPool();
    private final Engine engine;
    private final Lane lane;
    private Consumer<ServerBuilder<?>> setup = b -> {};
    private ServerCallHandler<String, String> handler;
    private Server running;
    private ManagedChannel channel;

    Stage(Engine engine, Lane lane) {
        this.engine = engine;
        this.lane = lane;
    }

    /** Plays a scene on both engines; answers what was seen on each, grpc-java's first. */
    static List<List<String>> play(Lane lane, Consumer<Stage> scene) {
        List<List<String>> seen = new ArrayList<>();
        for (Engine engine : Engine.values()) {
            try (Stage stage = new Stage(engine, lane)) {
                scene.accept(stage);
                seen.add(stage.seen());
            }
        }
        return seen;
    }

    Lane lane() {
        return lane;
    }

    /** More for the server's builder; before the first call. */
    void configure(Consumer<ServerBuilder<?>> more) {
        setup = setup.andThen(more);
    }

    /** What answers every method; before the first call. */
    void handler(ServerCallHandler<String, String> answering) {
        handler = answering;
    }

    /** As {@link #handler}: notes every callback, asks for two messages, acts at half-close. */
    void atHalfClose(BiConsumer<Log, ServerCall<String, String>> action) {
        handler(
                new Noting(server, 2) {
                    @Override
                    void onHalfClose(ServerCall<String, String> call) {
                        action.accept(log, call);
                    }
                });
    }

    static MethodDescriptor<String, String> method(MethodType type) {
        return method("play.Scene/" + type, type);
    }

    static MethodDescriptor<String, String> method(String name, MethodType type) {
        return MethodDescriptor.newBuilder(TEXT, TEXT)
                .setFullMethodName(name)
                .setType(type)
                .build();
    }

    /** All four methods with one handler. */
    static ServerServiceDefinition service(ServerCallHandler<String, String> handler) {
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder("play.Scene");
        for (MethodType type : MethodType.values()) {
            if (type != MethodType.UNKNOWN) service.addMethod(method(type), handler);
        }
        return service.build();
    }

    ManagedChannel channel() {
        if (channel != null) return channel;
        channel =
                NettyChannelBuilder.forAddress("127.0.0.1", server().getPort())
                        .usePlaintext()
                        .directExecutor()
                        .build();
        return channel;
    }

    Server server() {
        if (running != null) return running;
        ServerBuilder<?> builder = engine.builder();
        lane.choose(builder, executor);
        if (handler != null) builder.addService(service(handler));
        setup.accept(builder);
        try {
            running = builder.build().start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return running;
    }

    /** A new call of this kind. */
    Caller call(MethodType type) {
        return call(method(type));
    }

    Caller call(MethodDescriptor<String, String> method) {
        return call(method, CallOptions.DEFAULT, new Metadata());
    }

    /** A whole call with one message, lived through on both sides. */
    void ask(MethodType type, String message) {
        call(type).send(message).halfClose().ended();
        server.await("end");
    }

    Caller call(MethodDescriptor<String, String> method, CallOptions options, Metadata headers) {
        Caller caller = new Caller(channel().newCall(method, options), headers);
        callers.add(caller);
        return caller;
    }

    private List<String> seen() {
        List<String> seen = new ArrayList<>();
        for (String event : server.events()) seen.add("server: " + event);
        for (Caller caller : callers) {
            for (String event : caller.log.events()) seen.add("client: " + event);
        }
        return seen;
    }

    @Override
    public void close() {
        try {
            if (channel != null) {
                channel.shutdownNow();
                channel.awaitTermination(30, TimeUnit.SECONDS);
            }
            if (running != null) {
                running.shutdownNow();
                if (!running.awaitTermination(30, TimeUnit.SECONDS)) {
                    throw new AssertionError(engine + " does not terminate");
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            executor.shutdownNow();
        }
    }

    static final MethodDescriptor.Marshaller<String> TEXT =
            new MethodDescriptor.Marshaller<>() {
                @Override
                public InputStream stream(String value) {
                    if (value.equals(POISON + " stream")) {
                        throw new IllegalArgumentException("cannot be written");
                    }
                    if (value.equals(POISON + " error")) throw new AssertionError("out of order");
                    return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
                }

                @Override
                public String parse(InputStream stream) {
                    String text = textOf(stream);
                    if (text.equals(POISON)) throw new IllegalArgumentException("cannot be read");
                    if (text.equals(POISON + " status")) {
                        throw io.grpc.Status.DATA_LOSS.withDescription("torn").asRuntimeException();
                    }
                    return text;
                }
            };

    private static String textOf(InputStream stream) {
        try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
