package io.gyrfalcon.verify.lifecycle;

import static io.gyrfalcon.verify.lifecycle.Scenes.same;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Calls that end before they are done. */
@Timeout(180)
final class CancellationTest {
    /** Notes how the context ends, in a log of its own order. */
    private static void watch(Log log, Context context) {
        context.addListener(
                c -> log.add("context cancelled: " + c.cancellationCause()), Runnable::run);
    }

    @ParameterizedTest
    @EnumSource
    void aClientCancels(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.handler(
                            new Noting(stage.server, 1) {
                                @Override
                                void onEnd(ServerCall<String, String> call) {
                                    awaitCancelled(Context.current());
                                    log.add("cause " + Context.current().cancellationCause());
                                }
                            });
                    Caller caller = stage.call(MethodType.BIDI_STREAMING).send("a");
                    stage.server.await("onMessage a");
                    caller.cancel().ended();
                    stage.server.await("end");
                });
    }

    /** grpc-java cancels the context on another thread than that of the callbacks. */
    private static void awaitCancelled(Context context) {
        long start = System.nanoTime();
        while (!context.isCancelled() && System.nanoTime() - start < 5_000_000_000L) {
            Thread.onSpinWait();
        }
    }

    @ParameterizedTest
    @EnumSource
    void messagesNotYetAskedForAreDroppedOnCancel(Lane lane) {
        same(
                lane,
                stage -> {
                    ServerCall<?, ?>[] started = new ServerCall<?, ?>[1];
                    stage.handler(
                            new Noting(stage.server, 1) {
                                @Override
                                void onStart(ServerCall<String, String> call, Metadata headers) {
                                    started[0] = call;
                                }
                            });
                    Caller caller =
                            stage.call(MethodType.BIDI_STREAMING).send("a").send("b").send("c");
                    stage.server.await("onMessage a");
                    caller.cancel().ended();
                    stage.server.await("end");
                    started[0].request(2);
                    stage.server.trying(
                            "isCancelled",
                            () -> {
                                if (!started[0].isCancelled()) throw new AssertionError("is not");
                            });
                });
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DIRECT")
    void aBlockedHandlerSeesTheContextCancelledAtOnce(Lane lane) {
        same(
                lane,
                stage -> {
                    CountDownLatch cancelled = new CountDownLatch(1);
                    stage.handler(
                            new Noting(stage.server, 1) {
                                @Override
                                void onMessage(ServerCall<String, String> call, String message) {
                                    Context.current()
                                            .addListener(c -> cancelled.countDown(), Runnable::run);
                                    try {
                                        boolean isSeen = cancelled.await(30, TimeUnit.SECONDS);
                                        log.add("blocked handler sees it: " + isSeen);
                                        log.add("cause " + Context.current().cancellationCause());
                                    } catch (InterruptedException e) {
                                        throw new AssertionError(e);
                                    }
                                }
                            });
                    Caller caller = stage.call(MethodType.BIDI_STREAMING).send("a");
                    stage.server.await("onMessage a");
                    caller.cancel().ended();
                    stage.server.await("end");
                });
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DIRECT")
    void whatABlockedHandlerSendsAfterACancelIsIgnored(Lane lane) {
        same(
                lane,
                stage -> {
                    CountDownLatch cancelled = new CountDownLatch(1);
                    stage.atHalfClose(
                            (log, call) -> {
                                Context.current()
                                        .addListener(c -> cancelled.countDown(), Runnable::run);
                                try {
                                    log.add("seen " + cancelled.await(30, TimeUnit.SECONDS));
                                } catch (InterruptedException e) {
                                    throw new AssertionError(e);
                                }
                                log.add("isCancelled " + call.isCancelled());
                                log.trying("headers", () -> call.sendHeaders(new Metadata()));
                                log.trying("message", () -> call.sendMessage("late"));
                                log.trying("close", () -> call.close(Status.OK, new Metadata()));
                            });
                    Caller caller = stage.call(MethodType.UNARY).send("a").halfClose();
                    stage.server.await("onHalfClose");
                    caller.cancel().ended();
                    stage.server.await("end");
                });
    }

    @ParameterizedTest
    @EnumSource
    void aCancelBeforeAnyMessage(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.handler(new Noting(stage.server, 1));
                    Caller caller = stage.call(MethodType.CLIENT_STREAMING);
                    stage.server.await("onReady");
                    caller.cancel().ended();
                    stage.server.await("end");
                });
    }

    @ParameterizedTest
    @EnumSource
    void theContextEndsWithoutACauseAfterACallThatWasAnswered(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.handler(
                            new Noting(stage.server, 2) {
                                @Override
                                void onStart(ServerCall<String, String> call, Metadata headers) {
                                    watch(log, Context.current());
                                }

                                @Override
                                void onHalfClose(ServerCall<String, String> call) {
                                    answer(call, "fine");
                                }

                                @Override
                                void onEnd(ServerCall<String, String> call) {
                                    log.add("live " + !Context.current().isCancelled());
                                }
                            });
                    stage.call(MethodType.UNARY).send("a").halfClose().ended();
                    stage.server.await("context cancelled");
                    stage.server.await("end");
                });
    }

    @ParameterizedTest
    @EnumSource
    void aCallClosedWithAnErrorIsCompleteAllTheSame(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.atHalfClose(
                            (log, call) -> {
                                call.close(
                                        Status.NOT_FOUND.withDescription("gone"), new Metadata());
                                log.add("isCancelled " + call.isCancelled());
                            });
                    stage.ask(MethodType.UNARY, "a");
                });
    }

    @ParameterizedTest
    @EnumSource
    void aDeadlineEndsACallOnBothSides(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.handler(
                            new Noting(stage.server, 2) {
                                @Override
                                void onStart(ServerCall<String, String> call, Metadata headers) {
                                    boolean has = Context.current().getDeadline() != null;
                                    log.add("deadline " + has);
                                }

                                @Override
                                void onEnd(ServerCall<String, String> call) {
                                    awaitCancelled(Context.current());
                                    log.add("cancelled " + Context.current().isCancelled());
                                }
                            });
                    stage.channel();
                    CallOptions soon =
                            CallOptions.DEFAULT.withDeadlineAfter(1_500, TimeUnit.MILLISECONDS);
                    Caller caller =
                            stage.call(Stage.method(MethodType.UNARY), soon, new Metadata())
                                    .send("a")
                                    .halfClose();
                    stage.server.await("end");
                    caller.log.await("close DEADLINE_EXCEEDED");
                    stage.callers.clear();
                });
    }

    @ParameterizedTest
    @EnumSource
    void shutdownNowEndsCalls(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.handler(new Noting(stage.server, 2));
                    Caller caller = stage.call(MethodType.BIDI_STREAMING).send("a");
                    stage.server.await("onMessage a");
                    stage.server().shutdownNow();
                    stage.server.await("end");
                    caller.ended();
                });
    }

    @ParameterizedTest
    @EnumSource
    void shutdownLetsCallsFinish(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.handler(
                            new Noting(stage.server, 5) {
                                @Override
                                void onHalfClose(ServerCall<String, String> call) {
                                    answer(call, "finished");
                                }
                            });
                    Caller caller = stage.call(MethodType.BIDI_STREAMING).send("a");
                    stage.server.await("onMessage a");
                    stage.server().shutdown();
                    caller.send("b");
                    stage.server.await("onMessage b");
                    caller.halfClose().ended();
                    stage.server.await("end");
                    try {
                        boolean isOver = stage.server().awaitTermination(10, TimeUnit.SECONDS);
                        stage.server.add("terminated " + isOver);
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
    }
}
