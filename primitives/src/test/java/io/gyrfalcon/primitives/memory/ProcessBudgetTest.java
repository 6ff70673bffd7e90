package io.gyrfalcon.primitives.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class ProcessBudgetTest {
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    @TempDir Path root;

    @Test
    void isAQuarterOfTheContainer() {
        assertThat(ProcessBudget.bytesMax(16 * GIB, 4 * GIB + GIB)).isEqualTo(4 * GIB);
    }

    @Test
    void isHalfOfWhatTheHeapLeaves() {
        assertThat(ProcessBudget.bytesMax(4 * GIB, 3 * GIB)).isEqualTo(GIB / 2);
    }

    @Test
    void isAtMostSevenEighthsOfTheHeap() {
        assertThat(ProcessBudget.bytesMax(16 * GIB, 64 * MIB)).isEqualTo(56 * MIB);
    }

    @Test
    void isAtLeast32MiB() {
        assertThat(ProcessBudget.bytesMax(64 * MIB, 60 * MIB)).isEqualTo(32 * MIB);
        assertThat(ProcessBudget.bytesMax(64 * MIB, 128 * MIB)).isEqualTo(32 * MIB);
        assertThat(ProcessBudget.bytesMax(0, 16 * MIB)).isEqualTo(32 * MIB);
    }

    @Test
    void isHalfTheHeapWhereTheMachineIsUnknown() {
        assertThat(ProcessBudget.bytesMax(0, GIB)).isEqualTo(GIB / 2);
    }

    @Test
    void readsASizeWithASuffix() {
        assertThat(ProcessBudget.parse("1048576")).isEqualTo(MIB);
        assertThat(ProcessBudget.parse("64k")).isEqualTo(64 << 10);
        assertThat(ProcessBudget.parse("64M")).isEqualTo(64 * MIB);
        assertThat(ProcessBudget.parse("2g")).isEqualTo(2 * GIB);
    }

    @Test
    void refusesWhatIsNoSize() {
        String[] bad = {"", "m", "0", "-1", "64 m", "1.5g", "99999999999999999999", "9999999999g"};
        for (String text : bad) {
            assertThatThrownBy(() -> ProcessBudget.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("gyrfalcon.memory.max: " + text + " (expected: bytes");
        }
    }

    @Test
    void aWishIsAtLeastOneMebibyte() {
        assertThat(ProcessBudget.wished("1m")).isEqualTo(MIB);
        assertThatThrownBy(() -> ProcessBudget.wished("1023k"))
                .hasMessage("gyrfalcon.memory.max: 1023k (expected: 1m or more)");
    }

    @Test
    void knowsNothingOfAMachineWithoutTheseFiles() {
        assertThat(ProcessBudget.containerBytes(root)).isZero();
    }

    @Test
    void takesTheMachinesMemoryWhereNoGroupLimitsIt() throws IOException {
        file("proc/meminfo", "MemTotal:        2048 kB\nMemFree: 1 kB\n");
        file("sys/fs/cgroup/memory.max", "max\n");
        file("proc/self/cgroup", "12:cpu:/x\n");
        assertThat(ProcessBudget.containerBytes(root)).isEqualTo(2 * MIB);
        file("proc/meminfo", "Nothing: 1 kB\n");
        assertThat(ProcessBudget.containerBytes(root)).isZero();
    }

    @Test
    void takesTheSmallestLimit() throws IOException {
        file("proc/meminfo", "MemTotal: 8192 kB\n");
        file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
        assertThat(ProcessBudget.containerBytes(root)).isEqualTo(8 * MIB);
        file("sys/fs/cgroup/memory.max", "4194304\n");
        assertThat(ProcessBudget.containerBytes(root)).isEqualTo(4 * MIB);
        file("proc/self/cgroup", "0::/pod/one\n");
        file("sys/fs/cgroup/pod/one/memory.max", "3145728\n");
        assertThat(ProcessBudget.containerBytes(root)).isEqualTo(3 * MIB);
    }

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
