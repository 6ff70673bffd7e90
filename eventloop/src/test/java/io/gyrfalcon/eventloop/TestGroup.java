package io.gyrfalcon.eventloop;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.eventloop.machine.Topology;
import io.gyrfalcon.eventloop.run.CarriedThreads;
import io.gyrfalcon.primitives.memory.Budget;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * A group of loops that checks, when closed, that nothing is left of it: slabs, descriptors,
 * threads.
 */
final class TestGroup implements AutoCloseable {
    static {
        // The JDK keeps a pair of sockets for itself from the first one that is closed.
        try (ServerSocket server = new ServerSocket(0);
                Socket client =
                        new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort());
                Socket accepted = server.accept()) {
            assertThat(accepted.isConnected() && client.isConnected()).isTrue();
        } catch (IOException failure) {
            throw new ExceptionInInitializerError(failure);
        }
        // So do its pollers, from the first loop that carries runners.
        CarriedThreads.orNull();
    }

    final LoopGroup group;
    private final Budget budget = new Budget(256L << 20);
    private final long descriptorsBefore;

    TestGroup(LoopSettings settings) {
        descriptorsBefore = descriptors();
        group = LoopGroup.start(settings, budget);
    }

    TestGroup(LoopSettings settings, Topology topology) {
        descriptorsBefore = descriptors();
        group = LoopGroup.start(settings, budget, topology);
    }

    static TestGroup start(PollerKind kind, int loops) {
        return new TestGroup(LoopSettings.defaults().withPoller(kind).withLoops(loops));
    }

    Listener listen(Acceptor acceptor) throws IOException {
        return group.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                ListenOptions.defaults(),
                acceptor);
    }

    static Socket connect(Listener listener) throws IOException {
        InetSocketAddress address = (InetSocketAddress) listener.address();
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), address.getPort());
        socket.setSoTimeout(10_000);
        return socket;
    }

    /** Runs something on a loop and waits for its result. */
    static <T> T on(Loop loop, Function<Loop, T> work) {
        AtomicReference<T> result = new AtomicReference<>();
        CountDownLatch done = new CountDownLatch(1);
        assertThat(
                        loop.post(
                                l -> {
                                    try {
                                        result.set(work.apply(l));
                                    } finally {
                                        done.countDown();
                                    }
                                }))
                .isTrue();
        try {
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return result.get();
    }

    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("still not so after 10 s").isNegative();
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Open sockets, epolls and events of this process; -1 where that cannot be seen. */
    static long descriptors() {
        long count = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path one : all) {
                try {
                    String target = Files.readSymbolicLink(one).toString();
                    if (target.startsWith("socket:") || target.startsWith("anon_inode:")) count++;
                } catch (IOException closedMeanwhile) {
                    // Then it does not count.
                }
            }
        } catch (IOException elsewhere) {
            return -1;
        }
        return count;
    }

    private static boolean isAnyDriving() {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("gyrfalcon-loop")) return true;
        }
        return false;
    }

    @Override
    public void close() {
        group.close();
        for (int i = 0; i < group.size(); i++) {
            assertThat(group.loop(i).slabs().outstanding()).isZero();
            assertThat(group.loop(i).sharedSlabs().outstanding()).isZero();
            assertThat(group.loop(i).connections()).isZero();
            assertThat(group.loop(i).post(_ -> {})).isFalse();
        }
        assertThat(budget.usedBytes()).isZero();
        // A thread that has lost its loop leaves it when its user code lets it.
        await(() -> !isAnyDriving());
        await(() -> descriptors() <= descriptorsBefore);
    }
}
