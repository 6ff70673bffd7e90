package io.gyrfalcon.eventloop.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Machines that stand in a folder, and this one. */
class MachineTest {
    private static final double NONE = Double.POSITIVE_INFINITY;

    @TempDir Path root;

    private FakeFiles machine() {
        return new FakeFiles(root);
    }

    private double quota() {
        return CpuQuota.cpus(machine().files());
    }

    @Test
    void aListOfCpusIsReadAndWritten() {
        assertThat(CpuList.parse("0-3,8")).containsExactly(0, 1, 2, 3, 8);
        assertThat(CpuList.parse(" 5,1-2,2 \n")).containsExactly(1, 2, 5);
        assertThat(CpuList.parse("")).isEmpty();
        assertThat(CpuList.parse("8191")).containsExactly(8191);
        for (String text : new String[] {"0-3,8", "1", "0,2,4-5", ""}) {
            assertThat(CpuList.text(CpuList.parse(text))).isEqualTo(text);
        }
    }

    @Test
    void whatIsNoListIsRefused() {
        for (String text :
                new String[] {"a", "3-1", "1,", ",", "-1", "8192", "1-", "99999999999"}) {
            assertThatThrownBy(() -> CpuList.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(text + " (expected: CPUs such as 0-3,8)");
        }
    }

    @Test
    void aMachineWithoutFilesHasNoQuotaAndNoTopology() {
        assertThat(quota()).isEqualTo(NONE);
        assertThat(Topology.read(machine().files())).isEqualTo(Topology.UNKNOWN);
        assertThat(machine().files().number("no/file", 7)).isEqualTo(7);
        assertThat(machine().files().field("no/file", "x")).isNull();
        assertThat(machine().files().numbered("no/folder", "x")).isEmpty();
    }

    @Test
    void theQuotaOfTheUnifiedHierarchyIsRead() {
        machine().with("sys/fs/cgroup/cpu.max", "max 100000");
        assertThat(quota()).isEqualTo(NONE);
        machine().with("sys/fs/cgroup/cpu.max", "150000 100000");
        assertThat(quota()).isEqualTo(1.5);
        for (String odd : new String[] {"150000", "a b", "0 100000", "150000 0", "-1 100000"}) {
            machine().with("sys/fs/cgroup/cpu.max", odd);
            assertThat(quota()).as(odd).isEqualTo(NONE);
        }
    }

    @Test
    void theLeastOfAllGroupsAboveCounts() {
        machine()
                .with("proc/self/cgroup", "0::/kube/pod/box")
                .with("sys/fs/cgroup/kube/cpu.max", "300000 100000")
                .with("sys/fs/cgroup/kube/pod/cpu.max", "200000 100000")
                .with("sys/fs/cgroup/kube/pod/box/cpu.max", "max 100000");
        assertThat(quota()).isEqualTo(2);
    }

    @Test
    void aGroupOutsideOfWhatIsMountedIsNotFollowed() {
        machine()
                .with("proc/self/cgroup", "0::/../../secret")
                .with("secret/cpu.max", "100000 100000")
                .with("sys/fs/cgroup/cpu.max", "400000 100000");
        assertThat(quota()).isEqualTo(4);
    }

    @Test
    void theQuotaOfTheOlderHierarchyIsRead() {
        machine()
                .with("proc/self/cgroup", "3:memory:/m\n2:cpu,cpuacct:/box\n1:name=systemd:/")
                .with("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "50000")
                .with("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "100000");
        assertThat(quota()).isEqualTo(0.5);
        machine().with("sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "-1");
        assertThat(quota()).isEqualTo(NONE);
        machine()
                .with("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "250000")
                .with("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");
        assertThat(quota()).isEqualTo(2.5);
        machine().with("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "many");
        assertThat(quota()).isEqualTo(NONE);
    }

    @Test
    void loopsAreAsManyAsTheQuotaKeepsRunning() {
        assertThat(CpuQuota.loops(NONE, 8)).isEqualTo(8);
        assertThat(CpuQuota.loops(8, 8)).isEqualTo(8);
        assertThat(CpuQuota.loops(3, 8)).isEqualTo(3);
        assertThat(CpuQuota.loops(2.9, 8)).isEqualTo(2);
        assertThat(CpuQuota.loops(0.5, 8)).isEqualTo(1);
        assertThat(CpuQuota.loops(16, 2)).isEqualTo(2);
    }

    @Test
    void nodesCoresAndThreadsAreRead() {
        Topology topology = Topology.read(machine().twoNodes().files());
        assertThat(topology.numbers()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(topology.cores()).isEqualTo(4);
        assertThat(topology.byNode())
                .isEqualTo(Map.of(0, List.of(0, 1, 2, 3), 1, List.of(4, 5, 6, 7)));
        assertThat(topology.nodeOf(3)).isZero();
        assertThat(topology.nodeOf(4)).isEqualTo(1);
        assertThat(topology.nodeOf(8)).isEqualTo(Topology.NO_NODE);
        assertThat(topology.spread().stream().map(Topology.Cpu::number))
                .as("nodes in turn, second threads of cores last")
                .containsExactly(0, 4, 2, 6, 1, 5, 3, 7);
    }

    @Test
    void onlyCpusThatThisProcessMayUseCount() {
        machine().twoNodes().with("proc/self/status", "Cpus_allowed_list:\t3,5-6");
        Topology topology = Topology.read(machine().files());
        assertThat(topology.numbers()).containsExactly(3, 5, 6);
        assertThat(topology.cores()).isEqualTo(3);
        assertThat(topology.spread().stream().map(Topology.Cpu::number)).containsExactly(3, 5, 6);
    }

    @Test
    void withoutNodesAndCoresEachCpuStandsForItself() {
        machine().with("sys/devices/system/cpu/online", "0-1");
        assertThat(Topology.read(machine().files()).cpus())
                .containsExactly(new Topology.Cpu(0, -1, 0), new Topology.Cpu(1, -1, 1));
        machine().with("sys/devices/system/cpu/online", "all of them");
        assertThat(Topology.read(machine().files()).cpus()).isEmpty();
    }

    @Test
    void theKernelsSettingsAreReadWhole() throws Exception {
        Path setting = Path.of("/proc/sys/net/ipv4/tcp_rmem");
        assumeThat(setting).isReadable();
        Process cat = new ProcessBuilder("cat", setting.toString()).start();
        String whole = new String(cat.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(whole.strip().split("\\s+")).hasSize(3);
        assertThat(SystemFiles.ofMachine().read(setting.toString())).isEqualTo(whole.strip());
    }

    @Test
    void thisMachineHasAsManyCpusAsTheJvmCounts() {
        Topology topology = Topology.read(SystemFiles.ofMachine());
        assertThat(topology.cpus()).hasSizeGreaterThanOrEqualTo(1);
        assertThat(topology.spread()).containsExactlyInAnyOrderElementsOf(topology.cpus());
        double quota = CpuQuota.cpus(SystemFiles.ofMachine());
        if (quota == NONE) {
            assertThat(topology.cpus()).hasSize(Runtime.getRuntime().availableProcessors());
        }
    }
}
