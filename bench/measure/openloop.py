"""A fixed rate, timed from the intended start: half of what the peer managed at 50 x 1."""

from measure import rounds

OPEN_LOOP = "io.gyrfalcon.bench.openloop.OpenLoop"
CONNECTIONS = 10
SHAPE = "open loop"


def run(alternation, engines, rate, flags):
    """Every engine at that rate, round after round."""
    def step(engine, server, port):
        alternation.warm(port)
        found = rounds.drive(alternation, server, OPEN_LOOP, "--port", port,
                             "--connections", CONNECTIONS, "--rate", int(rate))
        alternation.add(engine, SHAPE, found)

    alternation.settings.say(f"open loop at {int(rate)} calls per second")
    alternation.run(engines, flags, step)
