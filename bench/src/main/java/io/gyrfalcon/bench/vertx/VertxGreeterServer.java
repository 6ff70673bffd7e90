package io.gyrfalcon.bench.vertx;

import io.gyrfalcon.bench.Arguments;
import io.gyrfalcon.bench.hello.HelloReply;
import io.gyrfalcon.bench.hello.HelloRequest;
import io.gyrfalcon.bench.server.ControlLines;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerRequest;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The greeter on Vert.x gRPC, on one event loop and the native transport. Option: {@code --port}.
 */
public final class VertxGreeterServer {
    private static final ServiceMethod<HelloRequest, HelloReply> SAY_HELLO =
            ServiceMethod.server(
                    ServiceName.create("helloworld", "Greeter"),
                    "SayHello",
                    GrpcMessageEncoder.encoder(),
                    GrpcMessageDecoder.decoder(HelloRequest.newBuilder()));

    private VertxGreeterServer() {}

    /** Serves until its standard input ends or says {@code quit}. */
    public static void main(String[] words)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        int port = new Arguments(words).number("--port", 0, 0, 65_535);
        Vertx vertx =
                Vertx.vertx(
                        new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
        if (!vertx.isNativeTransportEnabled()) {
            throw new IllegalStateException("transport: nio (expected: native)");
        }
        GrpcServer grpc =
                GrpcServer.server(vertx).callHandler(SAY_HELLO, VertxGreeterServer::sayHello);
        HttpServer server =
                vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(port))
                        .requestHandler(grpc)
                        .listen()
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(30, TimeUnit.SECONDS);
        System.out.println("ready " + server.actualPort());
        new ControlLines(server.getClass().getName()).serve(System.in, System.out);
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static void sayHello(GrpcServerRequest<HelloRequest, HelloReply> call) {
        call.handler(
                request ->
                        call.response()
                                .end(
                                        HelloReply.newBuilder()
                                                .setMessage("Hello " + request.getName())
                                                .build()));
    }
}
