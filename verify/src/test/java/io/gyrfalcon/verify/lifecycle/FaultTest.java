package io.gyrfalcon.verify.lifecycle;

import static io.gyrfalcon.verify.lifecycle.Scenes.same;
import static io.gyrfalcon.verify.lifecycle.Scenes.sameBut;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Handlers, marshallers and callers that do what they should not. */
@Timeout(180)
final class FaultTest {
    /** Once a call has failed, grpc-java may or may not tell that the client has finished. */
    private static final String HALF_CLOSE = "server: onHalfClose";

    /** Throws in one callback, otherwise answers at half-close. */
    private static Noting throwing(Log log, String where, Throwable thrown) {
        return new Noting(log, 2) {
            private void maybe(String here) {
                if (!here.equals(where)) return;
                if (thrown instanceof Error error) throw error;
                throw (RuntimeException) thrown;
            }

            @Override
            void onStart(ServerCall<String, String> call, Metadata headers) {
                maybe("startCall");
            }

            @Override
            void onReady(ServerCall<String, String> call) {
                maybe("onReady");
            }

            @Override
            void onMessage(ServerCall<String, String> call, String message) {
                maybe("onMessage");
            }

            @Override
            void onHalfClose(ServerCall<String, String> call) {
                maybe("onHalfClose");
                answer(call, "fine");
                maybe("after close");
            }

            @Override
            void onEnd(ServerCall<String, String> call) {
                maybe("onEnd");
            }
        };
    }

    private static void throwsIn(Lane lane, String where, Throwable thrown) {
        boolean isEarly = where.equals("onReady") || where.equals("onMessage");
        sameBut(
                isEarly ? HALF_CLOSE : "nothing",
                lane,
                stage -> {
                    stage.handler(throwing(stage.server, where, thrown));
                    stage.call(MethodType.UNARY).send("hello").halfClose().ended();
                    if (where.equals("startCall")) return;
                    stage.server.await(where.equals("onEnd") ? "onComplete" : "end");
                });
    }

    @ParameterizedTest
    @EnumSource
    void startCallMayThrowAStatus(Lane lane) {
        throwsIn(
                lane,
                "startCall",
                Status.FAILED_PRECONDITION.withDescription("not now").asRuntimeException());
    }

    @ParameterizedTest
    @EnumSource
    void startCallMayThrowAnything(Lane lane) {
        throwsIn(lane, "startCall", new IllegalStateException("broken"));
    }

    @ParameterizedTest
    @EnumSource
    void onReadyMayThrow(Lane lane) {
        throwsIn(lane, "onReady", new IllegalStateException("broken"));
    }

    @ParameterizedTest
    @EnumSource
    void onMessageMayThrow(Lane lane) {
        throwsIn(lane, "onMessage", new IllegalStateException("broken"));
    }

    @ParameterizedTest
    @EnumSource
    void onHalfCloseMayThrow(Lane lane) {
        throwsIn(lane, "onHalfClose", new IllegalStateException("broken"));
    }

    @ParameterizedTest
    @EnumSource
    void aStatusThrownByACallbackIsNotKept(Lane lane) {
        throwsIn(lane, "onHalfClose", Status.NOT_FOUND.asRuntimeException());
    }

    @ParameterizedTest
    @EnumSource
    void aCallbackMayThrowAfterClosing(Lane lane) {
        throwsIn(lane, "after close", new IllegalStateException("broken"));
    }

    @ParameterizedTest
    @EnumSource
    void onCompleteMayThrow(Lane lane) {
        throwsIn(lane, "onEnd", new IllegalStateException("broken"));
    }

