package io.gyrfalcon.eventloop.poll;

import io.gyrfalcon.eventloop.LoopFlags;

import java.io.IOException;

/** An epoll poller whose system calls are counted, for budgets of upper rooms. One thread. */
public final class CountedPoller {
    private final CountingSyscalls system = new CountingSyscalls();
    private final Poller poller;

    /** Opens one. */
    public CountedPoller() throws IOException {
        poller = new EpollPoller(system, LoopFlags.WRITEV.isOn());
    }

    /** The poller. */
    public Poller poller() {
        return poller;
    }

    /** How often a system call of that name was made since {@link #clear}. */
    public int count(String call) {
        return system.count(call);
    }

    /** Calls of any name. */
    public int total() {
        return system.total();
    }

    /** Counts from 0 again. */
    public void clear() {
        system.clear();
    }
}
