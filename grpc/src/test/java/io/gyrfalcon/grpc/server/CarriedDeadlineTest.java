package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerStreamTracer;
import io.grpc.stub.ServerCalls;
import io.gyrfalcon.grpc.GyrfalconServerBuilder;
import io.gyrfalcon.primitives.flags.FlagOverride;
import io.gyrfalcon.primitives.flags.Flags;
import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Deadlines of calls that their loop carries: no timer where the call is soon over. */
@Timeout(120)
class CarriedDeadlineTest extends ScriptedCalls {
    private int timers;

    @BeforeEach
    void carry() {
        parts.isCarrying = true;
    }

    /** A client that has made one unary call with this timeout. */
    private RawClient asked(String timeout) {
        RawClient client = start(Lane.DIRECT);
        timers = rig.loop.timers().size();
        unary(client, 1, "grpc-timeout", timeout);
        rig.go(client);
        return client;
    }

    private int moreTimers() {
        return rig.loop.timers().size() - timers;
    }

    private void assertCancelledInTime(RawClient client) {
        rig.runFor(4 * EngineRig.SECOND);
        assertThat(log).doesNotContain("0 cancel");
        rig.runFor(2 * EngineRig.SECOND);
        assertThat(log()).last().isEqualTo("0 cancel");
        assertThat(client.lines(1)).containsExactly("RST_STREAM 1 8");
        assertThat(calls.getLast().context.cancellationCause())
                .isInstanceOf(TimeoutException.class);
        assertThat(rig.loop.timers().size()).isLessThanOrEqualTo(timers);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCallThatIsAnsweredAtOnceHasNoTimer(boolean isLean) {
        int[] found = new int[2];
        onHalfClose =
                call -> {
                    found[0] = moreTimers();
                    assertThat(call.context.getDeadline()).isNotNull();
                    call.answer();
                };
        onComplete = _ -> found[1] = moreTimers();
        RawClient client;
        try (FlagOverride _ = Flags.override(GrpcFlags.LEAN_DEADLINES, isLean)) {
            client = asked("5S");
        }
        assertAnswered(client, 1);
        assertThat(found).containsOnly(isLean ? 0 : 1);
        assertThat(moreTimers()).isZero();
    }

    @Test
    void aCallThatIsNotAnsweredIsCancelledInTime() {
        onHalfClose = _ -> {};
        RawClient client = asked("5S");
        assertThat(moreTimers()).isOne();
        assertCancelledInTime(client);
    }

    @Test
    void aCallThatHasTakenTooLongForItsDeadlineIsCancelled() {
        onHalfClose = _ -> {};
        RawClient client = asked("0n");
        assertThat(client.lines(1)).containsExactly("RST_STREAM 1 8");
        assertThat(moreTimers()).isZero();
    }

    @Test
    void aCallThatLosesItsLoopIsCancelledInTime() {
        int[] inHandler = new int[1];
        onHalfClose =
                _ -> {
                    assertThat(rig.loop.take()).isTrue();
                    inHandler[0] = moreTimers();
                };
        RawClient client = asked("5S");
        assertThat(inHandler[0]).isOne();
        assertCancelledInTime(client);
    }

    @Test
    void aCallThatLosesItsLoopBeforeItHasADeadlineIsCancelledInTime() {
        onHalfClose = _ -> {};
        parts.tracers.add(
                new ServerStreamTracer.Factory() {
                    @Override
                    public ServerStreamTracer newServerStreamTracer(String name, Metadata headers) {
                        assertThat(rig.loop.take()).isTrue();
                        return new ServerStreamTracer() {};
                    }
                });
        RawClient client = asked("5S");
        assertThat(moreTimers()).isOne();
        assertCancelledInTime(client);
    }

    /** Over a real socket, since only a virtual thread parks. */
    @Test
    void aHandlerThatIsParkedHearsOfItsDeadline() throws Exception {
        CompletableFuture<Throwable> heard = new CompletableFuture<>();
        Server server =
                GyrfalconServerBuilder.forPort(0)
                        .directExecutor()
                        .addService(
                                Methods.serviceOf(
                                        Methods.unary("a.B/U"),
                                        ServerCalls.asyncUnaryCall(
                                                (_, _) -> heard.complete(cancellation()))))
                        .build()
                        .start();
        try (SocketChannel socket = SocketChannel.open()) {
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()));
            RawClient bytes = new RawClient(null).hello();
            bytes.request(1, "/a.B/U", false, "grpc-timeout", "100m").message(1, true, "hello");
            ByteBuffer all = ByteBuffer.wrap(bytes.take());
            while (all.hasRemaining()) socket.write(all);
            assertThat(heard.get(30, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
        } finally {
            server.shutdownNow().awaitTermination();
        }
    }

    /** Parks until the context is cancelled; the cause. */
    private static Throwable cancellation() {
        assertThat(Thread.currentThread().isVirtual()).isTrue();
        CountDownLatch cancelled = new CountDownLatch(1);
        Context context = Context.current();
        context.addListener(_ -> cancelled.countDown(), Runnable::run);
        try {
            if (!cancelled.await(20, TimeUnit.SECONDS)) return new AssertionError("not cancelled");
        } catch (InterruptedException e) {
            return e;
        }
        return context.cancellationCause();
    }
}
