package io.gyrfalcon.eventloop.poll;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.SocketOptions;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;

/**
 * A listening socket of an {@link EpollPoller}. Any thread closes it, the loop accepts; its monitor
 * keeps them apart, so that no call reaches a descriptor that was closed and given out again.
 */
final class EpollPort implements Port {
    private static final int STREAM = Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC;
    private static final int SHED_MAX = 256;
    private static final int CLOSED = -1;

    /** Set by the loop that watches this port. */
    @Nullable EpollPoller poller;

    int slot = EpollWire.NO_SLOT;
    private final Syscalls system;
    private final SocketAddress address;
    private final @Nullable UnixPath path;
    private int fd;
    private int reserve;
    private int code = -Errno.EAGAIN;

    private EpollPort(
            Syscalls system, int fd, SocketAddress address, @Nullable UnixPath path, int reserve) {
        this.system = system;
        this.fd = fd;
        this.address = address;
        this.path = path;
        this.reserve = reserve;
    }

    static EpollPort open(
            Syscalls system, SocketAddress address, ListenOptions options, boolean shared)
            throws IOException {
        if (address instanceof UnixDomainSocketAddress unix) {
            UnixPath path = UnixPath.claim(unix);
            int fd = bind(system, Linux.AF_UNIX, unix, options, false);
            if (fd < 0) throw refused(address, -fd);
            path.bound();
            return new EpollPort(system, fd, unix, path, reserve(system));
        }
        InetSocketAddress inet = (InetSocketAddress) address;
        InetAddress ip = inet.getAddress();
        if (ip == null) throw new UnknownHostException(inet.getHostString());
        int fd = bindInet(system, inet, ip, options, shared);
        if (fd < 0) throw refused(address, -fd);
        SocketAddress bound = EpollPoller.address(system, EpollPoller.newScratch(), fd, false);
        return new EpollPort(system, fd, bound, null, reserve(system));
    }

    private static int bindInet(
            Syscalls system,
            InetSocketAddress address,
            InetAddress ip,
            ListenOptions options,
            boolean shared)
            throws IOException {
        if (ip instanceof Inet6Address) {
            return bind(system, Linux.AF_INET6, address, options, shared);
        }
        if (ip.isAnyLocalAddress()
                && options.dualStack()
                && !Boolean.getBoolean("java.net.preferIPv4Stack")) {
            int fd = bind(system, Linux.AF_INET6, address, options, shared);
            if (fd != -Errno.EAFNOSUPPORT && fd != -Errno.EADDRNOTAVAIL) return fd;
        }
        return bind(system, Linux.AF_INET, address, options, shared);
    }

    private static BindException refused(SocketAddress address, int errno) {
        return new BindException(address + ": " + Errno.text(errno));
    }

    private static int reserve(Syscalls system) {
        return system.eventfd(Linux.EFD_CLOEXEC);
    }

    /** A bound and listening descriptor, or a negated error number. */
    private static int bind(
            Syscalls system,
            int family,
            SocketAddress address,
            ListenOptions options,
            boolean shared)
            throws IOException {
        MemorySegment place = Arena.ofAuto().allocate(SocketAddresses.BYTES_MAX, 16);
        int length = SocketAddresses.write(place, address, family);
        int fd = system.socket(family, STREAM, 0);
        if (fd < 0) return fd;
        if (family != Linux.AF_UNIX) setInetOptions(system, fd, family, options, shared);
        setBuffers(system, fd, options.socket());
        int result = system.bind(fd, place.address(), length);
        if (result == 0) result = system.listen(fd, options.backlog());
        if (result == 0) return fd;
        system.close(fd);
        return result;
    }

    /** Connections inherit what is set here. */
    private static void setInetOptions(
            Syscalls system, int fd, int family, ListenOptions options, boolean shared) {
        set(system, fd, Linux.SOL_SOCKET, Linux.SO_REUSEADDR, 1);
        if (shared) set(system, fd, Linux.SOL_SOCKET, Linux.SO_REUSEPORT, 1);
        if (family == Linux.AF_INET6) {
            set(system, fd, Linux.IPPROTO_IPV6, Linux.IPV6_V6ONLY, options.dualStack() ? 0 : 1);
        }
        if (options.socket().noDelay()) {
            set(system, fd, Linux.IPPROTO_TCP, Linux.TCP_NODELAY, 1);
        }
    }

    private static void setBuffers(Syscalls system, int fd, SocketOptions options) {
        if (options.sendBufferBytes() > 0) {
            set(system, fd, Linux.SOL_SOCKET, Linux.SO_SNDBUF, options.sendBufferBytes());
        }
        if (options.receiveBufferBytes() > 0) {
            set(system, fd, Linux.SOL_SOCKET, Linux.SO_RCVBUF, options.receiveBufferBytes());
        }
    }

    private static void set(Syscalls system, int fd, int level, int option, int value) {
        MemorySegment place = Arena.ofAuto().allocate(ValueLayout.JAVA_INT);
        place.set(ValueLayout.JAVA_INT, 0, value);
        int result = system.setsockopt(fd, level, option, place.address(), Integer.BYTES);
        assert result == 0 : Errno.text(-result);
    }

    synchronized int fd() {
        return fd;
    }

    synchronized boolean isClosed() {
        return fd == CLOSED;
    }

    @Override
    public synchronized @Nullable Wire accept() {
        EpollPoller watching = poller;
        if (fd == CLOSED || watching == null) {
            code = -Errno.EAGAIN;
            return null;
        }
        int accepted = watching.system().accept4(fd, Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC);
        if (accepted >= 0) return new EpollWire(watching, accepted, path == null);
        code = accepted;
        return null;
    }

    @Override
    public int code() {
        return code;
    }

    @Override
    public synchronized int shed() {
        if (fd == CLOSED) return 0;
        if (reserve >= 0) system.close(reserve);
        int count = 0;
        while (count < SHED_MAX) {
            int accepted = system.accept4(fd, Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC);
            if (accepted < 0) break;
            system.close(accepted);
            count++;
        }
        reserve = reserve(system);
        return count;
    }

    @Override
    public SocketAddress address() {
        return address;
    }

    @Override
    public synchronized void close() {
        if (fd == CLOSED) return;
        if (path != null) path.remove();
        system.close(fd);
        fd = CLOSED;
        if (reserve >= 0) system.close(reserve);
    }
}
