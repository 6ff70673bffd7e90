package io.gyrfalcon.verify.lifecycle;

import static io.gyrfalcon.verify.lifecycle.Scenes.same;

import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.function.BiConsumer;

/** What tracers are told of calls that are cut. */
@Timeout(180)
final class TracedEndsTest {
    private static ServerStreamTracer.Factory noting(Log log) {
        return new ServerStreamTracer.Factory() {
            @Override
            public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
                return new ServerStreamTracer() {
                    @Override
                    public void streamClosed(Status status) {
                        log.add("closed " + status.getCode() + " " + status.getDescription());
                    }
                };
            }
        };
    }

    private static void traced(Lane lane, BiConsumer<Stage, Log> scene) {
        same(
                lane,
                stage -> {
                    Log traced = new Log();
                    stage.configure(b -> b.addStreamTracerFactory(noting(traced)));
                    stage.handler(new Noting(stage.server, 2));
                    scene.accept(stage, traced);
                    stage.server.await("end");
                    traced.await("closed");
                    for (String event : traced.events()) stage.server.add(event);
                });
    }

    /** The client has no deadline of its own, and says that it has. */
    @ParameterizedTest
    @EnumSource
    void aDeadlineOfTheServersAlone(Lane lane) {
        traced(
                lane,
                (stage, _) -> {
                    Metadata headers = new Metadata();
                    headers.put(
                            Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER),
                            "300m");
                    stage.call(
                                    Stage.method(MethodType.BIDI_STREAMING),
                                    CallOptions.DEFAULT,
                                    headers)
                            .send("a")
                            .ended();
                });
    }

    /** What the client makes of a connection that closes under its call is a matter of time. */
    @ParameterizedTest
    @EnumSource
    void shutdownNow(Lane lane) {
        traced(
                lane,
                (stage, _) -> {
                    Caller caller = stage.call(MethodType.BIDI_STREAMING).send("a");
                    stage.server.await("onMessage a");
                    stage.server().shutdownNow();
                    caller.ended();
                    stage.callers.clear();
                });
    }

    /** Whatever user code does after its answer, and however long. */
    @ParameterizedTest
    @EnumSource(names = {"DEFAULT", "EXECUTOR"})
    void aCallIsOverWhenItsAnswerIsWritten(Lane lane) {
        traced(
                lane,
                (stage, traced) -> {
                    stage.handler(
                            new Noting(stage.server, 2) {
                                @Override
                                void onHalfClose(ServerCall<String, String> call) {
                                    answer(call, "b");
                                    traced.await("closed");
                                    log.add("heard of: " + traced.events());
                                }
                            });
                    stage.call(MethodType.UNARY).send("a").halfClose().ended();
                });
    }

    private static void wired(Lane lane, BiConsumer<WireClient, Log> ending) {
        traced(
                lane,
                (stage, traced) -> {
                    try (WireClient client = new WireClient(stage.server().getPort())) {
                        client.raw
                                .hello()
                                .headers(
                                        1,
                                        false,
                                        Wires.fields(":path", "/play.Scene/BIDI_STREAMING"))
                                .data(1, false, Wires.message("a"))
                                .flush();
                        stage.server.await("onMessage a");
                        ending.accept(client, traced);
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionThatIsLost(Lane lane) {
        wired(lane, (client, _) -> client.close());
    }

    @ParameterizedTest
    @EnumSource
    void pingsTooMany(Lane lane) {
        wired(
                lane,
                (client, traced) -> {
                    for (int i = 0; i < 10; i++) client.raw.out().ping(i, false);
                    client.raw.flush();
                    traced.await("closed");
                });
    }
}
