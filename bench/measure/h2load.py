"""Closed-loop load by h2load: its per-request log gives counts and latencies of a window."""

import os
import re
import shutil
import subprocess
import time

from measure import machine

MESSAGE = b"\x00\x00\x00\x00\x07\x0a\x05hello"
WARM_SECONDS_MAX = 180
REPLY_BYTES = 5 + 2 + len("Hello hello")


class Shape:
    def __init__(self, connections, streams):
        self.connections = connections
        self.streams = streams
        self.name = f"{connections} x {streams}"


SHAPES = [Shape(10, 100), Shape(50, 1), Shape(1000, 1), Shape(1, 1)]


class H2load:
    """Runs h2load on the load core with gRPC's fields and a greeter's message."""

    def __init__(self, work, core):
        self.program = shutil.which("h2load")
        if not self.program:
            raise SystemExit("h2load is missing (expected: apt-get install nghttp2-client)")
        self.work = work
        self.core = core
        self.body = os.path.join(work, "hello.bin")
        with open(self.body, "wb") as body:
            body.write(MESSAGE)

    def _command(self, port, shape, *more):
        return [self.program, "-c", str(shape.connections), "-m", str(shape.streams), "-t", "1",
                "-d", self.body, "-H", "content-type: application/grpc", "-H", "te: trailers",
                *more, f"http://127.0.0.1:{port}/helloworld.Greeter/SayHello"]

    def _popen(self, command):
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            preexec_fn=machine.pin(self.core))

    def warm(self, port, shape, seconds, calls):
        """Loads until both have passed, the time and the calls: a slow minute is no excuse."""
        done = 0
        limit = time.monotonic() + WARM_SECONDS_MAX
        until = time.monotonic() + seconds
        while done < calls or time.monotonic() < until:
            if time.monotonic() > limit:
                raise RuntimeError(f"{done} warm calls in {WARM_SECONDS_MAX} s (expected: {calls})")
            done += self.count(port, shape, max(1, round(until - time.monotonic())))

    def count(self, port, shape, seconds):
        """Loads for that long; how many calls were answered."""
        process = self._popen(self._command(port, shape, "-D", str(max(1, round(seconds)))))
        output, _ = process.communicate(timeout=seconds + 60)
        return _answers(output, shape)

    def measure(self, port, shape, seconds, server, settle=0.5):
        """Loads for `seconds` and a bit; CPU, allocation and latencies come from a window inside.

        The window opens once every connection has been answered and `settle` has passed, and
        closes before h2load stops: neither set-up nor tear-down is in it.
        """
        log = os.path.join(self.work, "h2load.log")
        if os.path.exists(log):
            os.remove(log)
        whole = int(seconds + settle + 1.5) + 1
        process = self._popen(
            self._command(port, shape, "-D", str(whole), f"--log-file={log}"))
        try:
            _await_answers(log, shape.connections * 2, 30)
            time.sleep(settle)
            opened = _sample(server)
            time.sleep(seconds)
            closed = _sample(server)
            output, _ = process.communicate(timeout=whole + 60)
        except BaseException:
            process.kill()
            process.wait()
            raise
        _answers(output, shape)
        latencies = _window(log, opened[0], closed[0])
        os.remove(log)
        return Measured(opened, closed, latencies)


class Measured:
    """One window: calls, CPU per call, latencies in microseconds."""

    def __init__(self, opened, closed, latencies):
        self.calls = len(latencies)
        if not self.calls:
            raise RuntimeError("no call ended in the window (expected: many)")
        self.seconds = (closed[0] - opened[0]) / 1e6
        self.cpu_micros = (closed[1] - opened[1]) / 1e3 / self.calls
        latencies.sort()
        self.p50 = percentile(latencies, 50)
        self.p99 = percentile(latencies, 99)

    def figures(self):
        return {"cpu": self.cpu_micros, "p50": self.p50, "p99": self.p99,
                "rate": self.calls / self.seconds}


def percentile(ordered, percent):
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def _sample(server):
    return time.time_ns() // 1000, server.cpu_nanos()


def _await_answers(log, lines, seconds):
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if os.path.exists(log) and os.path.getsize(log) >= lines * 20:
            return
        time.sleep(0.02)
    raise RuntimeError(f"fewer than {lines} answers within {seconds} s")


def _window(log, opened_micros, closed_micros):
    """Latencies of the calls that ended in the window; a failed one is an error."""
    latencies = []
    with open(log, "rb") as rows:
        for row in rows:
            start, status, micros = row.split(b"\t")
            end = int(start) + int(micros)
            if opened_micros <= end < closed_micros:
                if status != b"200":
                    raise RuntimeError(f"status {status.decode()} (expected: 200)")
                latencies.append(int(micros))
    return latencies


def _totals(output):
    done = re.search(
        r"requests: \d+ total, \d+ started, (\d+) done, (\d+) succeeded, (\d+) failed", output)
    traffic = re.search(r"traffic: .* total, .* headers .*, \S+ \((\d+)\) data", output)
    if not done or not traffic:
        raise RuntimeError("h2load said: " + output[-600:])
    return [int(n) for n in done.groups()], int(traffic.group(1))


def _answers(output, shape):
    """Every answer must have carried a whole reply: an error of gRPC is a 200 without one."""
    (done, succeeded, failed), data = _totals(output)
    outstanding = shape.connections * shape.streams
    if failed or succeeded != done or abs(data - done * REPLY_BYTES) > outstanding * REPLY_BYTES:
        raise RuntimeError(
            f"{succeeded} of {done} succeeded, {failed} failed, {data} bytes of data "
            f"(expected: {done * REPLY_BYTES}); h2load: {_said(output)}")
    return done


def _said(output):
    """What tells a reset (errored) from an answer without a whole reply."""
    lines = re.findall(r"^(?:requests|status codes): .*$", output, re.MULTILINE)
    return "; ".join(lines)
