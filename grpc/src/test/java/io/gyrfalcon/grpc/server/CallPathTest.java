package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Calls through the whole engine, where user code or its executor misbehaves or comes late. */
class CallPathTest {
    private final Logger logger = Logger.getLogger("io.gyrfalcon.grpc");
    private final Level level = logger.getLevel();
    private final EngineRig.Parts parts = new EngineRig.Parts();
    private final List<String> log = new ArrayList<>();
    private final List<Scripted> calls = new ArrayList<>();
    private EngineRig rig;

    private Consumer<Scripted> onStart = call -> call.call.request(2);
    private Consumer<Scripted> onMessage = _ -> {};
    private Consumer<Scripted> onHalfClose = Scripted::answer;
    private Consumer<Scripted> onReady = _ -> {};
    private Consumer<Scripted> onComplete = _ -> {};
    private Consumer<Scripted> onCancel = _ -> {};
    private Runnable onStream = () -> {};

    /** A call whose callbacks are the test's. */
    private final class Scripted extends ServerCall.Listener<String> {
        final ServerCall<String, String> call;
        final Context context = Context.current();
        final int index = calls.size();

        Scripted(ServerCall<String, String> call) {
            this.call = call;
        }

        void answer() {
            call.sendHeaders(new Metadata());
            call.sendMessage("yes");
            call.close(Status.OK, new Metadata());
        }

        private void note(String what) {
            log.add(index + " " + what);
        }

        @Override
        public void onMessage(String message) {
            note("message " + (message.length() > 20 ? message.length() : message));
            onMessage.accept(this);
        }

        @Override
        public void onHalfClose() {
            note("halfClose");
            onHalfClose.accept(this);
        }

        @Override
        public void onReady() {
            onReady.accept(this);
        }

        @Override
        public void onComplete() {
            note("complete");
            onComplete.accept(this);
        }

        @Override
        public void onCancel() {
            note("cancel");
            onCancel.accept(this);
        }
    }

    /** Text that a test may watch being serialised. */
    private final MethodDescriptor.Marshaller<String> watched =
            new MethodDescriptor.Marshaller<>() {
                @Override
                public InputStream stream(String value) {
                    onStream.run();
                    return new ByteArrayInputStream(value.getBytes()) {
                        @Override
                        public void close() {
                            onStream.run();
                        }
                    };
                }

                @Override
                public String parse(InputStream stream) {
                    return Methods.TEXT.parse(stream);
                }
            };

    @BeforeEach
    void quiet() {
        logger.setLevel(Level.OFF);
    }

    @AfterEach
    void close() {
        if (rig != null) rig.close();
        logger.setLevel(level);
        for (Scripted call : calls) {
            assertThat(call.context.isCancelled()).as("context of %d", call.index).isTrue();
        }
    }

    private ServerCallHandler<String, String> handler() {
        return (call, _) -> {
            Scripted scripted = new Scripted(call);
            calls.add(scripted);
            onStart.accept(scripted);
            return scripted;
        };
    }

    private RawClient start(Lane lane, int... settings) {
        parts.lane = lane;
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder("a.B");
        for (MethodType type : List.of(MethodType.UNARY, MethodType.BIDI_STREAMING)) {
            MethodDescriptor<String, String> method =
                    MethodDescriptor.newBuilder(Methods.TEXT, watched)
                            .setType(type)
                            .setFullMethodName("a.B/" + (type == MethodType.UNARY ? "U" : "S"))
                            .build();
            service.addMethod(ServerMethodDefinition.create(method, handler()));
        }
        parts.services.add(service.build());
        rig = new EngineRig(parts);
        return rig.client(settings);
    }

    private void unary(RawClient client, int id, String... more) {
        client.request(id, "/a.B/U", false, more).message(id, true, "hello");
    }

    private static void assertAnswered(RawClient client, int id) {
        assertThat(client.lines(id))
                .hasSize(3)
                .last()
                .isEqualTo("HEADERS " + id + " grpc-status: 0 end");
    }

    private static void assertStatus(RawClient client, int id, int code) {
        assertThat(client.lines(id))
                .anyMatch(line -> line.contains("grpc-status: " + code) && line.endsWith(" end"));
    }

