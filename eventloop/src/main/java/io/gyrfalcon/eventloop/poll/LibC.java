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
     * Linking a downcall costs milliseconds per distinct signature, so there is one: the function's address, the place for
     * errno, six longs, a long. On x86-64 and aarch64 the first six integer arguments travel in registers that the callee
     * reads in the width it wants, and ignores beyond its own number; a result of type int fills the lower half of the
     * register only, hence the casts. None of these functions is variadic.
     *
     * No call is linked as critical: some of them wait, and a critical call holds up every safepoint.
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
            MemorySegment write,
            MemorySegment close) {}

    @Override
    public int socket(int domain, int type, int protocol) {
        try {
            return result(
                    (int)
                            (long)
                                    Linked.CALL.invokeExact(
                                            Linked.F.socket,
                                            capture,
                                            (long) domain,
                                            (long) type,
                                            (long) protocol,
                                            0L,
                                            0L,
                                            0L));
        } catch (Throwable impossible) {
            throw broken(impossible);
        }
    }

    @Override
    public int bind(int fd, long address, int addressBytes) {
        try {
            return result(
                    (int)
                            (long)
                                    Linked.CALL.invokeExact(
                                            Linked.F.bind,
                                            capture,
                                            (long) fd,
                                            address,
                                            (long) addressBytes,
                                            0L,
                                            0L,
                                            0L));
        } catch (Throwable impossible) {
            throw broken(impossible);
        }
    }

    @Override
    public int listen(int fd, int backlog) {
        try {
            return result(
                    (int)
                            (long)
                                    Linked.CALL.invokeExact(
                                            Linked.F.listen,
                                            capture,
                                            (long) fd,
                                            (long) backlog,
                                            0L,
                                            0L,
                                            0L,
                                            0L));
        } catch (Throwable impossible) {
            throw broken(impossible);
        }
    }

    @Override
    public int accept4(int fd, int flags) {
        try {
            return result(
                    (int)
                            (long)
                                    Linked.CALL.invokeExact(
                                            Linked.F.accept4,
                                            capture,
                                            (long) fd,
                                            0L,
                                            0L,
                                            (long) flags,
                                            0L,
                                            0L));
        } catch (Throwable impossible) {
            throw broken(impossible);
        }
    }

    @Override
    public int recv(int fd, long target, int bytesMax) {
        try {
            return result(
                    (int)
                            (long)
                                    Linked.CALL.invokeExact(
                                            Linked.F.recv,
                                            capture,
                                            (long) fd,
                                            target,
                                            (long) bytesMax,
                                            0L,
                                            0L,
                                            0L));
        } catch (Throwable impossible) {
            throw broken(impossible);
        }
    }

    @Override
    public int send(int fd, long source, int bytes, int flags) {
        try {
            return result(
                    (int)
                            (long)
                                    Linked.CALL.invokeExact(
                                            Linked.F.send,
                                            capture,
                                            (long) fd,
                                            source,
                                            (long) bytes,
                                            (long) flags,
                                            0L,
                                            0L));
        } catch (Throwable impossible) {
            throw broken(impossible);
        }
    }

    @Override
    public int sendmsg(int fd, long header, int flags) {
        try {
            return result(
                    (int)
                            (long)
                                    Linked.CALL.invokeExact(
                                            Linked.F.sendmsg,
                                            capture,
                                            (long) fd,
                                            header,
                                            (long) flags,
                                            0L,
                                            0L,
                                            0L));
        } catch (Throwable impossible) {
            throw broken(impossible);
        }
    }

    @Override
    public int shutdown(int fd, int how) {
        try {
            return result(
                    (int)
                            (long)
                                    Linked.CALL.invokeExact(
                                            Linked.F.shutdown,
                                            capture,
                                            (long) fd,
                                            (long) how,
                                            0L,
                                            0L,
                                            0L,
                                            0L));
        } catch (Throwable impossible) {
            throw broken(impossible);
        }
    }

    @Override
    public int setsockopt(int fd, int level, int option, long value, int valueBytes) {
        try {
            return result(
                    (int)
                            (long)
                                    Linked.CALL.invokeExact(
                                            Linked.F.setsockopt,
                                            capture,
                                            (long) fd,
                                            (long) level,
                                            (long) option,
                                            value,
                                            (long) valueBytes,
                                            0L));
        } catch (Throwable impossible) {
            throw broken(impossible);
        }
    }

    @Override
    public int getsockopt(int fd, int level, int option, long value, long valueBytes) {
        try {
            return result(
                    (int)
                            (long)
                                    Linked.CALL.invokeExact(
                                            Linked.F.getsockopt,
                                            capture,
                                            (long) fd,
                                            (long) level,
                                            (long) option,
                                            value,
                                            valueBytes,
                                            0L));
        } catch (Throwable impossible) {
            throw broken(impossible);
        }
    }

    @Override
    public int getsockname(int fd, long address, long addressBytes) {
        try {
            return result(
                    (int)
                            (long)
                                    Linked.CALL.invokeExact(
                                            Linked.F.getsockname,
                                            capture,
                                            (long) fd,
                                            address,
                                            addressBytes,
                                            0L,
                                            0L,
                                            0L));
        } catch (Throwable impossible) {
            throw broken(impossible);
        }
    }

    @Override
    public int getpeername(int fd, long address, long addressBytes) {
        try {
            return result(
                    (int)
                            (long)
                                    Linked.CALL.invokeExact(
                                            Linked.F.getpeername,
                                            capture,
                                            (long) fd,
                                            address,
                                            addressBytes,
                                            0L,
                                            0L,
                                            0L));
        } catch (Throwable impossible) {
            throw broken(impossible);
        }
    }

    @Override
    public int epollCreate(int flags) {
        try {
            return result(
                    (int)
                            (long)
                                    Linked.CALL.invokeExact(
                                            Linked.F.epollCreate,
                                            capture,
                                            (long) flags,
                                            0L,
                                            0L,
                                            0L,
                                            0L,
                                            0L));
        } catch (Throwable impossible) {
            throw broken(impossible);
        }
    }

    @Override
    public int epollControl(int epoll, int operation, int fd, long event) {
        try {
            return result(
                    (int)
                            (long)
                                    Linked.CALL.invokeExact(
                                            Linked.F.epollControl,
                                            capture,
                                            (long) epoll,
                                            (long) operation,
                                            (long) fd,
                                            event,
                                            0L,
                                            0L));
        } catch (Throwable impossible) {
            throw broken(impossible);
        }
    }

    @Override
    public int epollWait(int epoll, long events, int eventsMax, int waitMillis) {
        try {
            return result(
                    (int)
                            (long)
                                    Linked.CALL.invokeExact(
                                            Linked.F.epollWait,
                                            capture,
                                            (long) epoll,
                                            events,
                                            (long) eventsMax,
                                            (long) waitMillis,
                                            0L,
                                            0L));
        } catch (Throwable impossible) {
            throw broken(impossible);
        }
    }

    @Override
    public boolean hasEpollWaitNanos() {
        return Linked.F.epollWaitNanos.address() != 0;
    }

    @Override
    public int epollWaitNanos(int epoll, long events, int eventsMax, long timeout) {
        try {
            return result(
                    (int)
                            (long)
                                    Linked.CALL.invokeExact(
                                            Linked.F.epollWaitNanos,
                                            capture,
                                            (long) epoll,
                                            events,
                                            (long) eventsMax,
                                            timeout,
                                            0L,
                                            0L));
        } catch (Throwable impossible) {
            throw broken(impossible);
        }
    }

    @Override
    public int eventfd(int flags) {
        try {
            return result(
                    (int)
                            (long)
                                    Linked.CALL.invokeExact(
                                            Linked.F.eventfd,
                                            capture,
                                            0L,
                                            (long) flags,
                                            0L,
                                            0L,
                                            0L,
                                            0L));
        } catch (Throwable impossible) {
            throw broken(impossible);
        }
    }

    @Override
    public long write(int fd, long source, long bytes) {
        try {
            return (long)
                    Linked.CALL.invokeExact(
                            Linked.F.write, Linked.UNREAD, (long) fd, source, bytes, 0L, 0L, 0L);
        } catch (Throwable impossible) {
            throw broken(impossible);
        }
    }

    @Override
    public void close(int fd) {
        try {
            long _ =
                    (long)
                            Linked.CALL.invokeExact(
                                    Linked.F.close, Linked.UNREAD, (long) fd, 0L, 0L, 0L, 0L, 0L);
        } catch (Throwable impossible) {
            throw broken(impossible);
        }
    }

    private int result(int value) {
        return value >= 0 ? value : -errno();
    }

    private int errno() {
        return capture.get(Linked.ERRNO, Linked.ERRNO_OFFSET);
    }

    private static AssertionError broken(Throwable impossible) {
        return new AssertionError("a system call could not be made", impossible);
    }
}
