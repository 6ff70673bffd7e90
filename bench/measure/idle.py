"""What a connection costs that does nothing: fresh, and after one call with ten entries."""

from measure.process import words

IDLE = "io.gyrfalcon.bench.idle.IdleConnections"
FRESH = "idle, fresh"
CALLED = "idle, after a call"
TRACKING = ["-Xmx2g", "-XX:NativeMemoryTracking=summary", "--enable-native-access=ALL-UNNAMED"]
WARM_CONNECTIONS = 50


def run(alternation, engines, connections):
    """One server at a time with all connections open; one round, since counts hardly move."""
    for engine in engines:
        alternation.attempt(f"{engine.name}, {connections} idle connections",
                            lambda: _measure(alternation, engine, connections))


def _measure(alternation, engine, connections):
    bed = alternation.bed
    with bed.server(engine, TRACKING) as server:
        port = int(server.expect("ready"))
        _visit(bed, port, WARM_CONNECTIONS)
        before = words(server.ask("memory", 120))
        with bed.driver(IDLE, "--port", port, "--connections", connections,
                        flags=("-Xmx6g",)) as client:
            client.expect("connected", 300)
            fresh = words(server.ask("memory", 120))
            client.say("call")
            client.expect("called", 300)
            called = words(server.ask("memory", 120))
    alternation.add(engine, FRESH, _each(before, fresh, connections))
    alternation.add(engine, CALLED, _each(before, called, connections))


def _visit(bed, port, connections):
    """Classes, pools and caches that the first connections bring are not charged to the rest."""
    with bed.driver(IDLE, "--port", port, "--connections", connections) as client:
        client.expect("connected")
        client.say("call")
        client.expect("called")


def _each(before, after, connections):
    grown = {name: (after[name] - before[name]) / connections for name in after}
    grown["engine"] = grown["heap"] + max(grown["other"], grown["direct"])
    return grown