    private void endRig() {
        rig.close();
        rig = null;
        parts.services.clear();
        log.clear();
    }

    private List<String> log() {
        List<String> all = List.copyOf(log);
        log.clear();
        return all;
    }

    // The user's executor.

    @Test
    void aCallThatTheExecutorRefusesIsResetAndTheOthersGoOn() {
        RawClient client = start(Lane.EXECUTOR);
        unary(client, 1);
        client.flush();
        rig.simulation.settle();
        parts.executor.isRefusing = true;
        unary(client, 3);
        rig.simulation.settle();
        client.flush();
        rig.simulation.settle();
        assertThat(client.lines(3)).containsExactly("RST_STREAM 3 2");
        parts.executor.isRefusing = false;
        rig.settle();
        unary(client, 5);
        rig.go(client);
        assertAnswered(client, 5);
        assertThat(calls).hasSize(2);
    }

    @Test
    void aCallThatTheExecutorRefusesLaterIsCancelled() {
        RawClient client = start(Lane.EXECUTOR);
        client.request(1, "/a.B/S", false);
        rig.go(client);
        parts.executor.isRefusing = true;
        client.message(1, false, "one");
        rig.go(client);
        assertThat(client.lines(1)).containsExactly("RST_STREAM 1 2");
        assertThat(log()).containsExactly("0 cancel");
        assertThat(calls.getFirst().context.isCancelled()).isTrue();
    }

    @Test
    void whatArrivesBehindARefusalIsGivenBack() {
        RawClient client = start(Lane.EXECUTOR);
        parts.executor.isRefusing = true;
        byte[] both = new byte[20];
        System.arraycopy(RawClient.prefixed(new byte[5]), 0, both, 0, 10);
        System.arraycopy(RawClient.prefixed(new byte[5]), 0, both, 10, 10);
        client.request(1, "/a.B/S", false).data(1, false, both).data(1, false, both);
        rig.go(client);
        assertThat(client.lines(1)).containsExactly("RST_STREAM 1 2");
        assertThat(calls).isEmpty();
    }

    @Test
    void theCompletionOfACallIsToldEvenIfTheExecutorRefusesIt() {
        RawClient client = start(Lane.EXECUTOR);
        unary(client, 1);
        client.flush();
        rig.simulation.settle();
        rig.offLoop(parts.executor::runOne);
        parts.executor.isRefusing = true;
        rig.runFor(EngineRig.SECOND);
        assertAnswered(client, 1);
        assertThat(log()).containsExactly("0 message hello", "0 halfClose", "0 complete");
    }

    @Test
    void aLostConnectionEndsCallsThoughTheExecutorRefuses() {
        RawClient client = start(Lane.EXECUTOR);
        for (int id = 1; id < 9; id += 2) client.request(id, "/a.B/S", false);
        rig.go(client);
        parts.executor.isRefusing = true;
        rig.wire.reset();
        rig.settle();
        assertThat(log()).containsExactlyInAnyOrder("0 cancel", "1 cancel", "2 cancel", "3 cancel");
        assertThat(rig.server.connectionCount()).isZero();
    }

    @Test
    void creditFromElsewhereMayBeRefusedToo() {
        onStart = call -> call.call.request(1);
        RawClient client = start(Lane.EXECUTOR);
        client.request(1, "/a.B/S", false).message(1, false, "one").message(1, false, "two");
        rig.go(client);
        assertThat(log()).containsExactly("0 message one");
        parts.executor.isRefusing = true;
        rig.offLoop(() -> calls.getFirst().call.request(1));
        rig.settle();
        assertThat(log()).containsExactly("0 cancel");
        assertThat(client.lines(1)).containsExactly("RST_STREAM 1 2");
    }

    @Test
    void aChosenExecutorRunsTheCallAndMayRefuseIt() {
        ManualExecutor chosen = new ManualExecutor();
        parts.callExecutor = supplier(chosen, null);
        RawClient client = start(Lane.RUNNER);
        unary(client, 1);
        rig.go(client);
        assertThat(calls).isEmpty();
        rig.offLoop(chosen::runOne);
        rig.settle();
        assertAnswered(client, 1);
        rig.runFor(EngineRig.SECOND);
        while (!chosen.isEmpty()) rig.offLoop(chosen::runOne);
        rig.settle();
        assertThat(log()).containsExactly("0 message hello", "0 halfClose", "0 complete");
        chosen.isRefusing = true;
        unary(client, 3);
        rig.go(client);
        assertThat(client.lines(3)).containsExactly("RST_STREAM 3 2");
        assertThat(calls).hasSize(1);
    }

