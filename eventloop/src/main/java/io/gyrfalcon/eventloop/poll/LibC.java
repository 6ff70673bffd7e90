package io.gyrfalcon.eventloop.poll;

import io.gyrfalcon.primitives.HotPath;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** System calls of the C library of Linux, through the Foreign Function and Memory API. */
@HotPath
final class LibC implements Syscalls {
    /*
     * One shape
     *
     * Linking a downcall costs milliseconds per distinct signature, so there is one: the function's
     * address, the place for errno, six longs, a long. On x86-64 and aarch64 the first six integer
     * arguments travel in registers that the callee reads in the width it wants, and ignores beyond
     * its own number; a result of type int fills the lower half of the register only, hence the
     * casts. None of these functions is variadic, but `syscall`, which is assembler and takes words
     * like all of them.
     *
     * No call is linked as critical: some of them wait, and a critical call holds up every
     * safepoint.
     */
    private final MemorySegment capture = Arena.ofAuto().allocate(Linked.CAPTURE);

    /** Why these calls cannot be made in this process, or null when they can. */
    static @Nullable String unavailable() {
        return unavailable(System.getProperty("os.name", "?"), System.getProperty("os.arch", "?"));
    }

    static @Nullable String unavailable(String system, String machine) {
        if (!system.equals("Linux")) return "epoll needs Linux (found: " + system + ")";
        if (!machine.equals("amd64") && !machine.equals("aarch64")) {
            return "epoll needs amd64 or aarch64 (found: " + machine + ")";
        }
        try {
            Linked.link();
            return null;
        } catch (LinkageError failure) {
            return "epoll needs native access (--enable-native-access=ALL-UNNAMED)";
        }
    }