    /**
     * On a loop of grpc-java's an error ends the connection, on an executor it may swallow what was
     * to come.
     */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DIRECT")
    void callbacksMayThrowErrors(Lane lane) {
        Error thrown = new StackOverflowError("on purpose");
        for (String where : List.of("startCall", "onHalfClose")) {
            sameBut(
                    "server:",
                    lane,
                    stage -> {
                        stage.handler(throwing(stage.server, where, thrown));
                        stage.call(MethodType.UNARY).send("hello").halfClose().ended();
                    });
        }
        try (Stage ours = new Stage(Engine.GYRFALCON, lane)) {
            ours.handler(throwing(ours.server, "onHalfClose", thrown));
            ours.ask(MethodType.UNARY, "hello");
            assertThat(ours.server.events()).noneMatch(event -> event.startsWith("NEVER SAW"));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DIRECT")
    void aHandlerThatInterruptsItselfDisturbsNobody(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.atHalfClose(
                            (log, call) -> {
                                log.add("interrupted " + Thread.currentThread().isInterrupted());
                                Thread.currentThread().interrupt();
                                Noting.answer(call, "fine");
                            });
                    for (int i = 0; i < 5; i++) {
                        stage.call(MethodType.UNARY).send("hello").halfClose().ended();
                        stage.server.await("end", i + 1);
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void aCallThatIsOverTakesNothingMore(Lane lane) {
        same(
                lane,
                stage -> {
                    AtomicReference<ServerCall<String, String>> over = new AtomicReference<>();
                    stage.atHalfClose(
                            (log, call) -> {
                                over.set(call);
                                Noting.answer(call, "fine");
                            });
                    stage.ask(MethodType.UNARY, "hello");
                    ServerCall<String, String> call = over.get();
                    stage.server.add("isReady " + call.isReady());
                    stage.server.trying("more", () -> call.request(1));
                    stage.server.trying("headers", () -> call.sendHeaders(new Metadata()));
                    stage.server.trying("message", () -> call.sendMessage("too late"));
                    stage.server.trying("close", () -> call.close(Status.OK, new Metadata()));
                });
    }

    @ParameterizedTest
    @EnumSource
    void aNullListenerIsAFault(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.handler(
                            (call, headers) -> {
                                stage.server.add("startCall");
                                return null;
                            });
                    stage.call(MethodType.UNARY).send("hello").halfClose().ended();
                });
    }

    @ParameterizedTest
    @EnumSource
    void aRequestThatCannotBeParsed(Lane lane) {
        sameBut(
                HALF_CLOSE,
                lane,
                stage -> {
                    stage.handler(throwing(stage.server, "", null));
                    stage.ask(MethodType.UNARY, Stage.POISON);
                });
    }

    @ParameterizedTest
    @EnumSource
    void aRequestWhoseParserThrowsAStatus(Lane lane) {
        sameBut(
                HALF_CLOSE,
                lane,
                stage -> {
                    stage.handler(throwing(stage.server, "", null));
                    stage.ask(MethodType.UNARY, Stage.POISON + " status");
                });
    }

    /** Whether a first message still leaves before the stream is reset is each engine's own. */
    private static void answering(Lane lane, MethodType type, String... messages) {
        sameBut(
                "client: message one",
                lane,
                stage -> {
                    stage.atHalfClose(
                            (log, call) -> {
                                log.trying("sendHeaders", () -> call.sendHeaders(new Metadata()));
                                for (String message : messages) {
                                    log.trying(
                                            "sendMessage " + message,
                                            () -> call.sendMessage(message));
                                }
                                log.trying("close", () -> call.close(Status.OK, new Metadata()));
                            });
                    stage.call(type).send("hello").halfClose().ended();
                    stage.server.await("end");
                });
    }

    @ParameterizedTest
    @EnumSource
    void aResponseThatCannotBeWritten(Lane lane) {
        answering(lane, MethodType.UNARY, Stage.POISON + " stream");
    }

    /** While the handler waits: grpc-java's last callback would cancel the context, too. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DIRECT")
    void theContextSaysWhyAResponseCouldNotBeWritten(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.atHalfClose(
                            (log, call) -> {
                                Log causes = new Log();
                                Context.current()
                                        .addListener(
                                                c -> causes.add("cause " + c.cancellationCause()),
                                                Runnable::run);
                                call.sendHeaders(new Metadata());
                                call.sendMessage(Stage.POISON + " stream");
                                causes.await("cause");
                                for (String cause : causes.events()) log.add(cause);
                            });
                    stage.call(MethodType.UNARY).send("hello").halfClose().ended();
                    stage.server.await("end");
                });
    }

    @ParameterizedTest
    @EnumSource
    void aResponseWhoseMarshallerFailsBadly(Lane lane) {
        answering(lane, MethodType.SERVER_STREAMING, "a", Stage.POISON + " error");
    }

    @ParameterizedTest
    @EnumSource
    void aUnaryCallWithTwoResponses(Lane lane) {
        answering(lane, MethodType.UNARY, "one", "two", "three");
    }

    @ParameterizedTest
    @EnumSource
    void aUnaryCallWithoutAResponse(Lane lane) {
        answering(lane, MethodType.UNARY);
    }

    @ParameterizedTest
    @EnumSource
    void methodsOutOfOrderThrow(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.atHalfClose(
                            (log, call) -> {
                                log.trying("message", () -> call.sendMessage("too early"));
                                log.trying("codec", () -> call.setCompression("no such"));
                                call.sendHeaders(new Metadata());
                                log.trying("gzip", () -> call.setCompression("gzip"));
                                log.trying("headers", () -> call.sendHeaders(new Metadata()));
                                call.sendMessage("good");
                                call.close(Status.OK, new Metadata());
                                log.trying("close", () -> call.close(Status.OK, new Metadata()));
                                log.trying("headers", () -> call.sendHeaders(new Metadata()));
                                log.trying("message", () -> call.sendMessage("too late"));
                            });
                    stage.ask(MethodType.SERVER_STREAMING, "hello");
                });
    }

    @ParameterizedTest
    @EnumSource
    void headersAfterCloseThrow(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.atHalfClose(
                            (log, call) -> {
                                call.close(Status.ABORTED, new Metadata());
                                log.trying("headers", () -> call.sendHeaders(new Metadata()));
                                log.trying("message", () -> call.sendMessage("too late"));
                                log.trying("close", () -> call.close(Status.OK, new Metadata()));
                                log.trying("more", () -> call.request(1));
                            });
                    stage.ask(MethodType.SERVER_STREAMING, "hello");
                });
    }

    @ParameterizedTest
    @EnumSource
    void anUnknownMethod(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.handler(throwing(stage.server, "", null));
                    for (String name : new String[] {"play.Scene/Other", "other.Service/Method"}) {
                        stage.call(Stage.method(name, MethodType.UNARY))
                                .send("hello")
                                .halfClose()
                                .ended();
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void aRequestThatIsTooLarge(Lane lane) {
        // Off the loop, the end of the call may come before its first callback.
        sameBut(
                "server: onReady",
                lane,
                stage -> {
                    stage.configure(b -> b.maxInboundMessageSize(1000));
                    stage.handler(throwing(stage.server, "", null));
                    stage.ask(MethodType.UNARY, "x".repeat(1001));
                    stage.call(MethodType.UNARY).send("x".repeat(1000)).halfClose().ended();
                    stage.server.await("end", 2);
                });
    }

    /** grpc-java answers UNKNOWN, since it inflates in the application's own call. */
    @ParameterizedTest
    @EnumSource
    void aRequestThatIsTooLargeOnceInflatedIsExhaustedAsOneThatIsTooLarge(Lane lane) {
        List<List<String>> seen =
                Stage.play(
                        lane,
                        stage -> {
                            stage.configure(b -> b.maxInboundMessageSize(1000));
                            stage.handler(throwing(stage.server, "", null));
                            CallOptions gzip = CallOptions.DEFAULT.withCompression("gzip");
                            stage.call(Stage.method(MethodType.UNARY), gzip, new Metadata())
                                    .send("x".repeat(1001))
                                    .halfClose()
                                    .ended();
                            stage.server.await("end");
                        });
        assertThat(seen.getFirst())
                .contains(
                        "client: close UNKNOWN Application error processing RPC"
                                + " content-type=[application/grpc]");
        assertThat(seen.getLast())
                .contains(
                        "client: close RESOURCE_EXHAUSTED Decompressed gRPC message exceeds"
                                + " maximum size 1000 content-type=[application/grpc]");
        for (List<String> events : seen) {
            events.removeIf(e -> e.startsWith("client:") || e.equals(HALF_CLOSE));
        }
        assertThat(seen.getLast()).isEqualTo(seen.getFirst());
    }

    @ParameterizedTest
    @EnumSource
    void metadataThatIsTooLarge(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.handler(throwing(stage.server, "", null));
                    Metadata large = new Metadata();
                    large.put(
                            Metadata.Key.of("large", Metadata.ASCII_STRING_MARSHALLER),
                            "x".repeat(9000));
                    stage.server();
                    stage.call(Stage.method(MethodType.UNARY), CallOptions.DEFAULT, large)
                            .send("hello")
                            .halfClose()
                            .ended();
                });
    }
}
