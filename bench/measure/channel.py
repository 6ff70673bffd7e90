"""A channel's cost: one client process of each engine against the same server of ours."""

from measure import engines, h2load
from measure.process import words

MAIN = "io.gyrfalcon.bench.client.ChannelLoad"
ASYNC_DEFAULT = "channel, 100 async, default"
ASYNC_DIRECT = "channel, 100 async, direct"
ONE_THREAD = "channel, 1 blocking thread"
MANY_THREADS = "channel, 100 blocking threads"
SHAPES = {
    ASYNC_DEFAULT: ["--outstanding", 100],
    ASYNC_DIRECT: ["--outstanding", 100, "--executor", "direct"],
    ONE_THREAD: ["--threads", 1],
    MANY_THREADS: ["--threads", 100],
}
BOTH_SLEEP = "both ends, one by one, loops sleep"
BOTH_SPIN = "both ends, one by one, loops spin"
SPIN = "-Dgyrfalcon.idle=spin"


def run(alternation, clients):
    """Each client in turn against a server of ours, then each against one of its own engine."""
    for number in range(alternation.settings.rounds):
        for client in clients:
            for shape, load in SHAPES.items():
                alternation.attempt(
                    f"round {number + 1}, {client.name}, {shape}",
                    lambda c=client, s=shape, w=load: _measure(
                        alternation, engines.GYRFALCON_DIRECT, c, s, w, engines.FLAGS))
            for shape, more in ((BOTH_SLEEP, []), (BOTH_SPIN, [SPIN])):
                alternation.attempt(
                    f"round {number + 1}, {client.name}, {shape}",
                    lambda c=client, s=shape, m=more: _measure(
                        alternation, c, c, s, [*SHAPES[ONE_THREAD], "--executor", "direct"],
                        [*engines.FLAGS, *m]))


def _measure(alternation, server_engine, client, shape, load, flags):
    """Both processes are sampled where nothing is outstanding."""
    settings = alternation.settings
    with alternation.bed.server(server_engine, flags) as server:
        port = int(server.expect("ready"))
        alternation.warm(port)
        with alternation.bed.driver(
                MAIN, "--port", port, *load, "--warm-millis", settings.warm * 1000,
                "--warm-calls", settings.warm_calls // 8,
                "--millis", int(settings.seconds * 1000),
                family=client.family, flags=flags) as driver:
            name = driver.expect("engine")
            if (client.family == "gyrfalcon") != name.startswith("io.gyrfalcon."):
                raise RuntimeError(f"{name} (expected: the channel of {client.family})")
            driver.expect("warm", h2load.WARM_SECONDS_MAX + 60)
            opened = driver.cpu_nanos()
            driver.say("go")
            found = words(driver.expect("measured", settings.seconds + 60))
            closed = driver.cpu_nanos()
            allocated = int(driver.expect("allocated"))
    if found["failures"] or not found["calls"]:
        raise RuntimeError(f"{found} (expected: calls and no failures)")
    alternation.add(client, shape, {
        "client cpu": (closed - opened) / 1e3 / found["calls"],
        "client bytes": allocated / found["calls"], "p50": found["p50"], "p99": found["p99"],
        "rate": found["calls"] / found["seconds"]})
