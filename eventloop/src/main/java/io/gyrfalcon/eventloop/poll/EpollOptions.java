package io.gyrfalcon.eventloop.poll;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.SocketOptions;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Sets the options of a listening socket and of those it accepts, or of one that connects. Owned by
 * its {@link EpollPort}, or used once.
 */
final class EpollOptions {
    /*
     * Accepted sockets inherit nearly everything from the listening one. Two they do not: the
     * priority starts at 0 again, and quick acknowledgement is a state of the conversation. The
     * priority is set on the listening socket all the same: a refusal is known from then on.
     */
    private final Syscalls system;
    private final ListenOptions options;
    private final MemorySegment value = Arena.ofAuto().allocate(ValueLayout.JAVA_INT);
    private final Refusals refusals = new Refusals();
    private boolean givesPriority;
    private boolean acksQuickly;

    EpollOptions(Syscalls system, ListenOptions options) {
        this.system = system;
        this.options = options;
    }

    /** For a socket that connects. */
    EpollOptions(Syscalls system, SocketOptions options) {
        this(system, ListenOptions.defaults().withSocket(options));
    }

    /** Sets what has to be set before connecting. */
    void setBeforeConnect(int fd, int family) {
        setBuffers(fd);
        if (family != Linux.AF_UNIX) setConnected(fd, options.socket());
        refusals.tell();
    }

    /** Sets what has to be set before binding. */
    void setBeforeBind(int fd, int family, boolean shared) {
        setBuffers(fd);
        if (family != Linux.AF_UNIX) setInet(fd, family, shared);
        refusals.tell();
    }

    private void setBuffers(int fd) {
        SocketOptions socket = options.socket();
        wish(fd, Linux.SOL_SOCKET, Linux.SO_SNDBUF, "SO_SNDBUF", socket.sendBufferBytes());
        wish(fd, Linux.SOL_SOCKET, Linux.SO_RCVBUF, "SO_RCVBUF", socket.receiveBufferBytes());
    }

    private void setInet(int fd, int family, boolean shared) {
        set(fd, Linux.SOL_SOCKET, Linux.SO_REUSEADDR, "SO_REUSEADDR", 1);
        if (shared) set(fd, Linux.SOL_SOCKET, Linux.SO_REUSEPORT, "SO_REUSEPORT", 1);
        if (family == Linux.AF_INET6) {
            int alone = options.dualStack() ? 0 : 1;
            set(fd, Linux.IPPROTO_IPV6, Linux.IPV6_V6ONLY, "IPV6_V6ONLY", alone);
        }
        if (options.incomingCpu() != ListenOptions.ANY_CPU) {
            int cpu = options.incomingCpu();
            set(fd, Linux.SOL_SOCKET, Linux.SO_INCOMING_CPU, "SO_INCOMING_CPU", cpu);
        }
        int seconds = options.deferAcceptSeconds();
        wish(fd, Linux.IPPROTO_TCP, Linux.TCP_DEFER_ACCEPT, "TCP_DEFER_ACCEPT", seconds);
        wish(fd, Linux.IPPROTO_TCP, Linux.TCP_FASTOPEN, "TCP_FASTOPEN", options.fastOpenMax());
        setConnected(fd, options.socket());
    }

    private void setConnected(int fd, SocketOptions socket) {
        if (socket.noDelay()) set(fd, Linux.IPPROTO_TCP, Linux.TCP_NODELAY, "TCP_NODELAY", 1);
        int millis = socket.userTimeoutMillis();
        wish(fd, Linux.IPPROTO_TCP, Linux.TCP_USER_TIMEOUT, "TCP_USER_TIMEOUT", millis);
        int bytes = socket.notSentLowatBytes();
        wish(fd, Linux.IPPROTO_TCP, Linux.TCP_NOTSENT_LOWAT, "TCP_NOTSENT_LOWAT", bytes);
        int micros = socket.busyPollMicros();
        wish(fd, Linux.SOL_SOCKET, Linux.SO_BUSY_POLL, "SO_BUSY_POLL", micros);
        int level = socket.priority();
        givesPriority = wish(fd, Linux.SOL_SOCKET, Linux.SO_PRIORITY, "SO_PRIORITY", level);
        acksQuickly = socket.quickAck();
    }

    /** Sets what an accepted socket does not inherit. */
    void setAfterAccept(int fd) {
        if (givesPriority) {
            set(fd, Linux.SOL_SOCKET, Linux.SO_PRIORITY, options.socket().priority());
        }
        if (acksQuickly) set(fd, Linux.IPPROTO_TCP, Linux.TCP_QUICKACK, 1);
    }

    boolean acksQuickly() {
        return acksQuickly;
    }

    /** Sets an option unless it is 0; false when it is, or was refused. */
    private boolean wish(int fd, int level, int option, String name, int wanted) {
        return wanted > 0 && set(fd, level, option, name, wanted);
    }

    private boolean set(int fd, int level, int option, String name, int wanted) {
        int result = set(fd, level, option, wanted);
        if (result < 0) refusals.add(name, wanted, Errno.text(-result));
        return result == 0;
    }

    private int set(int fd, int level, int option, int wanted) {
        value.set(ValueLayout.JAVA_INT, 0, wanted);
        return system.setsockopt(fd, level, option, value.address(), Integer.BYTES);
    }
}