    @Test
    void aChoiceThatThrowsEndsTheCallWithItsStatus() {
        parts.callExecutor = supplier(null, Status.PERMISSION_DENIED.asRuntimeException());
        RawClient client = start(Lane.DIRECT);
        unary(client, 1);
        rig.go(client);
        assertStatus(client, 1, 7);
    }

    private static ServerCallExecutorSupplier supplier(Executor executor, RuntimeException thrown) {
        return new ServerCallExecutorSupplier() {
            @Override
            public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata metadata) {
                if (thrown != null) throw thrown;
                return executor;
            }
        };
    }

    // What throws.

    private static final class Throwing extends ServerStreamTracer {
        private final String where;

        Throwing(String where) {
            this.where = where;
        }

        private void at(String place) {
            if (where.equals(place)) throw new IllegalStateException("on purpose");
        }

        @Override
        public Context filterContext(Context context) {
            at("filterContext");
            return context;
        }

        @Override
        public void serverCallStarted(ServerCallInfo<?, ?> info) {
            at("started");
        }

        @Override
        public void streamClosed(Status status) {
            at("closed");
        }
    }

    private RawClient startTraced(String where) {
        parts.tracers.add(
                new ServerStreamTracer.Factory() {
                    @Override
                    public ServerStreamTracer newServerStreamTracer(String name, Metadata headers) {
                        if (where.equals("factory")) throw new IllegalStateException("on purpose");
                        return new Throwing(where);
                    }
                });
        return start(Lane.RUNNER);
    }

    @Test
    void aFactoryOfTracersThatThrowsFailsTheCallAlone() {
        RawClient client = startTraced("factory");
        unary(client, 1);
        rig.go(client);
        assertStatus(client, 1, 13);
        assertThat(rig.server.connectionCount()).isEqualTo(1);
    }

    @Test
    void aTracerWhoseContextThrowsFailsTheCallAlone() {
        RawClient client = startTraced("filterContext");
        unary(client, 1);
        rig.go(client);
        assertStatus(client, 1, 13);
    }

    @Test
    void aTracerThatThrowsAtTheStartFailsTheCallAlone() {
        RawClient client = startTraced("started");
        unary(client, 1);
        rig.go(client);
        assertStatus(client, 1, 2);
    }

    @Test
    void aTracerThatThrowsAtTheEndChangesNothing() {
        RawClient client = startTraced("closed");
        unary(client, 1);
        rig.go(client);
        rig.runFor(EngineRig.SECOND);
        assertAnswered(client, 1);
        assertThat(log()).containsExactly("0 message hello", "0 halfClose", "0 complete");
    }

    @Test
    void aRegistryThatThrowsEndsTheCallWithItsStatus() {
        parts.fallback =
                new HandlerRegistry() {
                    @Override
                    public ServerMethodDefinition<?, ?> lookupMethod(
                            String name, String authority) {
                        throw Status.UNAVAILABLE.asRuntimeException();
                    }
                };
        RawClient client = start(Lane.DIRECT);
        client.request(1, "/other.Service/Method", true);
        rig.go(client);
        assertStatus(client, 1, 14);
    }

    @Test
    void aHandlerThatThrowsEndsTheCallWithItsStatus() {
        onStart =
                _ -> {
                    throw Status.ABORTED.asRuntimeException();
                };
        RawClient client = start(Lane.DIRECT);
        unary(client, 1);
        rig.go(client);
        assertStatus(client, 1, 10);
        assertThat(log()).isEmpty();
    }

    @Test
    void callbacksThatThrowAtTheEndLeaveNothingBehind() {
        onComplete =
                _ -> {
                    throw new IllegalStateException("on purpose");
                };
        onCancel = onComplete;
        RawClient client = start(Lane.DIRECT);
        unary(client, 1);
        client.request(3, "/a.B/S", false);
        client.out().rst(3, 8);
        client.request(5, "/a.B/S", false);
        rig.go(client);
        client.out().rst(5, 8);
        rig.go(client);
        assertThat(log()).contains("0 complete", "1 cancel");
    }

    @Test
    void onReadyThatThrowsEndsTheCallAsUnknown() {
        onReady =
                _ -> {
                    throw new IllegalStateException("on purpose");
                };
        RawClient client = start(Lane.RUNNER);
        client.request(1, "/a.B/S", false);
        rig.go(client);
        assertStatus(client, 1, 2);
    }

    @Test
    void trailersThatCannotBeWrittenEndTheCallAsUnknown() {
        Metadata.Key<String> bad =
                Metadata.Key.of(
                        "bad-bin",
                        new Metadata.BinaryStreamMarshaller<String>() {
                            @Override
                            public InputStream toStream(String value) {
                                throw new IllegalStateException("on purpose");
                            }

                            @Override
                            public String parseStream(InputStream stream) {
                                return "";
                            }
                        });
        onHalfClose =
                call -> {
                    Metadata trailers = new Metadata();
                    trailers.put(bad, "x");
                    call.call.close(Status.ABORTED, trailers);
                };
        RawClient client = start(Lane.DIRECT);
        unary(client, 1);
        rig.go(client);
        assertStatus(client, 1, 2);
    }

    // Time.

    @Test
    void aDeadlineThatHasPassedOnArrivalCancelsTheCall() {
        for (Lane lane : List.of(Lane.DIRECT, Lane.RUNNER)) {
            onHalfClose = _ -> {};
            RawClient client = start(lane);
            client.request(1, "/a.B/S", false, "grpc-timeout", "0n");
            rig.go(client);
            assertThat(client.lines(1)).containsExactly("RST_STREAM 1 8");
            assertThat(log()).last().asString().endsWith("cancel");
            assertThat(calls.getLast().context.cancellationCause())
                    .isInstanceOf(TimeoutException.class);
            endRig();
        }
    }

    @Test
    void aDeadlineRunsWhileTheCallWaitsForItsExecutor() {
        boolean[] wasCancelled = new boolean[1];
        onStart = call -> wasCancelled[0] = call.context.isCancelled();
        RawClient client = start(Lane.EXECUTOR);
        client.request(1, "/a.B/S", false, "grpc-timeout", "1n");
        rig.go(client);
        assertThat(wasCancelled[0]).isTrue();
        rig.settle();
        assertThat(client.lines(1)).containsExactly("RST_STREAM 1 8");
        assertThat(log()).containsExactly("0 cancel");
    }

    @Test
    void aDeadlineThatPassesCancelsTheCall() {
        RawClient client = start(Lane.DIRECT);
        client.request(1, "/a.B/S", false, "grpc-timeout", "5S");
        rig.go(client);
        rig.runFor(4 * EngineRig.SECOND);
        assertThat(log()).isEmpty();
        rig.runFor(2 * EngineRig.SECOND);
        assertThat(client.lines(1)).containsExactly("RST_STREAM 1 8");
        assertThat(log()).containsExactly("0 cancel");
    }

    // What comes late.

    @Test
    void aCallCancelledWhileItsAnswerIsSerialisedElsewhereLeaksNothing() {
        for (String path : List.of("/a.B/U", "/a.B/S")) {
            onHalfClose = call -> call.call.sendHeaders(new Metadata());
            RawClient client = start(Lane.EXECUTOR);
            client.request(1, path, false).message(1, true, "hello");
            rig.go(client);
            onStream =
                    () -> {
                        onStream = () -> {};
                        rig.loop.adopt(Thread.currentThread());
                        client.out().rst(1, 8);
                        client.flush();
                        rig.simulation.settle();
                        rig.offLoop(parts.executor::runOne);
                        rig.offLoop(parts.executor::runOne);
                        rig.simulation.settle();
                        assertThat(log).last().asString().endsWith("cancel");
                    };
            rig.offLoop(() -> calls.getLast().call.sendMessage("too late"));
            rig.settle();
            endRig();
        }
    }

    @Test
    void whatWasSerialisedBeforeTheCancellationAndNotPostedIsGivenBack() {
        onHalfClose =
                call -> {
                    call.call.sendHeaders(new Metadata());
                    call.call.sendMessage("kept until the status comes");
                };
        RawClient client = start(Lane.EXECUTOR);
        unary(client, 1);
        rig.go(client);
        client.out().rst(1, 8);
        rig.go(client);
        assertThat(log()).last().isEqualTo("0 cancel");
        rig.offLoop(() -> calls.getFirst().call.close(Status.OK, new Metadata()));
        rig.settle();
    }

    @Test
    void lateAnswersOfAnEndedCallTouchNoOtherCall() {
        onHalfClose = _ -> {};
        onMessage =
                call -> {
                    if (call.index == 1) call.call.sendHeaders(new Metadata());
                };
        RawClient client = start(Lane.EXECUTOR);
        client.request(1, "/a.B/S", false).message(1, false, "one");
        rig.go(client);
        client.out().rst(1, 8);
        rig.go(client);
        client.request(3, "/a.B/S", false).message(3, false, "two");
        rig.go(client);
        ServerCall<String, String> old = calls.getFirst().call;
        rig.offLoop(
                () -> {
                    old.request(5);
                    old.setOnReadyThreshold(1);
                    old.sendHeaders(new Metadata());
                    old.sendMessage("ghost");
                    old.close(Status.OK, new Metadata());
                });
        rig.settle();
        rig.offLoop(() -> calls.get(1).call.sendMessage("real"));
        rig.settle();
        assertThat(client.lines(3)).hasSize(2).last().asString().endsWith("real");
        assertThat(old.isCancelled()).isTrue();
        assertThat(old.isReady()).isFalse();
    }

    @Test
    void handlersThatStillRunWhenTheServerIsStoppedDoNoHarm() {
        RawClient client = start(Lane.EXECUTOR);
        client.request(1, "/a.B/S", false).message(1, false, "one");
        client.flush();
        rig.simulation.settle();
        // The task runs while the server goes down.
        onMessage =
                call -> {
                    rig.loop.adopt(Thread.currentThread());
                    rig.server.stopListening();
                    rig.server.closeNow("stopped");
                    rig.simulation.runFor(2 * EngineRig.SECOND);
                    call.answer();
                };
        rig.offLoop(parts.executor::runOne);
        rig.settle();
        assertThat(rig.server.connectionCount()).isZero();
        assertThat(log()).containsExactly("0 message one", "0 cancel");
    }

    @Test
    void messagesThatNobodyAskedForAreGivenBack() {
        onStart = _ -> {};
        onHalfClose = _ -> {};
        for (Lane lane : Lane.values()) {
            RawClient client = start(lane);
            client.request(1, "/a.B/S", false);
            for (int i = 0; i < 20; i++) client.message(1, false, "x".repeat(i * 100));
            client.message(1, true, "");
            rig.go(client);
            assertThat(log()).isEmpty();
            client.out().rst(1, 8);
            rig.go(client);
            assertThat(log()).hasSize(1);
            endRig();
        }
    }

    @Test
    void creditOnTheLoopDeliversWhatWaits() {
        onStart = _ -> {};
        onHalfClose = _ -> {};
        for (Lane lane : Lane.values()) {
            RawClient client = start(lane);
            client.request(1, "/a.B/S", false);
            rig.go(client);
            for (int i = 0; i < 4; i++) client.message(1, i == 3, "m" + i);
            rig.go(client);
            int index = calls.getLast().index;
            for (int i = 0; i < 4; i++) {
                rig.offLoop(() -> calls.getLast().call.request(1));
                rig.settle();
                assertThat(log.getFirst()).isEqualTo(index + " message m" + i);
                assertThat(log()).hasSize(i == 3 ? 2 : 1);
            }
            endRig();
        }
    }

    @Test
    void aBrokenRequestEndsWithItsStatusAndDropsWhatFollows() {
        onHalfClose = _ -> {};
        for (Lane lane : Lane.values()) {
            RawClient client = start(lane);
            byte[] bad = RawClient.prefixed(new byte[] {1});
            bad[0] = 2;
            client.request(1, "/a.B/S", false).message(1, false, "one").data(1, false, bad);
            client.message(1, false, "two");
            rig.go(client);
            assertThat(client.lines(1)).anyMatch(line -> line.contains("grpc-status: 13"));
            assertThat(log()).last().asString().endsWith("cancel");
            endRig();
        }
    }

    // Readiness.

    @Test
    void aCallIsReadyAgainOnceWhatItHasSentElsewhereHasLeft() {
        onHalfClose = _ -> {};
        int[] ready = new int[1];
        onReady = _ -> ready[0]++;
        for (Lane lane : List.of(Lane.EXECUTOR, Lane.DIRECT)) {
            ready[0] = 0;
            RawClient client = start(lane, 4, 0);
            client.request(1, "/a.B/S", true);
            rig.go(client);
            assertThat(ready[0]).isEqualTo(1);
            ServerCall<String, String> call = calls.getLast().call;
            rig.offLoop(
                    () -> {
                        assertThat(call.isReady()).isTrue();
                        call.sendHeaders(new Metadata());
                        call.sendMessage("x".repeat(20_000));
                        assertThat(call.isReady()).isTrue();
                        call.sendMessage("x".repeat(20_000));
                        assertThat(call.isReady()).isFalse();
                    });
            rig.settle();
            rig.offLoop(() -> assertThat(call.isReady()).isFalse());
            assertThat(ready[0]).isEqualTo(1);
            client.out().windowUpdate(1, 20_000);
            rig.go(client);
            rig.offLoop(() -> assertThat(call.isReady()).isTrue());
            assertThat(ready[0]).isEqualTo(2);
            client.out().windowUpdate(1, 50_000);
            rig.go(client);
            rig.offLoop(
                    () -> {
                        call.setOnReadyThreshold(10);
                        call.sendMessage("0123456789");
                        assertThat(call.isReady()).isFalse();
                        call.close(Status.OK, new Metadata());
                        assertThat(call.isReady()).isFalse();
                    });
            rig.settle();
            rig.runFor(EngineRig.SECOND);
            assertThat(log()).last().asString().endsWith("complete");
            endRig();
        }
    }

    // Filters.

    private final List<String> filtered = new ArrayList<>();

    private ServerTransportFilter filter(boolean isRefusing, boolean isThrowingAtTheEnd) {
        return new ServerTransportFilter() {
            @Override
            public Attributes transportReady(Attributes attributes) {
                filtered.add("ready");
                if (isRefusing) throw new IllegalStateException("on purpose");
                return attributes;
            }

            @Override
            public void transportTerminated(Attributes attributes) {
                filtered.add(attributes == null ? "never ready" : "terminated");
                if (isThrowingAtTheEnd) throw new IllegalStateException("on purpose");
            }
        };
    }

    @Test
    void callsWaitForTheFiltersOfTheirConnection() {
        parts.filters.add(filter(false, true));
        RawClient client = start(Lane.EXECUTOR);
        unary(client, 1);
        client.flush();
        rig.simulation.settle();
        assertThat(calls).isEmpty();
        rig.offLoop(parts.executor::runOne);
        rig.simulation.settle();
        assertThat(filtered).containsExactly("ready");
        rig.settle();
        assertAnswered(client, 1);
        rig.wire.reset();
        rig.settle();
        assertThat(filtered).containsExactly("ready", "terminated");
        assertThat(rig.server.connectionCount()).isZero();
    }

    @Test
    void aConnectionThatAFilterRefusesIsClosed() {
        parts.filters.add(filter(true, false));
        for (Lane lane : Lane.values()) {
            RawClient client = start(lane);
            unary(client, 1);
            rig.go(client);
            rig.runFor(2 * EngineRig.SECOND);
            assertThat(rig.server.connectionCount()).isZero();
            assertThat(filtered).contains("never ready");
            endRig();
        }
    }

    @Test
    void aConnectionWhoseFiltersCannotRunIsClosedAndItsEndIsTold() {
        parts.filters.add(filter(false, false));
        parts.executor.isRefusing = true;
        start(Lane.EXECUTOR);
        rig.runFor(2 * EngineRig.SECOND);
        assertThat(rig.server.connectionCount()).isZero();
        assertThat(filtered).containsExactly("never ready");
    }
}
