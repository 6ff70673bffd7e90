package io.gyrfalcon.eventloop.poll;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.SocketOptions;
import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A poller on {@link Selector}: the twin of epoll that runs everywhere. Loop-owned, but for wakeUp
 * and listen.
 */
@LoopOwned
final class NioPoller implements Poller {
    /*
     * Edges from levels
     *
     * A selector tells a level: it would repeat itself while a paused socket is readable. So a key
     * loses the interest that it has reported, and the wire gives it back when a read finds nothing
     * (or, short, the end of what is there) and when a send leaves something. The selector compares
     * before it calls the kernel: taking interest away and giving it back within a turn costs
     * nothing.
     */
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Selector selector;
    private final boolean gathers;
    private SelectionKey[] ready = new SelectionKey[64];
    private int readyCount;
    private int told;
    private @Nullable MemorySegment lastSegment;
    private @Nullable ByteBuffer lastBuffer;
    private volatile @Nullable Thread waiter;
    private final AtomicInteger looks = new AtomicInteger();

    NioPoller(boolean gathers) throws IOException {
        this.gathers = gathers;
        selector = Selector.open();
    }

    @Override
    public int await(long nanosMax) {
        if (waiter != Thread.currentThread()) waiter = Thread.currentThread();
        // What a failure has left of a batch is told before the next one.
        if (told < readyCount) return readyCount - told;
        try {
            if (nanosMax <= 0) {
                selector.selectNow();
            } else if (nanosMax == Long.MAX_VALUE) {
                selector.select();
            } else {
                selector.select(Math.max(1, (nanosMax + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI));
            }
        } catch (IOException failure) {
            throw new AssertionError("select", failure);
        }
        looks.incrementAndGet();
        return collect();
    }

    private int collect() {
        Set<SelectionKey> selected = selector.selectedKeys();
        told = 0;
        readyCount = selected.size();
        if (readyCount == 0) return 0;
        if (readyCount > ready.length) ready = new SelectionKey[readyCount * 2];
        ready = selected.toArray(ready);
        selected.clear();
        return readyCount;
    }

    @Override
    public void deliver() {
        while (told < readyCount) {
            tell(ready[told++]);
        }
        Arrays.fill(ready, 0, readyCount, null);
    }

    private static void tell(SelectionKey key) {
        int what = 0;
        try {
            int operations = key.readyOps();
            if ((operations & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT)) != 0) {
                what |= Ready.INPUT;
            }
            if ((operations & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) != 0) {
                what |= Ready.OUTPUT;
            }
            key.interestOpsAnd(~operations);
        } catch (CancelledKeyException closedInThisTurn) {
            return;
        }
        Ready target = (Ready) key.attachment();
        if (target != null) target.onReady(what);
    }

    @Override
    public void wakeUp() {
        selector.wakeup();
    }

    @Override
    public Port listen(SocketAddress address, ListenOptions options, boolean shared)
            throws IOException {
        return NioPort.open(address, options, shared);
    }

    @Override
    public Wire connect(SocketAddress address, SocketOptions options) throws IOException {
        return NioDial.open(address, options);
    }

    @Override
    public void register(Wire wire, Ready target) throws IOException {
        NioWire socket = (NioWire) wire;
        SelectionKey key = socket.channel().register(selector, socket.firstInterest(), target);
        socket.watchedBy(this, key);
    }

    @Override
    public void register(Port port, Ready target) throws IOException {
        NioPort listening = (NioPort) port;
        listening.watchedBy(this);
        if (!listening.channel().isOpen()) return;
        try {
            listening.keyIs(listening.channel().register(selector, SelectionKey.OP_ACCEPT, target));
        } catch (ClosedChannelException closedMeanwhile) {
            // Nobody is waited for any more.
        }
    }

    @Override
    public void deregister(Wire wire) {
        NioWire socket = (NioWire) wire;
        SelectionKey key = socket.key();
        if (key == null) return;
        socket.watchedBy(null, null);
        key.attach(null);
        key.cancel();
        flush();
    }

    @Override
    public void deregister(Port port) {
        SelectionKey key = ((NioPort) port).channel().keyFor(selector);
        if (key != null) key.cancel();
        flush();
    }

    /**
     * Lets the selector forget cancelled keys: until then a channel is neither closed for good nor
     * free to register.
     */
    void flush() {
        try {
            if (selector.isOpen()) selector.selectNow();
        } catch (IOException failure) {
            throw new AssertionError("select", failure);
        }
    }

    /** Whether no other thread than the calling one waits here. */
    boolean isMine() {
        Thread waiting = waiter;
        return waiting == null || waiting == Thread.currentThread() || !waiting.isAlive();
    }

    /**
     * The looks at the selector that have ended, of which each has forgotten the keys cancelled
     * before it. Wraps.
     */
    int looks() {
        return looks.get();
    }

    boolean isOpen() {
        return selector.isOpen();
    }

    boolean gathers() {
        return gathers;
    }

    /** The view of a segment that is received into again and again. */
    ByteBuffer bufferOf(MemorySegment segment) {
        ByteBuffer buffer = lastBuffer;
        if (buffer == null || !segment.equals(lastSegment)) {
            lastSegment = segment;
            lastBuffer = buffer = segment.asByteBuffer();
        }
        return buffer;
    }

    /** The number that the system gave, as far as the exception's text tells. */
    static int errno(IOException failure) {
        String text = String.valueOf(failure.getMessage());
        if (text.contains("Too many open files")) return Errno.EMFILE;
        if (text.contains("refused")) return Errno.ECONNREFUSED;
        if (text.contains("Network is unreachable")) return Errno.ENETUNREACH;
        if (text.contains("No route to host")) return Errno.EHOSTUNREACH;
        if (text.contains("timed out")) return Errno.ETIMEDOUT;
        if (text.contains("reset")) return Errno.ECONNRESET;
        if (text.contains("Broken pipe")) return Errno.EPIPE;
        return Errno.EIO;
    }

    @Override
    public long threadCpuNanos() {
        return ThreadCpu.nanos();
    }

    @Override
    public void endTargets() {
        for (SelectionKey key : selector.keys().toArray(new SelectionKey[0])) {
            Ready target = (Ready) key.attachment();
            if (target != null && key.isValid()) target.onPollerEnd();
        }
    }

    @Override
    public void close() {
        flush();
        try {
            selector.close();
        } catch (IOException failure) {
            throw new AssertionError("selector", failure);
        }
    }
}
