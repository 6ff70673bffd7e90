"""One call at a time: both sides spinning against both blocking; and what an idle server uses."""

import time

from measure import rounds

ONE_BY_ONE = "io.gyrfalcon.bench.spin.OneByOne"
SPINNING = "one by one, both spin"
BLOCKING = "one by one, both block"
IDLE = "idle, adaptive"
CALM_SECONDS = 2


def run(alternation, engines, flags):
    """Spinning, blocking, idle, round after round."""
    for policy, wait, shape in (("spin", "spin", SPINNING), ("block", "block", BLOCKING)):
        alternation.run(engines, [*flags, f"-Dgyrfalcon.idle={policy}"], _calls(
            alternation, wait, shape))
    alternation.run(engines, [*flags, "-Dgyrfalcon.idle=adaptive"], _idle(alternation))


def _calls(alternation, wait, shape):
    def step(engine, server, port):
        found = rounds.drive(alternation, server, ONE_BY_ONE, "--port", port, "--wait", wait)
        alternation.add(engine, shape, found)
    return step


def _idle(alternation):
    def step(engine, server, port):
        # The policy has learnt that looking pays; then nothing happens any more.
        rounds.drive(alternation, server, ONE_BY_ONE, "--port", port, "--wait", "spin")
        time.sleep(CALM_SECONDS)
        start, opened = time.monotonic_ns(), server.cpu_nanos()
        time.sleep(max(5, alternation.settings.seconds))
        used = server.cpu_nanos() - opened
        alternation.add(engine, IDLE, {"share": 100 * used / (time.monotonic_ns() - start)})
    return step
