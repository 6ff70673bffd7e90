package io.gyrfalcon.eventloop.fake;

import io.gyrfalcon.eventloop.poll.Errno;
import io.gyrfalcon.eventloop.poll.Port;
import io.gyrfalcon.eventloop.poll.Ready;
import io.gyrfalcon.eventloop.poll.Wire;

import org.jspecify.annotations.Nullable;

import java.net.SocketAddress;
import java.util.ArrayDeque;

/** A listening socket of a fake network. One thread. */
public final class FakePort implements Port {
    private final FakeNetwork network;
    private final SocketAddress address;
    private final ArrayDeque<FakeWire> waiting = new ArrayDeque<>();
    private @Nullable FakePoller poller;
    private int code = -Errno.EAGAIN;
    private int failures;
    private int failure;
    private int shed;
    private boolean isClosed;

    FakePort(FakeNetwork network, SocketAddress address) {
        this.network = network;
        this.address = address;
    }

    /** Has the next {@code count} calls of {@link #accept} fail with {@code errno}. */
    public void failNext(int count, int errno) {
        failures = count;
        failure = errno;
    }

    /** How many connections were turned away. */
    public int shedCount() {
        return shed;
    }

    void watchedBy(@Nullable FakePoller watching) {
        poller = watching;
        if (!waiting.isEmpty()) mark();
    }

    private void mark() {
        if (poller != null) poller.mark(this, Ready.INPUT);
    }

    void arrive(FakeWire wire) {
        if (isClosed) {
            wire.close();
            return;
        }
        waiting.add(wire);
        mark();
    }

    @Override
    public @Nullable Wire accept() {
        code = -Errno.EAGAIN;
        if (failures > 0) {
            failures--;
            code = -failure;
            return null;
        }
        return waiting.poll();
    }

    @Override
    public int code() {
        return code;
    }

    @Override
    public int shed() {
        int count = waiting.size();
        while (!waiting.isEmpty()) waiting.remove().close();
        shed += count;
        return count;
    }

    @Override
    public SocketAddress address() {
        return address;
    }

    @Override
    public void close() {
        if (isClosed) return;
        isClosed = true;
        network.unbind(address);
        while (!waiting.isEmpty()) waiting.remove().close();
    }
}
