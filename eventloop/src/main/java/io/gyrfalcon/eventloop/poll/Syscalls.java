package io.gyrfalcon.eventloop.poll;

/**
 * The system calls that a poller makes. A result below 0 is a negated {@link Errno}. Addresses are
 * those of native memory that the caller keeps alive.
 *
 * <p>An instance belongs to one thread at a time; {@link #close} and {@link #write} are for any
 * thread.
 */
public interface Syscalls {
    int socket(int domain, int type, int protocol);

    int bind(int fd, long address, int addressBytes);

    int listen(int fd, int backlog);

    int connect(int fd, long address, int addressBytes);

    int accept4(int fd, int flags);

    int recv(int fd, long target, int bytesMax);

    int send(int fd, long source, int bytes, int flags);

    /** {@code header} is a {@code struct msghdr}. */
    int sendmsg(int fd, long header, int flags);

    int shutdown(int fd, int how);

    int setsockopt(int fd, int level, int option, long value, int valueBytes);

    /** {@code valueBytes} is the address of a {@code socklen_t}, in and out. */
    int getsockopt(int fd, int level, int option, long value, long valueBytes);

    int getsockname(int fd, long address, long addressBytes);

    int getpeername(int fd, long address, long addressBytes);

    int epollCreate(int flags);

    int epollControl(int epoll, int operation, int fd, long event);

    int epollWait(int epoll, long events, int eventsMax, int waitMillis);

    /** Whether {@link #epollWaitNanos} exists here. */
    boolean hasEpollWaitNanos();

    /** {@code timeout} is a {@code struct timespec}. */
    int epollWaitNanos(int epoll, long events, int eventsMax, long timeout);

    int eventfd(int flags);

    /** {@code thread} 0: the calling one; {@code mask} is a {@code cpu_set_t}. */
    int schedSetAffinity(int thread, int maskBytes, long mask);

    /** As {@link #schedSetAffinity}; fills the mask. */
    int schedGetAffinity(int thread, int maskBytes, long mask);

    /** The system's number of the calling thread; an error where the C library has none. */
    int gettid();

    /** {@code time} is a {@code struct timespec}. */
    int clockGettime(int clock, long time);

    /** Any thread; its error number is not reported. */
    long write(int fd, long source, long bytes);

    /** Any thread; its error number is not reported. */
    void close(int fd);
}
