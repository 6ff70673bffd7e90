package io.gyrfalcon.eventloop.poll;

import java.util.HashMap;
import java.util.Map;

/** Real system calls that are counted by name, and that fail on request. */
final class CountingSyscalls implements Syscalls {
    private final LibC real = new LibC();
    private final Map<String, Integer> counts = new HashMap<>();
    private final Map<String, Integer> failures = new HashMap<>();
    boolean hasNanos = true;

    int count(String call) {
        return counts.getOrDefault(call, 0);
    }

    int total() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    void clear() {
        counts.clear();
    }

    /** Has every such call fail from now on; 0 = no longer. */
    void fail(String call, int errno) {
        failures.put(call, errno);
    }

    private int failure(String call) {
        counts.merge(call, 1, Integer::sum);
        return -failures.getOrDefault(call, 0);
    }

    @Override
    public int socket(int domain, int type, int protocol) {
        int failed = failure("socket");
        return failed < 0 ? failed : real.socket(domain, type, protocol);
    }

    @Override
    public int bind(int fd, long address, int addressBytes) {
        int failed = failure("bind");
        return failed < 0 ? failed : real.bind(fd, address, addressBytes);
    }

    @Override
    public int listen(int fd, int backlog) {
        int failed = failure("listen");
        return failed < 0 ? failed : real.listen(fd, backlog);
    }

    @Override
    public int connect(int fd, long address, int addressBytes) {
        int failed = failure("connect");
        return failed < 0 ? failed : real.connect(fd, address, addressBytes);
    }

    @Override
    public int accept4(int fd, int flags) {
        int failed = failure("accept4");
        return failed < 0 ? failed : real.accept4(fd, flags);
    }

    @Override
    public int recv(int fd, long target, int bytesMax) {
        int failed = failure("recv");
        return failed < 0 ? failed : real.recv(fd, target, bytesMax);
    }

    @Override
    public int send(int fd, long source, int bytes, int flags) {
        int failed = failure("send");
        return failed < 0 ? failed : real.send(fd, source, bytes, flags);
    }

    @Override
    public int sendmsg(int fd, long header, int flags) {
        int failed = failure("sendmsg");
        return failed < 0 ? failed : real.sendmsg(fd, header, flags);
    }

    @Override
    public int shutdown(int fd, int how) {
        int failed = failure("shutdown");
        return failed < 0 ? failed : real.shutdown(fd, how);
    }

    @Override
    public int setsockopt(int fd, int level, int option, long value, int valueBytes) {
        int failed = failure("setsockopt");
        return failed < 0 ? failed : real.setsockopt(fd, level, option, value, valueBytes);
    }

    @Override
    public int getsockopt(int fd, int level, int option, long value, long valueBytes) {
        int failed = failure("getsockopt");
        return failed < 0 ? failed : real.getsockopt(fd, level, option, value, valueBytes);
    }

    @Override
    public int getsockname(int fd, long address, long addressBytes) {
        int failed = failure("getsockname");
        return failed < 0 ? failed : real.getsockname(fd, address, addressBytes);
    }

    @Override
    public int getpeername(int fd, long address, long addressBytes) {
        int failed = failure("getpeername");
        return failed < 0 ? failed : real.getpeername(fd, address, addressBytes);
    }

    @Override
    public int epollCreate(int flags) {
        int failed = failure("epoll_create1");
        return failed < 0 ? failed : real.epollCreate(flags);
    }

    @Override
    public int epollControl(int epoll, int operation, int fd, long event) {
        int failed = failure("epoll_ctl");
        return failed < 0 ? failed : real.epollControl(epoll, operation, fd, event);
    }

    @Override
    public int epollWait(int epoll, long events, int eventsMax, int waitMillis) {
        int failed = failure("epoll_wait");
        return failed < 0 ? failed : real.epollWait(epoll, events, eventsMax, waitMillis);
    }

    @Override
    public boolean hasEpollWaitNanos() {
        return hasNanos;
    }

    @Override
    public int epollWaitNanos(int epoll, long events, int eventsMax, long timeout) {
        int failed = failure("epoll_pwait2");
        return failed < 0 ? failed : real.epollWaitNanos(epoll, events, eventsMax, timeout);
    }

    @Override
    public int eventfd(int flags) {
        int failed = failure("eventfd");
        return failed < 0 ? failed : real.eventfd(flags);
    }

    @Override
    public int schedSetAffinity(int thread, int maskBytes, long mask) {
        int failed = failure("sched_setaffinity");
        return failed < 0 ? failed : real.schedSetAffinity(thread, maskBytes, mask);
    }

    @Override
    public int schedGetAffinity(int thread, int maskBytes, long mask) {
        int failed = failure("sched_getaffinity");
        return failed < 0 ? failed : real.schedGetAffinity(thread, maskBytes, mask);
    }

    @Override
    public int gettid() {
        int failed = failure("gettid");
        return failed < 0 ? failed : real.gettid();
    }

    @Override
    public int clockGettime(int clock, long time) {
        int failed = failure("clockGettime");
        return failed < 0 ? failed : real.clockGettime(clock, time);
    }

    @Override
    public long write(int fd, long source, long bytes) {
        int failed = failure("write");
        return failed < 0 ? failed : real.write(fd, source, bytes);
    }

    @Override
    public void close(int fd) {
        counts.merge("close", 1, Integer::sum);
        real.close(fd);
    }
}