    /** The handle, and the functions by address. Loaded with the first call. */
    private static final class Linked {
        static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
        static final long ERRNO_OFFSET =
                CAPTURE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));
        static final ValueLayout.OfInt ERRNO = ValueLayout.JAVA_INT;

        /** Written by calls whose error nobody reads, from several threads at once. */
        static final MemorySegment UNREAD = Arena.global().allocate(CAPTURE);

        static final MethodHandle CALL = handle();
        static final Functions F = functions();

        private Linked() {}

        static void link() {
            // Being called is enough: the class is initialised.
        }

        @SuppressWarnings("restricted") // System calls are what this class is for.
        private static MethodHandle handle() {
            ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
            FunctionDescriptor shape =
                    FunctionDescriptor.of(word, word, word, word, word, word, word);
            return Linker.nativeLinker()
                    .downcallHandle(shape, Linker.Option.captureCallState("errno"));
        }

        private static Functions functions() {
            SymbolLookup c = Linker.nativeLinker().defaultLookup();
            return new Functions(
                    find(c, "socket"),
                    find(c, "bind"),
                    find(c, "listen"),
                    find(c, "connect"),
                    find(c, "accept4"),
                    find(c, "recv"),
                    find(c, "send"),
                    find(c, "sendmsg"),
                    find(c, "shutdown"),
                    find(c, "setsockopt"),
                    find(c, "getsockopt"),
                    find(c, "getsockname"),
                    find(c, "getpeername"),
                    find(c, "epoll_create1"),
                    find(c, "epoll_ctl"),
                    find(c, "epoll_wait"),
                    find(c, "epoll_pwait2"),
                    find(c, "eventfd"),
                    find(c, "sched_setaffinity"),
                    find(c, "sched_getaffinity"),
                    find(c, "gettid"),
                    find(c, "syscall"),
                    find(c, "clock_gettime"),
                    find(c, "write"),
                    find(c, "close"));
        }

        private static MemorySegment find(SymbolLookup c, String name) {
            Optional<MemorySegment> symbol = c.find(name);
            return symbol.isPresent() ? symbol.get() : MemorySegment.NULL;
        }
    }

    private record Functions(
            MemorySegment socket,
            MemorySegment bind,
            MemorySegment listen,
            MemorySegment connect,
            MemorySegment accept4,
            MemorySegment recv,
            MemorySegment send,
            MemorySegment sendmsg,
            MemorySegment shutdown,
            MemorySegment setsockopt,
            MemorySegment getsockopt,
            MemorySegment getsockname,
            MemorySegment getpeername,
            MemorySegment epollCreate,
            MemorySegment epollControl,
            MemorySegment epollWait,
            MemorySegment epollWaitNanos,
            MemorySegment eventfd,
            MemorySegment schedSetAffinity,
            MemorySegment schedGetAffinity,
            MemorySegment gettid,
            MemorySegment syscall,
            MemorySegment clockGettime,
            MemorySegment write,
            MemorySegment close) {}

    @Override
    public int socket(int domain, int type, int protocol) {
        return result(call(Linked.F.socket, capture, domain, type, protocol, 0, 0, 0));
    }

    @Override
    public int bind(int fd, long address, int addressBytes) {
        return result(call(Linked.F.bind, capture, fd, address, addressBytes, 0, 0, 0));
    }

    @Override
    public int listen(int fd, int backlog) {
        return result(call(Linked.F.listen, capture, fd, backlog, 0, 0, 0, 0));
    }

    @Override
    public int connect(int fd, long address, int addressBytes) {
        return result(call(Linked.F.connect, capture, fd, address, addressBytes, 0, 0, 0));
    }

    @Override
    public int accept4(int fd, int flags) {
        return result(call(Linked.F.accept4, capture, fd, 0, 0, flags, 0, 0));
    }

    @Override
    public int recv(int fd, long target, int bytesMax) {
        return result(call(Linked.F.recv, capture, fd, target, bytesMax, 0, 0, 0));
    }

    @Override
    public int send(int fd, long source, int bytes, int flags) {
        return result(call(Linked.F.send, capture, fd, source, bytes, flags, 0, 0));
    }

    @Override
    public int sendmsg(int fd, long header, int flags) {
        return result(call(Linked.F.sendmsg, capture, fd, header, flags, 0, 0, 0));
    }

    @Override
    public int shutdown(int fd, int how) {
        return result(call(Linked.F.shutdown, capture, fd, how, 0, 0, 0, 0));
    }

    @Override
    public int setsockopt(int fd, int level, int option, long value, int valueBytes) {
        return result(call(Linked.F.setsockopt, capture, fd, level, option, value, valueBytes, 0));
    }

    @Override
    public int getsockopt(int fd, int level, int option, long value, long valueBytes) {
        return result(call(Linked.F.getsockopt, capture, fd, level, option, value, valueBytes, 0));
    }

    @Override
    public int getsockname(int fd, long address, long addressBytes) {
        return result(call(Linked.F.getsockname, capture, fd, address, addressBytes, 0, 0, 0));
    }

    @Override
    public int getpeername(int fd, long address, long addressBytes) {
        return result(call(Linked.F.getpeername, capture, fd, address, addressBytes, 0, 0, 0));
    }

    @Override
    public int epollCreate(int flags) {
        return result(call(Linked.F.epollCreate, capture, flags, 0, 0, 0, 0, 0));
    }

    @Override
    public int epollControl(int epoll, int operation, int fd, long event) {
        return result(call(Linked.F.epollControl, capture, epoll, operation, fd, event, 0, 0));
    }

    @Override
    public int epollWait(int epoll, long events, int eventsMax, int waitMillis) {
        return result(
                call(Linked.F.epollWait, capture, epoll, events, eventsMax, waitMillis, 0, 0));
    }

    @Override
    public boolean hasEpollWaitNanos() {
        return Linked.F.epollWaitNanos.address() != 0;
    }

    @Override
    public int epollWaitNanos(int epoll, long events, int eventsMax, long timeout) {
        return result(
                call(Linked.F.epollWaitNanos, capture, epoll, events, eventsMax, timeout, 0, 0));
    }

    @Override
    public int eventfd(int flags) {
        return result(call(Linked.F.eventfd, capture, 0, flags, 0, 0, 0, 0));
    }

    @Override
    public int schedSetAffinity(int thread, int maskBytes, long mask) {
        return result(call(Linked.F.schedSetAffinity, capture, thread, maskBytes, mask, 0, 0, 0));
    }

    @Override
    public int schedGetAffinity(int thread, int maskBytes, long mask) {
        return result(call(Linked.F.schedGetAffinity, capture, thread, maskBytes, mask, 0, 0, 0));
    }

    @Override
    public int gettid() {
        if (Linked.F.gettid.address() == 0) return -Errno.ENOSYS;
        return result(call(Linked.F.gettid, capture, 0, 0, 0, 0, 0, 0));
    }

    /**
     * A call that the C library has no function for. Variadic, but assembler: words in, a word out.
     */
    int syscall(int number, long first, long second) {
        return result(call(Linked.F.syscall, capture, number, first, second, 0, 0, 0));
    }

    @Override
    public int clockGettime(int clock, long time) {
        return result(call(Linked.F.clockGettime, capture, clock, time, 0, 0, 0, 0));
    }

    @Override
    public long write(int fd, long source, long bytes) {
        return call(Linked.F.write, Linked.UNREAD, fd, source, bytes, 0, 0, 0);
    }

    @Override
    public void close(int fd) {
        call(Linked.F.close, Linked.UNREAD, fd, 0, 0, 0, 0, 0);
    }

    @SuppressWarnings("CanIgnoreReturnValueSuggester")
    private static long call(
            MemorySegment function,
            MemorySegment place,
            long a,
            long b,
            long c,
            long d,
            long e,
            long f) {
        try {
            return (long) Linked.CALL.invokeExact(function, place, a, b, c, d, e, f);
        } catch (Throwable impossible) {
            throw new AssertionError("a system call could not be made", impossible);
        }
    }

    private int result(long returned) {
        int value = (int) returned;
        return value >= 0 ? value : -capture.get(Linked.ERRNO, Linked.ERRNO_OFFSET);
    }
}
