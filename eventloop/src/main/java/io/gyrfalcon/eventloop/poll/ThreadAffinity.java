package io.gyrfalcon.eventloop.poll;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** On which CPUs the system may run a thread. Any thread. */
public final class ThreadAffinity {
    /*
     * cpu_set_t: bit n of the mask is CPU n, in words of the machine's order, which is little
     * endian on x86-64 and aarch64: so bit n is bit n % 8 of byte n / 8.
     */
    private static final int MASK_BYTES = 1024;

    /** Who is pinned on purpose, and for whom; its own monitor guards it and what it stands for. */
    private static final Map<Object, Integer> PINNED = new HashMap<>();

    private ThreadAffinity() {}

    /** Why threads cannot be pinned in this process, or null when they can. */
    public static @Nullable String unavailable() {
        String reason = LibC.unavailable();
        if (reason != null) return reason.replace("epoll", "pinning");
        return current() < 0 ? "pinning needs a C library with gettid" : null;
    }

    /**
     * Lets the calling thread run on these CPUs only. The thread that was pinned for the same
     * holder before, if it is another one, is set free.
     *
     * @param everywhere what it means to be free
     * @return null, or the system's reason why it does not
     */
    public static @Nullable String pin(
            Object holder, List<Integer> cpus, List<Integer> everywhere) {
        synchronized (PINNED) {
            LibC system = new LibC();
            Integer earlier = PINNED.remove(holder);
            if (earlier != null) set(system, earlier, everywhere);
            String refusal = set(system, 0, cpus);
            if (refusal == null) PINNED.put(holder, system.gettid());
            return refusal;
        }
    }

    /** Sets the calling thread free, if it is the one that is pinned for that holder. */
    public static void release(Object holder, List<Integer> everywhere) {
        synchronized (PINNED) {
            LibC system = new LibC();
            if (PINNED.remove(holder, system.gettid())) set(system, 0, everywhere);
        }
    }

    /** Whether that thread was pinned by {@link #pin}. */
    public static boolean isPinned(int thread) {
        synchronized (PINNED) {
            return PINNED.containsValue(thread);
        }
    }

    /** The system's number of the calling thread. */
    public static int current() {
        return new LibC().gettid();
    }

    /** The CPUs on which a thread may run; none when it has ended. */
    public static List<Integer> of(int thread) {
        MemorySegment mask = newMask();
        if (new LibC().schedGetAffinity(thread, MASK_BYTES, mask.address()) < 0) return List.of();
        List<Integer> cpus = new ArrayList<>();
        for (int cpu = 0; cpu < MASK_BYTES * 8; cpu++) {
            if ((mask.get(ValueLayout.JAVA_BYTE, cpu >> 3) & 1 << (cpu & 7)) != 0) cpus.add(cpu);
        }
        return cpus;
    }

    /** Lets a thread run on these CPUs only; null, or the system's reason why it does not. */
    public static @Nullable String set(int thread, List<Integer> cpus) {
        return set(new LibC(), thread, cpus);
    }

    private static @Nullable String set(LibC system, int thread, List<Integer> cpus) {
        MemorySegment mask = newMask();
        for (int cpu : cpus) {
            if (cpu >= MASK_BYTES * 8) return Errno.text(Errno.EINVAL);
            byte bits = mask.get(ValueLayout.JAVA_BYTE, cpu >> 3);
            mask.set(ValueLayout.JAVA_BYTE, cpu >> 3, (byte) (bits | 1 << (cpu & 7)));
        }
        int result = system.schedSetAffinity(thread, MASK_BYTES, mask.address());
        return result < 0 ? Errno.text(-result) : null;
    }

    private static MemorySegment newMask() {
        return Arena.ofAuto().allocate(MASK_BYTES, 8);
    }
}
