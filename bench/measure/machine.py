"""The machine, its clocks and its cores."""

import os
import platform
import subprocess
import time

SERVER_CORE = 0
LOAD_CORE = 1


def process_cpu_nanos(pid):
    """CPU time of a process in the scheduler's nanoseconds, threads that have ended included.

    This is the kernel's own sum (clock_getcpuclockid's clock): the run time of every living
    thread plus what ended threads have left in the process. The files /proc/PID/task/*/schedstat
    give the same nanoseconds for living threads only, and /proc/PID/stat has ticks of 10 ms.
    """
    scheduler_clock = 2
    return time.clock_gettime_ns((~pid << 3) | scheduler_clock)


def pin(core):
    """For Popen's preexec_fn: the child runs on that core only."""
    return lambda: os.sched_setaffinity(0, {core})


def describe():
    cpu = "unknown"
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("model name"):
                cpu = line.split(":", 1)[1].strip()
                break
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "load_average": round(os.getloadavg()[0], 2),
    }


def commit(directory):
    """The commit that was measured, with a + where files differ from it."""
    def git(*words):
        done = subprocess.run(
            ["git", "-C", directory, *words], capture_output=True, text=True, check=False)
        return done.stdout.strip()

    name = git("rev-parse", "--short=12", "HEAD") or "unknown"
    return name + ("+" if git("status", "--porcelain", "--untracked-files=no") else "")
