package io.gyrfalcon.cli.doctor;

import io.gyrfalcon.eventloop.machine.Topology;
import io.gyrfalcon.eventloop.poll.KernelFeatures;

import org.jspecify.annotations.Nullable;

/**
 * What was found on a machine. Immutable. Numbers are {@link #UNKNOWN} where nothing told them.
 *
 * @param system its name, such as Linux
 * @param jdk the JDK's version
 * @param kernel the kernel's release
 * @param epollProblem why loops cannot use epoll; null: they can
 * @param pinningProblem why threads cannot be pinned; null: they can
 * @param ioUring 0: it can be used; else as {@link KernelFeatures#ioUring}
 * @param hasNativeAccess whether this process was started with native access
 * @param isJavaLangOpen whether {@code java.lang} is open to us
 * @param descriptorsMax how many descriptors this process may have
 * @param processors as the JVM counts them
 * @param quota CPUs' worth of time that the control groups leave; infinite: no limit
 * @param topology CPUs, cores and nodes
 * @param hugePages the word in brackets of transparent huge pages' mode; null: there are none
 * @param receiveBytesMax how large the kernel lets a receive buffer of TCP grow
 * @param sendBytesMax how large it lets a send buffer of TCP grow
 * @param askedReceiveBytesMax the largest receive buffer that can be asked for
 * @param askedSendBytesMax the largest send buffer that can be asked for
 * @param backlogMax where the kernel caps a backlog
 * @param fastOpen the kernel's switch of TCP Fast Open, bits
 */
record Machine(
        String system,
        String jdk,
        String kernel,
        @Nullable String epollProblem,
        @Nullable String pinningProblem,
        int ioUring,
        boolean hasNativeAccess,
        boolean isJavaLangOpen,
        long descriptorsMax,
        int processors,
        double quota,
        Topology topology,
        @Nullable String hugePages,
        long receiveBytesMax,
        long sendBytesMax,
        long askedReceiveBytesMax,
        long askedSendBytesMax,
        long backlogMax,
        long fastOpen) {
    static final long UNKNOWN = -1;

    boolean isLinux() {
        return system.equals("Linux");
    }
}
