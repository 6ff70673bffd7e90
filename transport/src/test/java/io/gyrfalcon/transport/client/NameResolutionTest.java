package io.gyrfalcon.transport.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.fake.Simulation;
import io.gyrfalcon.eventloop.fake.Weather;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

class NameResolutionTest implements NameEvents {
    private static final long SECOND = 1_000_000_000L;
    private static final InetAddress HOME = InetAddress.getLoopbackAddress();

    private final Simulation simulation = new Simulation(1, Weather.calm());
    private final Loop loop = simulation.newLoop();
    private final List<String> log = new ArrayList<>();
    private final List<Runnable> offloaded = new ArrayList<>();
    private NameLookup lookup = (_, port) -> List.of(new InetSocketAddress(HOME, port));
    private boolean isRefusing;
    private CallStatus failed;
    private final NameResolution name =
            new NameResolution(
                    loop,
                    "some.test",
                    50,
                    30 * SECOND,
                    (host, port) -> lookup.lookUp(host, port),
                    this::offload,
                    () -> 1L << 63,
                    this);

    @AfterEach
    void end() {
        name.close();
        simulation.close();
    }

    private void offload(Runnable task) {
        if (isRefusing) throw new RejectedExecutionException("closed");
        offloaded.add(task);
    }

    private void runOffloaded() {
        List<Runnable> tasks = List.copyOf(offloaded);
        offloaded.clear();
        tasks.forEach(Runnable::run);
        simulation.settle();
    }

    @Override
    public void onAddresses(List<SocketAddress> addresses) {
        assertThat(loop.inLoop()).isTrue();
        log.add(addresses.toString());
    }

    @Override
    public void onFailure(CallStatus status) {
        failed = status;
        log.add(status.description());
    }

    @Test
    void aNameIsLookedUpOffTheLoopOnce() {
        name.refresh();
        name.refresh();
        assertThat(offloaded).hasSize(1);
        assertThat(log).isEmpty();
        runOffloaded();
        assertThat(log).containsExactly("[" + new InetSocketAddress(HOME, 50) + "]");
    }

    @Test
    void whatWasFoundHoldsForAWhile() {
        name.refresh();
        runOffloaded();
        simulation.runFor(30 * SECOND - 1);
        name.refresh();
        assertThat(offloaded).isEmpty();
        simulation.runFor(1);
        name.refresh();
        runOffloaded();
        assertThat(log).hasSize(2);
    }

    @Test
    void aFailureIsRepeatedByTheBackoff() {
        lookup =
                (host, _) -> {
                    throw new UnknownHostException(host);
                };
        name.refresh();
        runOffloaded();
        assertThat(log).containsExactly("Unable to resolve host some.test");
        assertThat(failed.code()).isEqualTo(14);
        assertThat(failed.cause()).isInstanceOf(UnknownHostException.class);
        simulation.runFor(SECOND - 1);
        assertThat(offloaded).isEmpty();
        simulation.runFor(10_000_000);
        runOffloaded();
        simulation.runFor(SECOND + SECOND / 2);
        assertThat(offloaded).isEmpty();
        lookup = (_, port) -> List.of(new InetSocketAddress(HOME, port));
        simulation.runFor(SECOND / 5);
        runOffloaded();
        assertThat(log).hasSize(3);
    }

    @Test
    void afterAFailureSomebodyMayAskAtOnce() {
        lookup =
                (host, _) -> {
                    throw new IllegalStateException("broken");
                };
        name.refresh();
        runOffloaded();
        lookup = (host, _) -> List.of();
        name.refresh();
        runOffloaded();
        assertThat(failed.cause()).isInstanceOf(UnknownHostException.class);
        lookup = (_, port) -> List.of(new InetSocketAddress(HOME, port));
        name.refresh();
        runOffloaded();
        assertThat(log).hasSize(3);
        simulation.runFor(10 * SECOND);
        assertThat(offloaded).isEmpty();
    }

    @Test
    void anExecutorThatRefusesIsAFailure() {
        isRefusing = true;
        name.refresh();
        assertThat(log).containsExactly("Unable to resolve host some.test");
        assertThat(failed.cause()).isInstanceOf(RejectedExecutionException.class);
        isRefusing = false;
        simulation.runFor(2 * SECOND);
        runOffloaded();
        assertThat(log).hasSize(2);
    }

    @Test
    void aClosedResolutionTellsNothing() {
        name.refresh();
        name.close();
        runOffloaded();
        name.refresh();
        assertThat(log).isEmpty();
        assertThat(offloaded).isEmpty();
    }

    @Test
    void theSystemKnowsAddressesByThemselves() throws IOException {
        assertThat(NameLookup.SYSTEM.lookUp("127.0.0.1", 7))
                .containsExactly(new InetSocketAddress("127.0.0.1", 7));
    }
}
