package io.gyrfalcon.cli.doctor;

import static io.gyrfalcon.cli.doctor.Finding.note;
import static io.gyrfalcon.cli.doctor.Finding.ok;
import static io.gyrfalcon.cli.doctor.Finding.warn;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.machine.CpuQuota;
import io.gyrfalcon.eventloop.poll.Errno;
import io.gyrfalcon.eventloop.poll.KernelFeatures;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** From what was found on a machine to what would help there. Stateless. */
final class Doctor {
    private static final long DESCRIPTORS_WANTED = 65_536;
    private static final long BUFFER_BYTES_WANTED = 4 << 20;
    private static final int FAST_OPEN_SERVER = 2;
    private static final int CPUS_TO_SPARE = 4;

    private Doctor() {}

    static List<Finding> examine(Machine machine) {
        if (!machine.isLinux()) {
            return List.of(
                    ok(
                            "system",
                            machine.system()
                                    + ": loops run on NIO; what the doctor knows is about Linux"));
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(ok("jdk", machine.jdk()));
        findings.add(kernel(machine));
        findings.add(epoll(machine));
        findings.add(ioUring(machine));
        findings.add(nativeAccess(machine));
        findings.add(addOpens(machine));
        findings.add(descriptors(machine));
        findings.add(cpus(machine));
        findings.add(quota(machine));
        findings.add(smt(machine));
        findings.add(numa(machine));
        findings.add(idle(machine));
        findings.add(hugePages(machine));
        findings.add(buffers(machine));
        findings.add(askedBuffers(machine));
        findings.add(backlog(machine));
        findings.add(fastOpen(machine));
        return findings;
    }

    private static Finding kernel(Machine machine) {
        String kernel = machine.kernel();
        if (isBefore(kernel, 5, 11)) {
            return note(
                    "kernel",
                    kernel,
                    "5.11 or newer",
                    "timers of loops are precise to a millisecond only before it");
        }
        return ok("kernel", kernel);
    }

    private static boolean isBefore(String kernel, int major, int minor) {
        String[] parts = kernel.split("[^0-9]+", -1);
        if (parts.length < 2 || parts[0].isEmpty()) return false;
        int first = Integer.parseInt(parts[0]);
        return first < major || (first == major && Integer.parseInt(parts[1]) < minor);
    }

    private static Finding epoll(Machine machine) {
        String problem = machine.epollProblem();
        if (problem == null) return ok("epoll", "loops wait in it");
        return warn(
                "epoll",
                problem,
                "what it needs",
                "loops run on NIO until then, which costs more per call");
    }

    private static Finding ioUring(Machine machine) {
        String found =
                switch (machine.ioUring()) {
                    case 0 -> "available";
                    case KernelFeatures.UNASKED -> "unknown without native access";
                    case Errno.ENOSYS -> "not in this kernel";
                    case Errno.EPERM -> "forbidden (sysctl kernel.io_uring_disabled, or a sandbox)";
                    default -> "not available (error " + machine.ioUring() + ")";
                };
        return ok("io_uring", found + "; not needed: loops wait in epoll");
    }

    private static Finding nativeAccess(Machine machine) {
        if (machine.hasNativeAccess()) return ok("native access", "enabled");
        return note(
                "native access",
                "not enabled",
                "--enable-native-access=ALL-UNNAMED",
                "the JDK prints a warning without it and will refuse one day");
    }

    private static Finding addOpens(Machine machine) {
        if (machine.isJavaLangOpen()) return ok("add-opens", "java.lang is open");
        return note(
                "add-opens",
                "java.lang is closed",
                "--add-opens java.base/java.lang=ALL-UNNAMED",
                "loops may then carry virtual threads themselves; handlers run on the JDK's"
                        + " scheduler without it");
    }

    private static Finding descriptors(Machine machine) {
        long max = machine.descriptorsMax();
        if (max == Machine.UNKNOWN) return ok("descriptors", "limit unknown");
        if (max >= DESCRIPTORS_WANTED) {
            return ok("descriptors", max == Long.MAX_VALUE ? "no limit" : "at most " + max);
        }
        return warn(
                "descriptors",
                "at most " + max,
                "ulimit -n 1048576 (systemd: LimitNOFILE)",
                "each connection holds one, and accepting pauses without");
    }

    private static Finding cpus(Machine machine) {
        int known = machine.topology().cpus().size();
        String cores = known == 0 ? "" : ", " + machine.topology().cores() + " cores";
        String found = machine.processors() + " CPUs" + cores;
        String problem = machine.pinningProblem();
        return ok("cpus", problem == null ? found : found + "; loops cannot be pinned: " + problem);
    }

    private static Finding quota(Machine machine) {
        double quota = machine.quota();
        if (quota >= machine.processors()) return ok("cpu quota", "none below the CPUs");
        int loops = CpuQuota.loops(quota, machine.processors());
        String found =
                String.format(
                        Locale.ROOT,
                        "%.2f of %d CPUs, %d loops",
                        quota,
                        machine.processors(),
                        loops);
        if (quota < 1) {
            return warn(
                    "cpu quota",
                    found,
                    "a limit of 1 CPU or more",
                    "the whole process stands still for the rest of each period (100 ms) once the"
                            + " quota is used up");
        }
        return note(
                "cpu quota",
                found,
                "--idle block",
                "spinning uses the quota up; loops are as many as it keeps running");
    }

    private static Finding smt(Machine machine) {
        int cpus = machine.topology().cpus().size();
        int cores = machine.topology().cores();
        if (cpus <= cores) return ok("smt", "each CPU is a core");
        return note(
                "smt",
                cpus + " CPUs share " + cores + " cores",
                "--loops " + cores + " --pin cpu",
                "two loops on one core slow each other down; cores are taken first");
    }

    private static Finding numa(Machine machine) {
        int nodes = machine.topology().byNode().size();
        if (nodes < 2) return ok("numa", "one node");
        return note(
                "numa",
                nodes + " nodes",
                "--pin node (or cpu)",
                "loops keep to the memory that is near, and take connections that arrive there");
    }

    private static Finding idle(Machine machine) {
        double cpus = Math.min(machine.quota(), machine.processors());
        if (cpus < CPUS_TO_SPARE) {
            return ok("idle policy", "block: no CPU to spare for loops that spin");
        }
        return note(
                "idle policy",
                "block by default",
                "--idle adaptive",
                "loops that look for 50 us before they sleep answer sooner, for more CPU");
    }

    private static Finding hugePages(Machine machine) {
        String mode = machine.hugePages();
        if (mode == null) return ok("huge pages", "not in this kernel");
        if (mode.equals("madvise")) {
            return note(
                    "huge pages",
                    "on request",
                    "-XX:+UseTransparentHugePages",
                    "a large heap misses fewer translations");
        }
        if (mode.equals("never")) {
            return note(
                    "huge pages",
                    "off",
                    "madvise in /sys/kernel/mm/transparent_hugepage/enabled",
                    "the JVM can then ask for them with -XX:+UseTransparentHugePages");
        }
        return ok("huge pages", mode);
    }

    private static Finding buffers(Machine machine) {
        long receive = machine.receiveBytesMax();
        long send = machine.sendBytesMax();
        if (receive == Machine.UNKNOWN || send == Machine.UNKNOWN) {
            return ok("tcp buffers", "ceilings unknown");
        }
        String found = "grow to " + receive + " (receive) and " + send + " (send) bytes";
        if (Math.min(receive, send) >= BUFFER_BYTES_WANTED) return ok("tcp buffers", found);
        return note(
                "tcp buffers",
                found,
                "sysctl net.ipv4.tcp_rmem and tcp_wmem, last number 4194304 or more",
                "one connection over a long fast path is held to a buffer per round trip");
    }

    private static Finding askedBuffers(Machine machine) {
        long receive = machine.askedReceiveBytesMax();
        long send = machine.askedSendBytesMax();
        if (receive == Machine.UNKNOWN || send == Machine.UNKNOWN) {
            return ok("buffer sizes", "ceilings unknown");
        }
        return ok(
                "buffer sizes",
                "--socket receive-buffer up to " + receive + ", send-buffer up to " + send);
    }

    private static Finding backlog(Machine machine) {
        long max = machine.backlogMax();
        int wanted = ListenOptions.defaults().backlog();
        if (max == Machine.UNKNOWN) return ok("backlog", "ceiling unknown");
        if (max >= wanted) return ok("backlog", "up to " + max);
        return warn(
                "backlog",
                "capped at " + max,
                "sysctl net.core.somaxconn=4096",
                "we ask for " + wanted + "; beyond the cap connections are dropped when many come");
    }

    private static Finding fastOpen(Machine machine) {
        if (machine.fastOpen() != Machine.UNKNOWN && (machine.fastOpen() & FAST_OPEN_SERVER) != 0) {
            return ok("tcp fast open", "allowed for servers");
        }
        return ok(
                "tcp fast open",
                "off for servers; --socket fast-open would need sysctl net.ipv4.tcp_fastopen=3");
    }
}
