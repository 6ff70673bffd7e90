package io.gyrfalcon.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.eventloop.machine.FakeFiles;
import io.gyrfalcon.eventloop.machine.SystemFiles;
import io.gyrfalcon.eventloop.machine.Topology;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Machines that are made up, and what the doctor says of them. */
class DoctorTest {
    private static final double NO_QUOTA = Double.POSITIVE_INFINITY;
    private static final long MIB = 1 << 20;

    @TempDir Path root;

    private static Topology cores(int count) {
        return new Topology(
                java.util.stream.IntStream.range(0, count)
                        .mapToObj(cpu -> new Topology.Cpu(cpu, 0, cpu))
                        .toList());
    }

    private static Machine healthy() {
        return new Machine(
                "Linux", "25.0.3", "6.18.1", null, null, 0, true, true, 1 << 20, 2, NO_QUOTA,
                cores(2), "always", 6 * MIB, 4 * MIB, 212_992, 212_992, 4096, 3);
    }

    private static Machine limits(long descriptors, long receive, long send, long backlog) {
        Machine m = healthy();
        return new Machine(
                m.system(),
                m.jdk(),
                m.kernel(),
                null,
                null,
                0,
                true,
                true,
                descriptors,
                2,
                NO_QUOTA,
                m.topology(),
                m.hugePages(),
                receive,
                send,
                receive,
                send,
                backlog,
                1);
    }

    private static Machine process(
            String kernel, String problem, int ioUring, boolean isNative, boolean isOpen) {
        Machine m = healthy();
        return new Machine(
                m.system(),
                m.jdk(),
                kernel,
                problem,
                problem,
                ioUring,
                isNative,
                isOpen,
                m.descriptorsMax(),
                2,
                NO_QUOTA,
                m.topology(),
                null,
                6 * MIB,
                6 * MIB,
                MIB,
                MIB,
                4096,
                3);
    }

    private static Machine cpus(int processors, double quota, Topology topology, String pages) {
        return new Machine(
                "Linux",
                "25.0.3",
                "6.18.1",
                null,
                null,
                0,
                true,
                true,
                1 << 20,
                processors,
                quota,
                topology,
                pages,
                6 * MIB,
                4 * MIB,
                MIB,
                MIB,
                4096,
                3);
    }

    private static String line(Machine machine, String subject) {
        List<String> lines =
                Doctor.examine(machine).stream()
                        .filter(finding -> finding.subject().equals(subject))
                        .map(Finding::line)
                        .toList();
        assertThat(lines).as(subject).hasSize(1);
        return lines.getFirst().replaceAll(" +", " ");
    }

    @Test
    void aHealthyMachineNeedsNothing() {
        assertThat(Doctor.examine(healthy()))
                .allMatch(finding -> finding.level() == Finding.Level.OK)
                .allMatch(finding -> finding.advice().isEmpty());
        assertThat(Doctor.examine(healthy()).stream().map(Finding::subject))
                .containsExactly(
                        "jdk",
                        "kernel",
                        "epoll",
                        "io_uring",
                        "native access",
                        "add-opens",
                        "descriptors",
                        "cpus",
                        "cpu quota",
                        "smt",
                        "numa",
                        "idle policy",
                        "huge pages",
                        "tcp buffers",
                        "buffer sizes",
                        "backlog",
                        "tcp fast open");
    }

    @Test
    void linesStandInColumns() {
        List<String> lines = Doctor.examine(healthy()).stream().map(Finding::line).toList();
        assertThat(lines.get(0)).isEqualTo("ok    jdk            25.0.3");
        assertThat(lines.get(1)).isEqualTo("ok    kernel         6.18.1");
        assertThat(Finding.warn("x", "y", "do z", "since w").line())
                .isEqualTo("warn  x              y -> do z, since w");
    }

    @Test
    void anotherSystemIsOneLine() {
        Machine m = healthy();
        Machine mac =
                new Machine(
                        "Mac OS X",
                        m.jdk(),
                        "24",
                        "no",
                        "no",
                        -1,
                        true,
                        true,
                        -1,
                        8,
                        NO_QUOTA,
                        Topology.UNKNOWN,
                        null,
                        -1,
                        -1,
                        -1,
                        -1,
                        -1,
                        -1);
        assertThat(Doctor.examine(mac)).hasSize(1);
        assertThat(Doctor.examine(mac).getFirst().line()).contains("Mac OS X", "NIO", "Linux");
    }

