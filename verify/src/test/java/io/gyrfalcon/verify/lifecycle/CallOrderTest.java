package io.gyrfalcon.verify.lifecycle;

import static io.gyrfalcon.verify.lifecycle.Scenes.same;
import static io.gyrfalcon.verify.lifecycle.Scenes.sameBut;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Callbacks of calls that go well, and credit for messages. */
@Timeout(180)
final class CallOrderTest {
    @ParameterizedTest
    @EnumSource
    void aUnaryCall(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.atHalfClose((log, call) -> Noting.answer(call, "world"));
                    stage.ask(MethodType.UNARY, "hello");
                });
    }

    @ParameterizedTest
    @EnumSource
    void aUnaryCallAnsweredOnReceipt(Lane lane) {
        // The client's end may come in a frame of its own, after the answer: then nobody hears it.
        sameBut(
                "server: onHalfClose",
                lane,
                stage -> {
                    stage.handler(
                            new Noting(stage.server, 1) {
                                @Override
                                void onMessage(ServerCall<String, String> call, String message) {
                                    answer(call, "early");
                                }
                            });
                    stage.ask(MethodType.UNARY, "hello");
                });
    }

    @ParameterizedTest
    @EnumSource
    void aServerStream(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.atHalfClose((log, call) -> Noting.answer(call, "a", "b", "", "c"));
                    stage.ask(MethodType.SERVER_STREAMING, "go");
                });
    }

    @ParameterizedTest
    @EnumSource
    void aServerStreamWithoutMessages(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.atHalfClose((log, call) -> Noting.answer(call));
                    stage.ask(MethodType.SERVER_STREAMING, "go");
                });
    }

    @ParameterizedTest
    @EnumSource
    void aClientStream(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.handler(
                            new Noting(stage.server, 1) {
                                @Override
                                void onMessage(ServerCall<String, String> call, String message) {
                                    call.request(1);
                                }

                                @Override
                                void onHalfClose(ServerCall<String, String> call) {
                                    answer(call, "sum");
                                }
                            });
                    Caller caller = stage.call(MethodType.CLIENT_STREAMING);
                    for (int i = 0; i < 20; i++) caller.send("part " + i);
                    caller.halfClose().ended();
                    stage.server.await("end");
                });
    }

    @ParameterizedTest
    @EnumSource
    void anEchoOneByOne(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.handler(
                            new Noting(stage.server, 1) {
                                @Override
                                void onStart(ServerCall<String, String> call, Metadata headers) {
                                    call.sendHeaders(new Metadata());
                                }

                                @Override
                                void onMessage(ServerCall<String, String> call, String message) {
                                    call.sendMessage("echo " + message);
                                    call.request(1);
                                }

                                @Override
                                void onHalfClose(ServerCall<String, String> call) {
                                    call.close(Status.OK, new Metadata());
                                }
                            });
                    Caller caller = stage.call(MethodType.BIDI_STREAMING);
                    caller.log.await("headers");
                    for (int i = 0; i < 10; i++) {
                        caller.send("m" + i);
                        caller.log.await("message echo m" + i);
                    }
                    caller.halfClose().ended();
                    stage.server.await("end");
                });
    }

    @ParameterizedTest
    @EnumSource
    void messagesComeOnlyAsTheyAreAskedFor(Lane lane) {
        same(
                lane,
                stage -> {
                    ServerCall<?, ?>[] started = new ServerCall<?, ?>[1];
                    stage.handler(
                            new Noting(stage.server, 0) {
                                @Override
                                void onStart(ServerCall<String, String> call, Metadata headers) {
                                    started[0] = call;
                                }

                                @Override
                                void onHalfClose(ServerCall<String, String> call) {
                                    answer(call, "done");
                                }
                            });
                    Caller caller = stage.call(MethodType.BIDI_STREAMING);
                    for (int i = 0; i < 5; i++) caller.send("m" + i);
                    caller.halfClose();
                    stage.server.await("onReady");
                    for (int asked : new int[] {1, 2, 1, 1}) {
                        pause();
                        stage.server.add("asking for " + asked);
                        started[0].request(asked);
                        int last = asked == 2 ? 2 : -1;
                        if (last > 0) stage.server.await("onMessage m2");
                    }
                    caller.ended();
                    stage.server.await("end");
                });
    }

    private static void pause() {
        try {
            Thread.sleep(60);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    void halfCloseWaitsForTheLastMessage(Lane lane) {
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

                                @Override
                                void onHalfClose(ServerCall<String, String> call) {
                                    answer(call, "done");
                                }
                            });
                    stage.call(MethodType.CLIENT_STREAMING).send("a").send("b").halfClose();
                    stage.server.await("onMessage a");
                    pause();
                    stage.server.add("asking");
                    started[0].request(1);
                    stage.callers.getFirst().ended();
                    stage.server.await("end");
                });
    }

    @ParameterizedTest
    @EnumSource
    void halfCloseNeedsNoCredit(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.handler(
                            new Noting(stage.server, 0) {
                                @Override
                                void onHalfClose(ServerCall<String, String> call) {
                                    answer(call, "none");
                                }
                            });
                    stage.call(MethodType.CLIENT_STREAMING).halfClose().ended();
                    stage.server.await("end");
                });
    }

    @ParameterizedTest
    @EnumSource
    void theServerMayCloseBeforeTheClientHasFinished(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.handler(
                            new Noting(stage.server, 10) {
                                @Override
                                void onMessage(ServerCall<String, String> call, String message) {
                                    answer(call, "enough");
                                }
                            });
                    stage.call(MethodType.BIDI_STREAMING).send("a").ended();
                    stage.server.await("end");
                });
    }

    @ParameterizedTest
    @EnumSource
    void aCallMayBeClosedInStartCall(Lane lane) {
        // Here, too, the client's end may come after the answer.
        sameBut(
                "server: onHalfClose",
                lane,
                stage -> {
                    stage.handler(
                            new Noting(stage.server, 2) {
                                @Override
                                void onStart(ServerCall<String, String> call, Metadata headers) {
                                    call.close(
                                            Status.UNAUTHENTICATED.withDescription("who?"),
                                            new Metadata());
                                }
                            });
                    stage.ask(MethodType.UNARY, "hello");
                });
    }

    @ParameterizedTest
    @EnumSource
    void aCallMayBeAnsweredFromAnotherThread(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.atHalfClose(
                            (log, call) ->
                                    Thread.ofPlatform()
                                            .start(() -> Noting.answer(call, "from afar")));
                    stage.ask(MethodType.UNARY, "hello");
                });
    }

    @ParameterizedTest
    @EnumSource
    void emptyMessagesAreMessages(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.atHalfClose((log, call) -> Noting.answer(call, ""));
                    stage.ask(MethodType.UNARY, "");
                });
    }

    @ParameterizedTest
    @EnumSource
    void headersOfAStreamAreSentAtOnceAndThoseOfAUnaryCallWithItsMessage(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.handler(
                            new Noting(stage.server, 2) {
                                @Override
                                void onStart(ServerCall<String, String> call, Metadata headers) {
                                    call.sendHeaders(new Metadata());
                                }
                            });
                    Caller stream = stage.call(MethodType.SERVER_STREAMING);
                    stream.send("go").halfClose().log.await("headers");
                    stage.server.await("onHalfClose");
                    stream.cancel().ended();
                    stage.server.await("end");
                    if (lane != Lane.DIRECT) return; // grpc-java may flush where threads change
                    Caller unary = stage.call(MethodType.UNARY).send("go").halfClose();
                    stage.server.await("onHalfClose", 2);
                    pause();
                    unary.cancel().ended();
                    stage.server.await("end", 2);
                });
    }

    @ParameterizedTest
    @EnumSource
    void readinessFollowsTheCall(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.handler(
                            new Noting(stage.server, 2) {
                                private void note(String when, ServerCall<String, String> call) {
                                    log.add(
                                            when
                                                    + " isReady="
                                                    + call.isReady()
                                                    + " isCancelled="
                                                    + call.isCancelled());
                                }

                                @Override
                                void onReady(ServerCall<String, String> call) {
                                    note("in onReady", call);
                                }

                                @Override
                                void onHalfClose(ServerCall<String, String> call) {
                                    note("before headers", call);
                                    call.sendHeaders(new Metadata());
                                    note("after headers", call);
                                    call.sendMessage("m");
                                    note("after message", call);
                                    call.close(Status.OK, new Metadata());
                                    note("after close", call);
                                }
                            });
                    stage.ask(MethodType.SERVER_STREAMING, "go");
                });
    }

    @ParameterizedTest
    @EnumSource
    void largeMessagesArriveWhole(Lane lane) {
        same(
                lane,
                stage -> {
                    String large = "x".repeat(3_000_000);
                    stage.handler(
                            new Noting(stage.server, 1) {
                                @Override
                                public ServerCall.Listener<String> startCall(
                                        ServerCall<String, String> call, Metadata headers) {
                                    call.request(2);
                                    return new ServerCall.Listener<>() {
                                        @Override
                                        public void onMessage(String message) {
                                            log.add("length " + message.length());
                                        }

                                        @Override
                                        public void onHalfClose() {
                                            answer(call, large, "small", large);
                                        }

                                        @Override
                                        public void onComplete() {
                                            log.add("end");
                                        }
                                    };
                                }
                            });
                    stage.ask(MethodType.SERVER_STREAMING, large);
                });
    }
}
