package io.gyrfalcon.eventloop.poll;

import io.gyrfalcon.eventloop.ListenOptions;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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
    static final int STREAM = Linux.SOCK_STREAM | Linux.SOCK_NONBLOCK | Linux.SOCK_CLOEXEC;
    private static final int SHED_MAX = 256;
    private static final int CLOSED = -1;

    /** Set by the loop that watches this port. */
    @Nullable EpollPoller poller;

    int slot = EpollWire.NO_SLOT;
    private final Syscalls system;
    private final SocketAddress address;
    private final @Nullable UnixPath path;
    private final EpollOptions options;
    private int fd;
    private int reserve;
    private int code = -Errno.EAGAIN;

    private EpollPort(
            Syscalls system,
            int fd,
            SocketAddress address,
            @Nullable UnixPath path,
            EpollOptions options) {
        this.system = system;
        this.fd = fd;
        this.address = address;
        this.path = path;
        this.options = options;
        this.reserve = reserve(system);
    }

    static EpollPort open(
            Syscalls system, SocketAddress address, ListenOptions options, boolean shared)
            throws IOException {
        EpollOptions set = new EpollOptions(system, options);
        if (address instanceof UnixDomainSocketAddress unix) {
            UnixPath path = UnixPath.claim(unix);
            int fd = bind(system, Linux.AF_UNIX, unix, options.backlog(), set, false);
            if (fd < 0) throw refused(address, -fd);
            path.bound();
            return new EpollPort(system, fd, unix, path, set);
        }
        InetSocketAddress inet = (InetSocketAddress) address;
        InetAddress ip = inet.getAddress();
        if (ip == null) throw new UnknownHostException(inet.getHostString());
        int fd = bindInet(system, inet, ip, options, set, shared);
        if (fd < 0) throw refused(address, -fd);
        SocketAddress bound = EpollPoller.address(system, EpollPoller.newScratch(), fd, false);
        return new EpollPort(system, fd, bound, null, set);
    }

    private static int bindInet(
            Syscalls system,
            InetSocketAddress address,
            InetAddress ip,
            ListenOptions options,
            EpollOptions set,
            boolean shared)
            throws IOException {
        int backlog = options.backlog();
        if (ip instanceof Inet6Address) {
            return bind(system, Linux.AF_INET6, address, backlog, set, shared);
        }
        if (ip.isAnyLocalAddress()
                && options.dualStack()
                && !Boolean.getBoolean("java.net.preferIPv4Stack")) {
            int fd = bind(system, Linux.AF_INET6, address, backlog, set, shared);
            if (fd != -Errno.EAFNOSUPPORT && fd != -Errno.EADDRNOTAVAIL) return fd;
        }
        return bind(system, Linux.AF_INET, address, backlog, set, shared);
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
            int backlog,
            EpollOptions options,
            boolean shared)
            throws IOException {
        MemorySegment place = Arena.ofAuto().allocate(SocketAddresses.BYTES_MAX, 16);
        int length = SocketAddresses.write(place, address, family);
        int fd = system.socket(family, STREAM, 0);
        if (fd < 0) return fd;
        options.setBeforeBind(fd, family, shared);
        int result = system.bind(fd, place.address(), length);
        if (result == 0) result = system.listen(fd, backlog);
        if (result == 0) return fd;
        system.close(fd);
        return result;
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
        if (accepted < 0) {
            code = accepted;
            return null;
        }
        options.setAfterAccept(accepted);
        return new EpollWire(watching, accepted, path == null, options.acksQuickly());
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
