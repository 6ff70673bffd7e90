package io.gyrfalcon.eventloop.poll;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.SocketOptions;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A listening socket of a {@link NioPoller}. Any thread closes it, the loop accepts. */
final class NioPort implements Port {
    private static final int SHED_MAX = 256;
    private static final int RELEASE_TRIES = 5_000;
    private static final String NOT_IN_NIO = "NIO cannot set it";

    private final ServerSocketChannel channel;
    private final SocketAddress address;
    private final SocketOptions options;
    private final @Nullable UnixPath path;
    private final boolean acksQuickly;
    private volatile @Nullable NioPoller poller;
    private volatile @Nullable SelectionKey key;
    private @Nullable SocketChannel reserve;
    private int code = -Errno.EAGAIN;

    private NioPort(
            ServerSocketChannel channel,
            SocketAddress address,
            SocketOptions options,
            @Nullable UnixPath path) {
        this.channel = channel;
        this.address = address;
        this.options = options;
        this.path = path;
        this.acksQuickly = path == null && options.quickAck() && NioWire.canAckQuickly();
        this.reserve = newReserve();
    }

    static NioPort open(SocketAddress address, ListenOptions options, boolean shared)
            throws IOException {
        UnixPath path =
                address instanceof UnixDomainSocketAddress unix ? UnixPath.claim(unix) : null;
        ServerSocketChannel channel = channelFor(address, options);
        try {
            channel.configureBlocking(false);
            if (path == null) channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            if (shared) channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            int receiveBytes = options.socket().receiveBufferBytes();
            if (receiveBytes > 0) channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBytes);
            if (path == null) tellWhatJavaCannotSet(options);
            channel.bind(address, options.backlog());
            if (path != null) path.bound();
            return new NioPort(channel, channel.getLocalAddress(), options.socket(), path);
        } catch (IOException failure) {
            channel.close();
            throw named(address, failure);
        }
    }

    static void tellWhatJavaCannotSet(ListenOptions options) {
        SocketOptions socket = options.socket();
        Refusals refusals = new Refusals();
        tell(refusals, "TCP_USER_TIMEOUT", socket.userTimeoutMillis());
        tell(refusals, "SO_PRIORITY", socket.priority());
        tell(refusals, "SO_BUSY_POLL", socket.busyPollMicros());
        tell(refusals, "TCP_NOTSENT_LOWAT", socket.notSentLowatBytes());
        tell(refusals, "TCP_DEFER_ACCEPT", options.deferAcceptSeconds());
        tell(refusals, "TCP_FASTOPEN", options.fastOpenMax());
        int cpu = options.incomingCpu();
        if (cpu != ListenOptions.ANY_CPU) refusals.add("SO_INCOMING_CPU", cpu, NOT_IN_NIO);
        if (socket.quickAck() && !NioWire.canAckQuickly()) {
            refusals.add("TCP_QUICKACK", 1, NOT_IN_NIO);
        }
        refusals.tell();
    }

    private static void tell(Refusals refusals, String option, int value) {
        if (value > 0) refusals.add(option, value, NOT_IN_NIO);
    }

    private static IOException named(SocketAddress address, IOException failure) {
        BindException named = new BindException(address + ": " + failure.getMessage());
        named.initCause(failure);
        return named;
    }

    private static ServerSocketChannel channelFor(SocketAddress address, ListenOptions options)
            throws IOException {
        if (address instanceof UnixDomainSocketAddress) {
            return ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        }
        InetSocketAddress inet = (InetSocketAddress) address;
        InetAddress ip = inet.getAddress();
        if (ip == null) throw new UnknownHostException(inet.getHostString());
        if (ip.isAnyLocalAddress() && options.dualStack()) return ServerSocketChannel.open();
        return ServerSocketChannel.open(
                ip instanceof Inet6Address
                        ? StandardProtocolFamily.INET6
                        : StandardProtocolFamily.INET);
    }

    private static @Nullable SocketChannel newReserve() {
        try {
            return SocketChannel.open();
        } catch (IOException exhausted) {
            return null;
        }
    }

    /** Told before the selector hears of it: who closes from now on waits for the selector. */
    void watchedBy(NioPoller watching) {
        poller = watching;
    }

    void keyIs(SelectionKey watched) {
        key = watched;
    }

    ServerSocketChannel channel() {
        return channel;
    }

    @Override
    public @Nullable Wire accept() {
        try {
            SocketChannel accepted = channel.accept();
            if (accepted != null) return wire(accepted);
            code = -Errno.EAGAIN;
            rearm();
        } catch (IOException failure) {
            code = channel.isOpen() ? -NioPoller.errno(failure) : -Errno.EAGAIN;
        }
        return null;
    }

    private void rearm() {
        SelectionKey watched = key;
        if (watched == null) return;
        try {
            watched.interestOpsOr(SelectionKey.OP_ACCEPT);
        } catch (CancelledKeyException closed) {
            // Nobody will come any more.
        }
    }

    private NioWire wire(SocketChannel accepted) throws IOException {
        try {
            accepted.configureBlocking(false);
            if (path == null && options.noDelay()) {
                accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            int sendBytes = options.sendBufferBytes();
            if (sendBytes > 0) accepted.setOption(StandardSocketOptions.SO_SNDBUF, sendBytes);
        } catch (IOException goneAlready) {
            // The first read will say so.
        }
        NioWire wire = new NioWire(accepted, path == null, acksQuickly);
        wire.ackQuickly();
        return wire;
    }

    @Override
    public int code() {
        return code;
    }

    @Override
    public int shed() {
        int count = 0;
        try {
            SocketChannel held = reserve;
            if (held != null) held.close();
            for (; count < SHED_MAX; count++) {
                SocketChannel accepted = channel.accept();
                if (accepted == null) break;
                accepted.close();
            }
        } catch (IOException stillExhausted) {
            // Then nobody more is turned away now.
        }
        reserve = newReserve();
        return count;
    }

    @Override
    public SocketAddress address() {
        return address;
    }

    @Override
    public void close() {
        if (!channel.isOpen()) return;
        if (path != null) path.remove();
        try {
            channel.close();
            SocketChannel held = reserve;
            if (held != null) held.close();
        } catch (IOException failure) {
            // It is closed all the same.
        }
        awaitRelease();
    }

    /**
     * A registered channel lets go of its address only when its selector has looked: within that
     * look, but after it has ceased to be registered. So a whole look that began later is awaited.
     */
    private void awaitRelease() {
        NioPoller watching = poller;
        if (watching == null) return;
        if (watching.isMine()) {
            watching.flush();
            return;
        }
        int looks = watching.looks();
        boolean interrupted = Thread.interrupted();
        for (int i = 0; i < RELEASE_TRIES && watching.isOpen(); i++) {
            if (watching.looks() - looks >= 2) break;
            watching.wakeUp();
            try {
                Thread.sleep(1);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
