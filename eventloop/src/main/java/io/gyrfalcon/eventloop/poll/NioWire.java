package io.gyrfalcon.eventloop.poll;

import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.SlabChain;

import jdk.net.ExtendedSocketOptions;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** One connected socket of a {@link NioPoller}. Loop-owned. */
@LoopOwned
final class NioWire implements Wire {
    private static final int BUFFERS_MAX = 16;

    private final SocketChannel channel;
    private final boolean isTcp;
    private final boolean acksQuickly;
    private @Nullable NioPoller poller;
    private @Nullable SelectionKey key;
    private boolean isConnecting;
    private int failure;

    /** A wire that was accepted. */
    NioWire(SocketChannel channel, boolean isTcp, boolean acksQuickly) {
        this(channel, isTcp, acksQuickly, false);
    }

    /** A wire that was accepted, or one that connects. */
    NioWire(SocketChannel channel, boolean isTcp, boolean acksQuickly, boolean isConnecting) {
        this.channel = channel;
        this.isTcp = isTcp;
        this.acksQuickly = acksQuickly;
        this.isConnecting = isConnecting;
    }

    /** Whether this JDK has TCP_QUICKACK on this system. */
    static boolean canAckQuickly() {
        try (SocketChannel any = SocketChannel.open()) {
            return any.supportedOptions().contains(ExtendedSocketOptions.TCP_QUICKACK);
        } catch (IOException | LinkageError absent) {
            return false;
        }
    }

    /** Acknowledges what has arrived, and what will until the next answer leaves. */
    void ackQuickly() {
        if (!acksQuickly) return;
        try {
            channel.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
        } catch (IOException e) {
            // The next read tells what is wrong with it.
        }
    }

    /** What a selector looks for first: how a connecting went is told, also if it is done. */
    int firstInterest() {
        if (channel.isConnectionPending()) return SelectionKey.OP_CONNECT;
        return SelectionKey.OP_READ | (isConnecting ? SelectionKey.OP_WRITE : 0);
    }

    @Override
    public int finishConnect() {
        try {
            if (!channel.finishConnect()) {
                interest(SelectionKey.OP_CONNECT);
                return NOTHING;
            }
        } catch (IOException e) {
            return -failed(e);
        }
        isConnecting = false;
        ackQuickly();
        interest(SelectionKey.OP_READ);
        return 0;
    }

    SocketChannel channel() {
        return channel;
    }

    @Nullable SelectionKey key() {
        return key;
    }

    void watchedBy(@Nullable NioPoller watching, @Nullable SelectionKey watched) {
        poller = watching;
        key = watched;
    }

    @Override
    public int receive(MemorySegment target, int capacity) {
        if (failure != 0) return -failure;
        int n;
        try {
            n = channel.read(buffer(target, capacity));
        } catch (IOException e) {
            return -failed(e);
        }
        if (n < 0) return 0;
        if (n < capacity) interest(SelectionKey.OP_READ);
        if (n > 0 && n < capacity) ackQuickly();
        return n == 0 ? NOTHING : n;
    }

    private ByteBuffer buffer(MemorySegment target, int capacity) {
        final NioPoller watching = poller;
        if (watching == null) return target.asByteBuffer().limit(capacity);
        return watching.bufferOf(target).clear().limit(capacity);
    }

    @Override
    public boolean isDrainedByShortRead() {
        return isTcp;
    }

    @Override
    public long send(SlabChain source) {
        if (failure != 0) return -failure;
        long sent = 0;
        try {
            while (!source.isEmpty()) {
                long offered = source.headBytes();
                long n;
                if (source.runs() > 1 && poller != null && poller.gathers()) {
                    ByteBuffer[] buffers = buffers(source);
                    offered = 0;
                    for (ByteBuffer buffer : buffers) offered += buffer.remaining();
                    n = channel.write(buffers);
                } else {
                    n = channel.write(run(source, 0));
                }
                source.consume(n);
                sent += n;
                if (n < offered) {
                    interest(SelectionKey.OP_WRITE);
                    break;
                }
            }
        } catch (IOException e) {
            return -failed(e);
        }
        return sent;
    }

    private static ByteBuffer[] buffers(SlabChain source) {
        ByteBuffer[] buffers = new ByteBuffer[Math.min(BUFFERS_MAX, source.runs())];
        for (int i = 0; i < buffers.length; i++) buffers[i] = run(source, i);
        return buffers;
    }

    private static ByteBuffer run(SlabChain source, int i) {
        return source.run(i).asSlice(source.runOffset(i), source.runBytes(i)).asByteBuffer();
    }

    private void interest(int operation) {
        SelectionKey watched = key;
        if (watched == null) return;
        try {
            watched.interestOpsOr(operation);
        } catch (CancelledKeyException closed) {
            // Nothing will be reported any more, as it should be.
        }
    }

    private int failed(IOException e) {
        failure = NioPoller.errno(e);
        return failure;
    }

    @Override
    public void shutdownOutput() {
        try {
            channel.shutdownOutput();
        } catch (IOException e) {
            // The peer was faster; the next read tells.
        }
    }

    @Override
    public int error() {
        return failure;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }

    @Override
    public SocketAddress localAddress() {
        try {
            return orNone(channel.getLocalAddress());
        } catch (IOException e) {
            return SocketAddresses.NONE;
        }
    }

    @Override
    public SocketAddress remoteAddress() {
        try {
            return orNone(channel.getRemoteAddress());
        } catch (IOException e) {
            return SocketAddresses.NONE;
        }
    }

    private static SocketAddress orNone(@Nullable SocketAddress address) {
        return address == null ? SocketAddresses.NONE : address;
    }
}
