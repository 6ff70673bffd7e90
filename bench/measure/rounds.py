"""Cost, clients and allocation: each round starts every server anew, one after the other."""

from measure import h2load
from measure.process import words

CLOSED_LOOP = "io.gyrfalcon.bench.client.ClosedLoop"
CLIENT_CHANNELS = 10
CLIENT_OUTSTANDING = 100
CLIENTS = "grpc-java clients"
STUB_CALLS = 300000


class Settings:
    """How long things take. Equal for every engine."""

    def __init__(self, rounds, seconds, warm, warm_calls, say):
        self.rounds = rounds
        self.seconds = seconds
        self.warm = warm
        self.warm_calls = warm_calls
        self.say = say


class Figures:
    """Every value of every round, by engine, shape and figure; and what could not be measured."""

    def __init__(self):
        self.values = {}
        self.failures = []

    def add(self, engine, shape, figures):
        for name, value in figures.items():
            self.values.setdefault((engine.name, shape, name), []).append(value)

    def of(self, engine, shape, figure):
        return self.values.get((engine.name, shape, figure), [])

    def record(self):
        return [{"engine": e, "shape": s, "figure": f, "rounds": [round(v, 3) for v in values]}
                for (e, s, f), values in self.values.items()]


class Alternation:
    """A B C A B C ...: every engine once a round; a step that fails is named, the run goes on."""

    def __init__(self, bed, settings, figures):
        self.bed = bed
        self.settings = settings
        self.figures = figures
        self.load = h2load.H2load(bed.work, bed.load_core)

    def run(self, engines, flags, step):
        """step(engine, server, port) measures a fresh server and adds to the figures."""
        for number in range(self.settings.rounds):
            for engine in engines:
                self.attempt(f"round {number + 1}, {engine.name}",
                             lambda: self._serve(engine, flags, number, step))

    def _serve(self, engine, flags, number, step):
        with self.bed.server(engine, flags) as server:
            port = int(server.expect("ready"))
            if number == 0:
                check(self.bed, port)
                self.settings.say(f"    served by {server.ask('engine')}, "
                                  f"which waits in {server.ask('pollers')}")
            step(engine, server, port)

    def attempt(self, title, measure):
        """Measures; a failure is kept under that title."""
        self.settings.say(title)
        try:
            measure()
        except (OSError, RuntimeError) as failure:
            self.figures.failures.append(f"{title}: {failure}")
            self.settings.say(f"FAILED {title}: {failure}")

    def warm(self, port):
        self.load.warm(port, h2load.SHAPES[0], self.settings.warm, self.settings.warm_calls)

    def add(self, engine, shape, found):
        self.figures.add(engine, shape, found)
        shown = ", ".join(f"{name} {value:.2f}" for name, value in found.items())
        self.settings.say(f"    {shape}: {shown}")


def cost(alternation, engines, shapes, flags, prefix=""):
    """CPU per call and closed-loop latencies; one fresh server per engine and round."""
    settings, load = alternation.settings, alternation.load

    def step(engine, server, port):
        alternation.warm(port)
        for shape in shapes[1:]:
            load.warm(port, shape, settings.warm / 4, settings.warm_calls / 20)
        for shape in shapes:
            measured = load.measure(port, shape, settings.seconds, server)
            alternation.add(engine, prefix + shape.name, measured.figures())

    alternation.run(engines, flags, step)


def allocation(alternation, engines, shape, flags):
    """Bytes per call over all threads of a warm server, and of the stub alone in that process."""
    settings, load = alternation.settings, alternation.load

    def step(engine, server, port):
        alternation.warm(port)
        server.ask("allocated")
        before = int(server.ask("allocated"))
        calls = load.count(port, shape, settings.seconds)
        after = int(server.ask("allocated"))
        found = {"bytes": (after - before) / calls}
        if engine.family != "vertx":
            found["null transport"] = float(server.ask(f"null-transport {STUB_CALLS}"))
        alternation.add(engine, shape.name, found)

    alternation.run(engines, flags, step)


def clients(alternation, engines, flags):
    """grpc-java's own clients, each call with its own grpc-timeout and traceparent."""
    def step(engine, server, port):
        alternation.warm(port)
        found = drive(alternation, server, CLOSED_LOOP, "--port", port, "--channels",
                      CLIENT_CHANNELS, "--outstanding", CLIENT_OUTSTANDING)
        alternation.add(engine, CLIENTS, found)

    alternation.run(engines, flags, step)


def drive(alternation, server, main, *arguments):
    """One run of a Java driver; the server's CPU is read where nothing is outstanding.

    The driver warms for twice as long as h2load: it is slow until its own code is compiled, and
    the server's code for such calls is compiled only meanwhile.
    """
    settings = alternation.settings
    with alternation.bed.driver(main, *arguments, "--warm-millis", settings.warm * 2000,
                                "--warm-calls", settings.warm_calls // 2,
                                "--millis", int(settings.seconds * 1000)) as driver:
        driver.expect("warm", h2load.WARM_SECONDS_MAX + 60)
        opened = server.cpu_nanos()
        driver.say("go")
        found = words(driver.expect("measured", settings.seconds + 60))
        closed = server.cpu_nanos()
    if found["failures"] or not found["calls"]:
        raise RuntimeError(f"{found} (expected: calls and no failures)")
    return {"cpu": (closed - opened) / 1e3 / found["calls"], "p50": found["p50"],
            "p99": found["p99"], "rate": found["calls"] / found["seconds"]}


def check(bed, port):
    """grpc-java's client reads a few answers: status OK and the right text, or an error."""
    with bed.driver(CLOSED_LOOP, "--port", port, "--channels", 1, "--outstanding", 2,
                    "--warm-millis", 500, "--millis", 200) as driver:
        driver.expect("warm")
        driver.say("go")
        found = words(driver.expect("measured"))
    if found["failures"] or not found["calls"]:
        raise RuntimeError(f"{found} (expected: calls and no failures)")
