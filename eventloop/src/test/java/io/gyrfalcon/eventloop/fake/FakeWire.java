package io.gyrfalcon.eventloop.fake;

import io.gyrfalcon.eventloop.poll.Errno;
import io.gyrfalcon.eventloop.poll.Ready;
import io.gyrfalcon.eventloop.poll.Wire;
import io.gyrfalcon.primitives.memory.SlabChain;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** One end of a fake connection. One thread. */
final class FakeWire implements Wire {
    private static final int BROKEN_CONNECT = Ready.OUTPUT | Ready.BROKEN | Ready.HANG_UP;
    private static final SocketAddress NONE = UnixDomainSocketAddress.of("");

    private final FakeNetwork network;
    private final FakePipe in;
    private final FakePipe out;
    private final SocketAddress local;
    private final SocketAddress remote;
    private @Nullable FakePoller poller;
    private boolean isConnecting;
    private int connectError;
    private boolean isClosed;

    FakeWire(
            FakeNetwork network,
            FakePipe in,
            FakePipe out,
            SocketAddress local,
            SocketAddress remote) {
        this.network = network;
        this.in = in;
        this.out = out;
        this.local = local;
        this.remote = remote;
        in.reader(this::changed, this::changed);
        out.writer(this::changed);
    }

    /** The other end does not know yet. */
    void connecting() {
        isConnecting = true;
        connectError = -1;
    }

    /** How it went. */
    void connected(int errno) {
        connectError = errno;
        changed();
    }

    @Override
    public int finishConnect() {
        if (connectError < 0) return NOTHING;
        isConnecting = connectError != 0;
        return -connectError;
    }

    void watchedBy(@Nullable FakePoller watching) {
        poller = watching;
        changed();
    }

    private void changed() {
        if (poller == null || isClosed || (isConnecting && connectError < 0)) return;
        poller.mark(this, conditions());
    }

    private int conditions() {
        int what = 0;
        if (isConnecting && connectError != 0) return BROKEN_CONNECT;
        if (in.available() > 0 || in.hasEndArrived() || in.isReset()) what |= Ready.INPUT;
        if (in.hasEndArrived()) what |= Ready.INPUT_END;
        if (out.space() > 0) what |= Ready.OUTPUT;
        if (in.isReset()) what |= Ready.BROKEN | Ready.HANG_UP | Ready.INPUT_END;
        if (in.hasEndArrived() && out.isEndSent()) what |= Ready.HANG_UP;
        return what;
    }

    @Override
    public int receive(MemorySegment target, int capacity) {
        if (in.available() == 0) {
            if (in.isReset()) return -Errno.ECONNRESET;
            return in.hasEndArrived() ? 0 : NOTHING;
        }
        byte[] bytes = in.read(capacity);
        MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return bytes.length;
    }

    @Override
    public boolean isDrainedByShortRead() {
        return true;
    }

    @Override
    public long send(SlabChain source) {
        if (isConnecting) return 0;
        if (out.isReset()) return -Errno.ECONNRESET;
        if (out.isEndSent()) return -Errno.EPIPE;
        long sent = 0;
        while (!source.isEmpty()) {
            int length = Math.min(source.headBytes(), out.space());
            if (length == 0) {
                out.block();
                break;
            }
            byte[] bytes = new byte[length];
            MemorySegment.copy(
                    source.head(), ValueLayout.JAVA_BYTE, source.headOffset(), bytes, 0, length);
            source.consume(length);
            out.write(bytes);
            sent += length;
        }
        return sent;
    }

    @Override
    public void shutdownOutput() {
        out.end();
        if (in.hasEndArrived()) changed();
    }

    @Override
    public int error() {
        return in.isReset() ? Errno.ECONNRESET : 0;
    }

    @Override
    public void close() {
        if (isClosed) return;
        isClosed = true;
        if (poller != null) poller.deregister(this);
        if (in.available() > 0) {
            network.resetBoth(in);
        } else {
            out.end();
        }
        network.forget(in);
    }

    @Override
    public SocketAddress localAddress() {
        return isClosed ? NONE : local;
    }

    @Override
    public SocketAddress remoteAddress() {
        return isClosed ? NONE : remote;
    }
}
