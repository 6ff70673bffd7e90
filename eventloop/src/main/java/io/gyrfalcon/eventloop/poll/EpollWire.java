package io.gyrfalcon.eventloop.poll;

import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.SlabChain;

import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;

/** One connected socket of an {@link EpollPoller}. Loop-owned. */
@LoopOwned
@HotPath
final class EpollWire implements Wire {
    static final int NO_SLOT = -1;
    private static final int CLOSED = -1;

    /**
     * Whose system calls it uses: the poller it is registered with, before that the one that
     * accepted or connects it.
     */
    EpollPoller poller;

    int slot = NO_SLOT;
    private int fd;
    private final boolean isTcp;
    private final boolean acksQuickly;

    EpollWire(EpollPoller poller, int fd, boolean isTcp, boolean acksQuickly) {
        this.poller = poller;
        this.fd = fd;
        this.isTcp = isTcp;
        this.acksQuickly = acksQuickly;
    }

    int fd() {
        return fd;
    }

    @Override
    public int finishConnect() {
        return -poller.error(fd);
    }

    @Override
    public int receive(MemorySegment target, int capacity) {
        int n = poller.system().recv(fd, target.address(), capacity);
        if (acksQuickly && n > 0 && n < capacity) poller.ackQuickly(fd);
        return n;
    }

    /**
     * On TCP a read ends early only at the end of what has arrived. On a unix-domain socket it may
     * also end where the sender passed descriptors along, so there nothing follows from it.
     */
    @Override
    public boolean isDrainedByShortRead() {
        return isTcp;
    }

    @Override
    public long send(SlabChain source) {
        final EpollPoller poller = this.poller;
        long sent = 0;
        while (!source.isEmpty()) {
            boolean gathered = poller.gathers() && source.runs() > 1;
            int n = gathered ? poller.sendGathered(fd, source) : sendHead(poller, source);
            if (n < 0) return n == -Errno.EAGAIN ? sent : n;
            boolean isFull = n < (gathered ? poller.gatheredBytes() : source.headBytes());
            source.consume(n);
            sent += n;
            if (isFull) break;
        }
        return sent;
    }

    private int sendHead(EpollPoller poller, SlabChain source) {
        long address = source.head().address() + source.headOffset();
        return poller.system().send(fd, address, source.headBytes(), Linux.MSG_NOSIGNAL);
    }

    @Override
    public void shutdownOutput() {
        poller.system().shutdown(fd, Linux.SHUT_WR);
    }

    @Override
    public int error() {
        return poller.error(fd);
    }

    @Override
    public int incomingCpu() {
        return isTcp ? poller.option(fd, Linux.SO_INCOMING_CPU) : -1;
    }

    @Override
    public void close() {
        if (fd == CLOSED) return;
        int closing = fd;
        fd = CLOSED;
        poller.forget(this);
        poller.system().close(closing);
    }

    @Override
    public SocketAddress localAddress() {
        return fd == CLOSED ? SocketAddresses.NONE : poller.address(fd, false);
    }

    @Override
    public SocketAddress remoteAddress() {
        return fd == CLOSED ? SocketAddresses.NONE : poller.address(fd, true);
    }
}