    @Test
    void anOldKernelCostsPrecision() {
        assertThat(line(process("5.10.0-9-amd64", null, 0, true, true), "kernel"))
                .startsWith("note kernel 5.10.0-9-amd64 -> 5.11 or newer, timers");
        assertThat(line(process("5.11.0", null, 0, true, true), "kernel")).startsWith("ok");
        assertThat(line(process("4.18.0", null, 0, true, true), "kernel")).startsWith("note");
        assertThat(line(process("unheard of", null, 0, true, true), "kernel")).startsWith("ok");
    }

    @Test
    void withoutEpollTheReasonIsGiven() {
        Machine machine = process("6.1.0", "epoll needs native access", -1, false, true);
        assertThat(line(machine, "epoll"))
                .startsWith("warn epoll epoll needs native access -> what it needs, loops run on");
        assertThat(line(machine, "cpus")).contains("cannot be pinned: epoll needs native access");
        assertThat(line(machine, "native access"))
                .contains("note", "-> --enable-native-access=ALL-UNNAMED, the JDK");
        assertThat(line(machine, "io_uring")).contains("unknown without native access");
    }

    @Test
    void ioUringIsToldAsTheKernelAnswers() {
        assertThat(line(process("6.1", null, 0, true, true), "io_uring")).contains(" available;");
        assertThat(line(process("6.1", null, 38, true, true), "io_uring"))
                .contains("not in this kernel");
        assertThat(line(process("6.1", null, 1, true, true), "io_uring"))
                .contains("forbidden", "kernel.io_uring_disabled");
        assertThat(line(process("6.1", null, 12, true, true), "io_uring")).contains("(error 12)");
    }

    @Test
    void closedJavaLangIsANoteWithTheOption() {
        assertThat(line(process("6.1", null, 0, true, false), "add-opens"))
                .startsWith("note add-opens java.lang is closed -> --add-opens")
                .contains("java.base/java.lang=ALL-UNNAMED");
    }

    @Test
    void fewDescriptorsAreAWarning() {
        assertThat(line(limits(65_535, MIB, MIB, 4096), "descriptors"))
                .startsWith("warn descriptors at most 65535 -> ulimit -n");
        assertThat(line(limits(65_536, MIB, MIB, 4096), "descriptors")).startsWith("ok");
        assertThat(line(limits(Long.MAX_VALUE, MIB, MIB, 4096), "descriptors"))
                .isEqualTo("ok descriptors no limit");
        assertThat(line(limits(-1, -1, -1, -1), "descriptors")).contains("unknown");
    }

    @Test
    void lowCeilingsOfSocketsAreTold() {
        assertThat(line(limits(1, 4 * MIB, 4 * MIB - 1, 4096), "tcp buffers"))
                .startsWith("note tcp buffers grow to 4194304 (receive) and 4194303 (send)")
                .contains("-> sysctl net.ipv4.tcp_rmem");
        assertThat(line(limits(1, 4 * MIB, 4 * MIB, 4096), "tcp buffers")).startsWith("ok");
        assertThat(line(limits(1, 100, 200, 1), "buffer sizes"))
                .contains("receive-buffer up to 100, send-buffer up to 200");
        assertThat(line(limits(1, 1, 1, 1023), "backlog"))
                .startsWith("warn backlog capped at 1023 -> sysctl net.core.somaxconn=4096")
                .contains("we ask for 1024");
        assertThat(line(limits(1, 1, 1, 1024), "backlog")).startsWith("ok");
        assertThat(line(limits(1, 1, 1, 1), "tcp fast open")).contains("off for servers");
        for (String subject : new String[] {"tcp buffers", "buffer sizes", "backlog"}) {
            assertThat(line(limits(-1, -1, -1, -1), subject)).startsWith("ok").contains("unknown");
        }
    }

    @Test
    void aQuotaDecidesTheNumberOfLoops() {
        assertThat(line(cpus(4, 2.5, cores(4), "always"), "cpu quota"))
                .startsWith("note cpu quota 2.50 of 4 CPUs, 2 loops -> --idle block, spinning");
        assertThat(line(cpus(4, 0.5, cores(4), "always"), "cpu quota"))
                .startsWith("warn cpu quota 0.50 of 4 CPUs, 1 loops -> a limit of 1 CPU or more");
        assertThat(line(cpus(4, 4, cores(4), "always"), "cpu quota")).startsWith("ok");
    }

