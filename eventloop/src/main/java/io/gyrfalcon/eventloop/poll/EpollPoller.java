package io.gyrfalcon.eventloop.poll;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.SocketOptions;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.SlabChain;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** A poller on Linux's epoll. Loop-owned, but for {@link #wakeUp} and {@link #listen}. */
@LoopOwned
@HotPath
final class EpollPoller implements Poller {
    /*
     * Edges
     *
     * Every socket is added once, edge-triggered, for input, output and the peer's end: no further
     * epoll_ctl in its life. The kernel reports all conditions that hold whenever one of them has
     * changed.
     *
     * Slots
     *
     * What is registered stands in a slot; an event carries the slot and the slot's generation.
     * Taking something out raises the generation, so an event that was fetched earlier in the same
     * batch finds nobody.
     *
     * Wake-up
     *
     * An eventfd, edge-triggered too. Each write is a new edge whether or not the counter was read,
     * so nobody reads it; it would take 2^64 writes to fill it.
     */
    private static final int EVENTS_MAX = 256;
    private static final int SOCKET_EVENTS =
            Linux.EPOLLIN | Linux.EPOLLOUT | Linux.EPOLLRDHUP | Linux.EPOLLET;
    private static final int PORT_EVENTS = Linux.EPOLLIN | Linux.EPOLLET;
    private static final long WAKE_UP_DATA = -1;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /** Above this, milliseconds are precise enough. */
    private static final long FINE_NANOS_MAX = 10 * NANOS_PER_MILLI;

    private static final int IOVECS_MAX = 64;
    private static final int IOVEC_BYTES = 16;

    /*
     * struct msghdr   0      8         16     24       32        40            48     56
     *                 | name | namelen | iov  | iovlen | control | controllen  | flags |
     */
    private static final int MSGHDR_BYTES = 56;
    private static final int MSGHDR_IOV_OFFSET = 16;
    private static final int MSGHDR_IOVLEN_OFFSET = 24;
    private static final int LENGTH_OFFSET = SocketAddresses.BYTES_MAX;

    private final Syscalls system;
    private final boolean gathers;
    private final boolean waitsNanos;
    private final int epoll;
    private final int wakeUp;
    private final EpollEvents events = new EpollEvents(EVENTS_MAX);
    private final EpollEvents change = new EpollEvents(1);
    private final MemorySegment timeout = Arena.ofAuto().allocate(16, 8);
    private final MemorySegment one = Arena.ofAuto().allocate(8, 8);
    private @Nullable MemorySegment iovecs;
    private @Nullable MemorySegment header;
    private @Nullable MemorySegment scratch;
    private long gatheredBytes;

    private @Nullable Ready[] targets = new Ready[64];
    private int[] generations = new int[64];
    private int[] free = new int[64];
    private int freeCount;
    private int slotsUsed;
    private int fetched;
    private int told;

    // written by any thread
    private final AtomicInteger wakers = new AtomicInteger();
    private volatile boolean isClosed;

    EpollPoller(Syscalls system, boolean gathers) throws IOException {
        this.system = system;
        this.gathers = gathers;
        this.waitsNanos = system.hasEpollWaitNanos();
        one.set(ValueLayout.JAVA_LONG, 0, 1);
        epoll = checked(system.epollCreate(Linux.EPOLL_CLOEXEC), "epoll_create1");
        int event = system.eventfd(Linux.EFD_NONBLOCK | Linux.EFD_CLOEXEC);
        if (event >= 0) {
            change.set(0, PORT_EVENTS, WAKE_UP_DATA);
            int added = system.epollControl(epoll, Linux.EPOLL_CTL_ADD, event, change.address());
            if (added < 0) {
                system.close(event);
                event = added;
            }
        }
        if (event < 0) system.close(epoll);
        wakeUp = checked(event, "eventfd");
    }

    private static int checked(int result, String call) throws IOException {
        if (result < 0) throw new IOException(call + ": " + Errno.text(-result));
        return result;
    }

    @Override
    public int await(long nanosMax) {
        // An edge comes once: what a failure has left of a batch is told before the next one.
        if (told < fetched) return fetched - told;
        told = 0;
        int count = waitFor(nanosMax);
        fetched = Math.max(count, 0);
        assert count >= 0 || count == -Errno.EINTR : Errno.text(-count);
        return fetched;
    }

