package io.gyrfalcon.eventloop.poll;

import org.jspecify.annotations.Nullable;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * CPU time of threads as the JDK's management interface tells it. Any thread.
 *
 * <p>Loading that interface takes tens of milliseconds, more than a loop may stand still: a thread
 * of its own does it, and nothing is known meanwhile.
 */
final class ThreadCpu {
    private static volatile @Nullable ThreadMXBean bean;
    private static boolean isLoading;

    private ThreadCpu() {}

    /** Of the calling thread, or {@link Poller#UNKNOWN}. */
    static long nanos() {
        ThreadMXBean known = bean;
        if (known != null) return known.getCurrentThreadCpuTime();
        loadOnce();
        return Poller.UNKNOWN;
    }

    private static synchronized void loadOnce() {
        if (isLoading) return;
        isLoading = true;
        Thread.startVirtualThread(ThreadCpu::load);
    }

    private static void load() {
        ThreadMXBean found = ManagementFactory.getThreadMXBean();
        if (found.isCurrentThreadCpuTimeSupported() && found.isThreadCpuTimeEnabled()) bean = found;
    }
}
