package io.gyrfalcon.verify.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.gyrfalcon.grpc.GyrfalconServer;
import io.gyrfalcon.grpc.GyrfalconServerBuilder;
import io.gyrfalcon.grpc.server.Carrying;
import io.gyrfalcon.grpc.server.Promotion;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** Calls of the default lane on runners that loops carry, over real sockets and threads. */
@Timeout(120)
class CarriedCallsTest {
    private static final MethodDescriptor<String, String> UNARY = Stage.method(MethodType.UNARY);
    private static final String NAME = UNARY.getFullMethodName();

    private static ServerCallHandler<String, String> answering(UnaryOperator<String> answer) {
        return ServerCalls.asyncUnaryCall(
                (request, observer) -> {
                    observer.onNext(answer.apply(request));
                    observer.onCompleted();
                });
    }

    private static Stage stage(Carrying carrying, UnaryOperator<String> answer) {
        Stage stage = new Stage(Engine.GYRFALCON, Lane.DEFAULT);
        stage.configure(
                builder -> ((GyrfalconServerBuilder) builder).loops(1).carrying(NAME, carrying));
        stage.handler(answering(answer));
        return stage;
    }

    private static String call(Stage stage, String request) {
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS);
        return ClientCalls.blockingUnaryCall(stage.channel(), UNARY, options, request);
    }

    private static Promotion.Counts counts(Stage stage) {
        return ((GyrfalconServer) stage.server()).promotions().get(NAME);
    }

    /** A virtual thread says which thread carries it. */
    private static String whereabouts(String ignored) {
        return Thread.currentThread().toString();
    }

    private static void burn(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        while (System.nanoTime() - end < 0) Thread.onSpinWait();
    }

    @Test
    void aMethodIsPromotedToItsLoopOnceItsCallsAreShort() {
        try (Stage stage = stage(Carrying.MEASURED, CarriedCallsTest::whereabouts)) {
            assertThat(call(stage, "x")).doesNotContain("gyrfalcon-loop");
            boolean isCarried = false;
            // A machine that stumbles sends the method back, or the loop to another thread.
            for (int i = 0; i < 100_000 && !isCarried; i++) {
                isCarried = call(stage, "x").contains("@gyrfalcon-loop-0");
            }
            assertThat(isCarried).isTrue();
            assertThat(counts(stage).mounts()).isPositive();
            assertThat(counts(stage).runsElsewhere()).isGreaterThanOrEqualTo(64);
        }
    }

    @Test
    void aMethodThatIsSetToNeverStaysWhereItIs() {
        try (Stage stage = stage(Carrying.NEVER, CarriedCallsTest::whereabouts)) {
            for (int i = 0; i < 200; i++) {
                assertThat(call(stage, "x")).doesNotContain("gyrfalcon-loop");
            }
            assertThat(counts(stage).mounts()).isZero();
        }
    }

    @Test
    void aMethodThatNobodyRegisteredCannotBeSet() {
        GyrfalconServerBuilder builder =
                GyrfalconServerBuilder.forPort(0).carrying("no.Such/Method", Carrying.ALWAYS);
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no.Such/Method");
    }

    @Test
    void callsBesideBurningOnesAreAnsweredAtOnce() throws Exception {
        UnaryOperator<String> answer =
                request -> {
                    if (request.equals("burn")) burn(300);
                    return request;
                };
        try (Stage stage = stage(Carrying.ALWAYS, answer)) {
            for (int i = 0; i < 200; i++) call(stage, "warm");
            long longBefore = counts(stage).longMounts();
            List<Future<String>> burning = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                burning.add(CompletableFuture.supplyAsync(() -> call(stage, "burn")));
            }
            for (int i = 0; i < 50; i++) assertThat(call(stage, "quick")).isEqualTo("quick");
            for (Future<String> each : burning) {
                assertThat(each.get(30, TimeUnit.SECONDS)).isEqualTo("burn");
            }
            assertThat(counts(stage).longMounts()).isGreaterThanOrEqualTo(longBefore + 2);
            assertThat(call(stage, "after")).isEqualTo("after");
        }
    }

    @Test
    void aLockThatAParkedHandlerHoldsStopsOnlyWhoWantsIt() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Object lock = new Object();
        UnaryOperator<String> answer =
                request -> {
                    if (request.equals("free")) return request;
                    synchronized (lock) {
                        held.countDown();
                        try {
                            go.await();
                        } catch (InterruptedException e) {
                            throw new AssertionError(e);
                        }
                        return request;
                    }
                };
        try (Stage stage = stage(Carrying.ALWAYS, answer)) {
            List<Future<String>> waiting = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                String name = "locked " + i;
                waiting.add(CompletableFuture.supplyAsync(() -> call(stage, name)));
            }
            assertThat(held.await(30, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 50; i++) assertThat(call(stage, "free")).isEqualTo("free");
            go.countDown();
            for (int i = 0; i < 10; i++) {
                assertThat(waiting.get(i).get(30, TimeUnit.SECONDS)).isEqualTo("locked " + i);
            }
        }
    }

    @Test
    void aHandlerThatCallsBackAfterItsEndHarmsNobody() {
        List<ServerCall<String, String>> ended = new ArrayList<>();
        Stage stage = new Stage(Engine.GYRFALCON, Lane.DEFAULT);
        stage.configure(
                builder ->
                        ((GyrfalconServerBuilder) builder)
                                .loops(1)
                                .carrying(NAME, Carrying.ALWAYS));
        stage.handler(
                (call, headers) -> {
                    for (ServerCall<String, String> old : ended) {
                        old.request(1);
                        assertThat(old.isReady()).isFalse();
                    }
                    call.request(2);
                    return new ServerCall.Listener<>() {
                        @Override
                        public void onMessage(String message) {
                            call.sendHeaders(new Metadata());
                            call.sendMessage(message);
                            call.close(Status.OK, new Metadata());
                            Thread.currentThread().interrupt();
                        }

                        @Override
                        public void onComplete() {
                            ended.add(call);
                        }
                    };
                });
        try (stage) {
            for (int i = 0; i < 100; i++) assertThat(call(stage, "n" + i)).isEqualTo("n" + i);
        }
    }
}
