"""Processes that this script starts, and only those, are ended by it."""

import os
import select
import subprocess
import time

from measure import machine

LINE_SECONDS = 60


class Child:
    """A Java process that speaks in lines."""

    def __init__(self, command, core, log=None):
        self.log_path = log
        self.log = open(log, "ab") if log else subprocess.DEVNULL
        self.start_nanos = time.monotonic_ns()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
            preexec_fn=machine.pin(core) if core is not None else None)
        self.pid = self.process.pid
        self.buffer = b""

    def line(self, seconds=LINE_SECONDS):
        """The next line, or an error that names the command."""
        limit = time.monotonic() + seconds
        output = self.process.stdout.fileno()
        while b"\n" not in self.buffer:
            ready, _, _ = select.select([output], [], [], max(0, limit - time.monotonic()))
            if not ready:
                raise TimeoutError(f"no line within {seconds} s: {self.process.args[-4:]}")
            chunk = os.read(output, 65536)
            if not chunk:
                raise RuntimeError(
                    f"ended with {self.process.wait()}: {self.process.args[-4:]}\n{self.tail()}")
            self.buffer += chunk
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line.decode().strip()

    def tail(self):
        """The end of what it complained about."""
        if not self.log_path:
            return ""
        with open(self.log_path, "rb") as log:
            log.seek(max(0, os.path.getsize(self.log_path) - 2000))
            return log.read().decode(errors="replace")

    def expect(self, word, seconds=LINE_SECONDS):
        """The rest of a line that must start with that word."""
        line = self.line(seconds)
        first, _, rest = line.partition(" ")
        if first != word:
            raise RuntimeError(f"{line} (expected: {word} ...)")
        return rest

    def say(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def ask(self, line, seconds=LINE_SECONDS):
        self.say(line)
        return self.expect(line.split(" ")[0], seconds)

    def cpu_nanos(self):
        return machine.process_cpu_nanos(self.pid)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def stop(self):
        """Asks it to end, then makes it."""
        try:
            self.process.stdin.close()
        except OSError:
            pass
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        if self.log is not subprocess.DEVNULL:
            self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def words(text):
    """name=value words as a dictionary of numbers."""
    return {name: float(value) for name, _, value in (w.partition("=") for w in text.split())}


class Bed:
    """Starts servers and drivers on their cores."""

    def __init__(self, class_paths, java, work, server_core, load_core):
        self.class_paths = class_paths
        self.java = java
        self.work = work
        self.server_core = server_core
        self.load_core = load_core

    def server(self, engine, flags, extra=(), port=0, with_channels=False):
        """with_channels: its handlers make calls, so it has grpc-java's channel, too."""
        class_path = self.class_paths.of(engine.family, with_channels)
        command = [self.java, *flags, "-cp", class_path, engine.main,
                   "--port", str(port), *engine.arguments, *extra]
        child = Child(command, self.server_core, os.path.join(self.work, "server.log"))
        return child

    def driver(self, main, *arguments, flags=("-Xmx2g",), family="grpc-java"):
        """family: whose channel it finds, where its main does not name one."""
        command = [self.java, *flags, "--enable-native-access=ALL-UNNAMED", "-cp",
                   self.class_paths.of(family), main, *map(str, arguments)]
        return Child(command, self.load_core, os.path.join(self.work, "driver.log"))