    private int waitFor(long nanosMax) {
        if (nanosMax <= 0) return waitMillis(0);
        if (nanosMax == Long.MAX_VALUE) return waitMillis(-1);
        if (waitsNanos && nanosMax < FINE_NANOS_MAX) return waitNanos(nanosMax);
        long millis = (nanosMax + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
        return waitMillis((int) Math.min(millis, Integer.MAX_VALUE));
    }

    private int waitMillis(int millis) {
        return system.epollWait(epoll, events.address(), EVENTS_MAX, millis);
    }

    private int waitNanos(long nanos) {
        timeout.set(ValueLayout.JAVA_LONG, 0, nanos / NANOS_PER_SECOND);
        timeout.set(ValueLayout.JAVA_LONG, 8, nanos % NANOS_PER_SECOND);
        int count = system.epollWaitNanos(epoll, events.address(), EVENTS_MAX, timeout.address());
        if (count == -Errno.ENOSYS) return waitMillis((int) (nanos / NANOS_PER_MILLI) + 1);
        return count;
    }

    @Override
    public void deliver() {
        final EpollEvents events = this.events;
        while (told < fetched) {
            final int i = told++;
            long data = events.data(i);
            if (data == WAKE_UP_DATA) continue;
            int slot = (int) data;
            if (generations[slot] != (int) (data >>> 32)) continue;
            Ready target = targets[slot];
            if (target != null) target.onReady(what(events.events(i)));
        }
    }

    private static int what(int events) {
        int what = 0;
        if ((events & Linux.EPOLLIN) != 0) what |= Ready.INPUT;
        if ((events & Linux.EPOLLOUT) != 0) what |= Ready.OUTPUT;
        if ((events & Linux.EPOLLRDHUP) != 0) what |= Ready.INPUT_END;
        if ((events & Linux.EPOLLHUP) != 0) what |= Ready.HANG_UP;
        if ((events & Linux.EPOLLERR) != 0) what |= Ready.BROKEN;
        return what;
    }

    @Override
    public void wakeUp() {
        wakers.getAndIncrement();
        if (!isClosed) system.write(wakeUp, one.address(), 8);
        wakers.getAndDecrement();
    }

    @Override
    public Port listen(SocketAddress address, ListenOptions options, boolean shared)
            throws IOException {
        return EpollPort.open(new LibC(), address, options, shared);
    }

    @Override
    public Wire connect(SocketAddress address, SocketOptions options) throws IOException {
        int family = SocketAddresses.familyOf(address);
        MemorySegment place = scratch();
        int length = SocketAddresses.write(place, address, family);
        int fd = system.socket(family, EpollPort.STREAM, 0);
        if (fd < 0) throw refused(address, -fd);
        EpollOptions wanted = new EpollOptions(system, options);
        wanted.setBeforeConnect(fd, family);
        int result = system.connect(fd, place.address(), length);
        if (result < 0 && result != -Errno.EINPROGRESS) {
            system.close(fd);
            throw refused(address, -result);
        }
        return new EpollWire(this, fd, family != Linux.AF_UNIX, wanted.acksQuickly());
    }

    private static ConnectException refused(SocketAddress address, int errno) {
        return new ConnectException(address + ": " + Errno.text(errno));
    }

    @Override
    public void register(Wire wire, Ready target) throws IOException {
        EpollWire socket = (EpollWire) wire;
        socket.poller = this;
        socket.slot = add(socket.fd(), SOCKET_EVENTS, target);
    }

    @Override
    public void register(Port port, Ready target) throws IOException {
        EpollPort listening = (EpollPort) port;
        synchronized (listening) {
            if (listening.isClosed()) return;
            listening.poller = this;
            listening.slot = add(listening.fd(), PORT_EVENTS, target);
        }
    }

    private int add(int fd, int interest, Ready target) throws IOException {
        int slot = freeCount > 0 ? free[--freeCount] : newSlot();
        change.set(0, interest, ((long) generations[slot] << 32) | slot);
        int result = system.epollControl(epoll, Linux.EPOLL_CTL_ADD, fd, change.address());
        if (result < 0) {
            free[freeCount++] = slot;
            throw Errno.fault(-result);
        }
        targets[slot] = target;
        return slot;
    }

    private int newSlot() {
        if (slotsUsed == targets.length) {
            int length = targets.length * 2;
            targets = Arrays.copyOf(targets, length);
            generations = Arrays.copyOf(generations, length);
            free = Arrays.copyOf(free, length);
        }
        return slotsUsed++;
    }

    @Override
    public void deregister(Wire wire) {
        EpollWire socket = (EpollWire) wire;
        if (socket.slot < 0) return;
        system.epollControl(epoll, Linux.EPOLL_CTL_DEL, socket.fd(), change.address());
        forget(socket);
    }

    /** Frees the slot of a wire that is being closed: closing takes it out of the kernel's list. */
    void forget(EpollWire socket) {
        int slot = socket.slot;
        socket.slot = EpollWire.NO_SLOT;
        if (slot >= 0) release(slot);
    }

    @Override
    public void deregister(Port port) {
        EpollPort listening = (EpollPort) port;
        int slot = listening.slot;
        listening.slot = EpollWire.NO_SLOT;
        if (slot >= 0) release(slot);
    }

    private void release(int slot) {
        targets[slot] = null;
        generations[slot]++;
        free[freeCount++] = slot;
    }

    @Override
    public long threadCpuNanos() {
        int result = system.clockGettime(Linux.CLOCK_THREAD_CPUTIME_ID, timeout.address());
        if (result < 0) return UNKNOWN;
        return timeout.get(ValueLayout.JAVA_LONG, 0) * NANOS_PER_SECOND
                + timeout.get(ValueLayout.JAVA_LONG, 8);
    }

    @Override
    public void endTargets() {
        for (int i = 0; i < slotsUsed; i++) {
            Ready target = targets[i];
            if (target != null) target.onPollerEnd();
        }
    }

    @Override
    public void close() {
        isClosed = true;
        // A late waker must not write to a descriptor that somebody else has got by then.
        while (wakers.get() > 0) Thread.onSpinWait();
        system.close(wakeUp);
        system.close(epoll);
    }

    // for the wires of this poller

    Syscalls system() {
        return system;
    }

    /** Sends the first runs of a chain in one call. */
    int sendGathered(int fd, SlabChain source) {
        MemorySegment vectors = iovecs;
        MemorySegment message = header;
        if (vectors == null || message == null) {
            iovecs = vectors = Arena.ofAuto().allocate((long) IOVECS_MAX * IOVEC_BYTES, 16);
            header = message = Arena.ofAuto().allocate(MSGHDR_BYTES, 16);
            message.set(ValueLayout.JAVA_LONG, MSGHDR_IOV_OFFSET, vectors.address());
        }
        int count = source.toIovecs(vectors, IOVECS_MAX);
        gatheredBytes = 0;
        for (int i = 0; i < count; i++) {
            gatheredBytes += vectors.get(ValueLayout.JAVA_LONG, (long) i * IOVEC_BYTES + 8);
        }
        message.set(ValueLayout.JAVA_LONG, MSGHDR_IOVLEN_OFFSET, count);
        return system.sendmsg(fd, message.address(), Linux.MSG_NOSIGNAL);
    }

    /** How many bytes the last {@link #sendGathered} offered. */
    long gatheredBytes() {
        return gatheredBytes;
    }

    boolean gathers() {
        return gathers;
    }

    /** Acknowledges what has arrived, and what will until the next answer leaves. */
    void ackQuickly(int fd) {
        system.setsockopt(fd, Linux.IPPROTO_TCP, Linux.TCP_QUICKACK, one.address(), Integer.BYTES);
    }

    /** The pending error of a socket, which is cleared by it. */
    int error(int fd) {
        return Math.abs(option(fd, Linux.SO_ERROR));
    }

    /** The value of a socket's option, or a negated error number. */
    int option(int fd, int option) {
        MemorySegment place = scratch();
        place.set(ValueLayout.JAVA_INT, LENGTH_OFFSET, Integer.BYTES);
        long length = place.address() + LENGTH_OFFSET;
        int result = system.getsockopt(fd, Linux.SOL_SOCKET, option, place.address(), length);
        return result < 0 ? result : place.get(ValueLayout.JAVA_INT, 0);
    }

    /** A socket's own address or its peer's. */
    SocketAddress address(int fd, boolean remote) {
        return address(system, scratch(), fd, remote);
    }

    static SocketAddress address(Syscalls system, MemorySegment place, int fd, boolean remote) {
        place.set(ValueLayout.JAVA_INT, LENGTH_OFFSET, SocketAddresses.BYTES_MAX);
        long length = place.address() + LENGTH_OFFSET;
        int result =
                remote
                        ? system.getpeername(fd, place.address(), length)
                        : system.getsockname(fd, place.address(), length);
        if (result < 0) return SocketAddresses.NONE;
        return SocketAddresses.read(place, place.get(ValueLayout.JAVA_INT, LENGTH_OFFSET));
    }

    /** Room for an address or an option's value, and behind it for its length. */
    static MemorySegment newScratch() {
        return Arena.ofAuto().allocate(SocketAddresses.BYTES_MAX + 16, 16);
    }

    private MemorySegment scratch() {
        MemorySegment place = scratch;
        if (place == null) scratch = place = newScratch();
        return place;
    }
}