    @Test
    void sharedCoresAndNodesAreNotesWithTheirOptions() {
        Topology topology = Topology.read(new FakeFiles(root).twoNodes().files());
        Machine machine = cpus(8, NO_QUOTA, topology, "always");
        assertThat(line(machine, "smt"))
                .startsWith("note smt 8 CPUs share 4 cores -> --loops 4 --pin cpu, two loops");
        assertThat(line(machine, "numa")).startsWith("note numa 2 nodes -> --pin node");
        assertThat(line(machine, "cpus")).isEqualTo("ok cpus 8 CPUs, 4 cores");
        assertThat(line(cpus(2, NO_QUOTA, Topology.UNKNOWN, "always"), "cpus"))
                .isEqualTo("ok cpus 2 CPUs");
    }

    @Test
    void spinningIsAdvisedOnlyWhereCpusCanBeSpared() {
        assertThat(line(cpus(4, NO_QUOTA, cores(4), "always"), "idle policy"))
                .startsWith("note idle policy block by default -> --idle adaptive");
        assertThat(line(cpus(3, NO_QUOTA, cores(3), "always"), "idle policy")).startsWith("ok");
        assertThat(line(cpus(8, 3.5, cores(8), "always"), "idle policy")).startsWith("ok");
    }

    @Test
    void hugePagesAreToldByTheirMode() {
        assertThat(line(cpus(2, NO_QUOTA, cores(2), "madvise"), "huge pages"))
                .startsWith("note huge pages on request -> -XX:+UseTransparentHugePages");
        assertThat(line(cpus(2, NO_QUOTA, cores(2), "never"), "huge pages"))
                .startsWith("note huge pages off -> madvise in /sys");
        assertThat(line(cpus(2, NO_QUOTA, cores(2), null), "huge pages")).contains("not in this");
    }

    @Test
    void theProbeReadsTheFilesOfAMachine() {
        SystemFiles files =
                new FakeFiles(root)
                        .twoNodes()
                        .with("proc/sys/kernel/osrelease", "5.4.0-test")
                        .with(
                                "proc/self/limits",
                                "Limit                     Soft Limit           Hard Limit\n"
                                        + "Max open files            1024                 4096"
                                        + "                 files")
                        .with(
                                "sys/kernel/mm/transparent_hugepage/enabled",
                                "always [madvise] never")
                        .with("proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456")
                        .with("proc/sys/net/ipv4/tcp_wmem", "4096\t16384\todd")
                        .with("proc/sys/net/core/rmem_max", "212992")
                        .with("proc/sys/net/core/somaxconn", "128")
                        .with("proc/sys/net/ipv4/tcp_fastopen", "3")
                        .with("sys/fs/cgroup/cpu.max", "50000 100000")
                        .files();
        Machine machine = Probe.look(files);
        assertThat(machine.kernel()).isEqualTo("5.4.0-test");
        assertThat(machine.descriptorsMax()).isEqualTo(1024);
        assertThat(machine.hugePages()).isEqualTo("madvise");
        assertThat(machine.receiveBytesMax()).isEqualTo(6_291_456);
        assertThat(machine.sendBytesMax()).isEqualTo(Machine.UNKNOWN);
        assertThat(machine.askedReceiveBytesMax()).isEqualTo(212_992);
        assertThat(machine.askedSendBytesMax()).isEqualTo(Machine.UNKNOWN);
        assertThat(machine.backlogMax()).isEqualTo(128);
        assertThat(machine.fastOpen()).isEqualTo(3);
        assertThat(machine.quota()).isEqualTo(0.5);
        assertThat(machine.topology().cores()).isEqualTo(4);
        assertThat(machine.system()).isEqualTo(System.getProperty("os.name"));
        assertThat(machine.processors()).isEqualTo(Runtime.getRuntime().availableProcessors());
    }

    @Test
    void theProbeSurvivesAMachineWithoutFiles() {
        Machine machine = Probe.look(new FakeFiles(root).files());
        assertThat(machine.descriptorsMax()).isEqualTo(Machine.UNKNOWN);
        assertThat(machine.hugePages()).isNull();
        assertThat(machine.topology()).isEqualTo(Topology.UNKNOWN);
        new FakeFiles(root)
                .with("proc/self/limits", "Max open files            unlimited  unlimited  files")
                .with("sys/kernel/mm/transparent_hugepage/enabled", "always");
        machine = Probe.look(new FakeFiles(root).files());
        assertThat(machine.descriptorsMax()).isEqualTo(Long.MAX_VALUE);
        assertThat(machine.hugePages()).isNull();
    }

    @Test
    void theCommandPrintsALineForEachFinding() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DoctorCommand.run(
                SystemFiles.ofMachine(), new PrintStream(bytes, true, StandardCharsets.UTF_8));
        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .isNotEmpty()
                .allMatch(line -> line.matches("(ok|note|warn) +\\S.*"));
    }
}
