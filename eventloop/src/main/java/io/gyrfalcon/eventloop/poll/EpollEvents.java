package io.gyrfalcon.eventloop.poll;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** An array of {@code struct epoll_event}. Loop-owned. */
final class EpollEvents {
    /*
     * x86-64: packed                      everywhere else: aligned
     *
     *   0        4                12        0        4        8                16
     *   +--------+-----------------+        +--------+--------+-----------------+
     *   | events | data            |        | events | unused | data            |
     *   +--------+-----------------+        +--------+--------+-----------------+
     */
    private static final ValueLayout.OfInt EVENTS = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong DATA = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final int PACKED_DATA_OFFSET = 4;
    private static final int ALIGNED_DATA_OFFSET = 8;

    private static final long DATA_OFFSET = dataOffset(System.getProperty("os.arch", "?"));
    private static final long EVENT_BYTES = eventBytes(DATA_OFFSET);

    static {
        assert DATA_OFFSET + DATA.byteSize() == EVENT_BYTES;
        assert EVENT_BYTES == 12 || EVENT_BYTES == 16;
    }

    private final MemorySegment memory;
    private final int capacity;

    EpollEvents(int capacity) {
        this.capacity = capacity;
        this.memory = Arena.ofAuto().allocate(EVENT_BYTES * capacity, 16);
    }

    static int dataOffset(String machine) {
        return machine.equals("amd64") ? PACKED_DATA_OFFSET : ALIGNED_DATA_OFFSET;
    }

    static long eventBytes(long dataOffset) {
        return dataOffset + Long.BYTES;
    }

    long address() {
        return memory.address();
    }

    int capacity() {
        return capacity;
    }

    int events(int i) {
        return memory.get(EVENTS, i * EVENT_BYTES);
    }

    long data(int i) {
        return memory.get(DATA, i * EVENT_BYTES + DATA_OFFSET);
    }

    void set(int i, int events, long data) {
        memory.set(EVENTS, i * EVENT_BYTES, events);
        memory.set(DATA, i * EVENT_BYTES + DATA_OFFSET, data);
    }
}
