"""What is demanded of the engine: ratios of medians within one run."""

import statistics

from measure import channel, engines, idle, openloop, rounds, spin, startup

OURS = engines.GYRFALCON_DIRECT
PEER = engines.GRPC_JAVA_DIRECT
OUR_DEFAULT = engines.GYRFALCON_DEFAULT
PEER_DEFAULT = engines.GRPC_JAVA_DEFAULT
PLAIN = "no flags, "


class Ratio:
    """Our median over the peer's is at most that."""

    def __init__(self, shape, figure, limit, ours=OURS, peer=PEER):
        self.shape, self.figure, self.limit = shape, figure, limit
        self.ours, self.peer = ours, peer

    def judge(self, figures):
        ours = figures.of(self.ours, self.shape, self.figure)
        peer = figures.of(self.peer, self.shape, self.figure)
        if not ours or not peer:
            return None
        ratio = statistics.median(ours) / statistics.median(peer)
        return self._text(), f"{ratio:.3f}", f"{self.limit:.3f}", ratio <= self.limit

    def _text(self):
        return f"{self.shape}: {self.figure} of {self.ours.name} / {self.peer.name}"


class Against:
    """Our median in one shape over our median in another is at most that."""

    def __init__(self, shape, other, figure, limit, ours=OURS):
        self.shape, self.other, self.figure = shape, other, figure
        self.limit, self.ours = limit, ours

    def judge(self, figures):
        found = figures.of(self.ours, self.shape, self.figure)
        base = figures.of(self.ours, self.other, self.figure)
        if not found or not base:
            return None
        ratio = statistics.median(found) / statistics.median(base)
        text = f"{self.figure} of {self.ours.name}: {self.shape} / {self.other}"
        return text, f"{ratio:.3f}", f"{self.limit:.3f}", ratio <= self.limit


class Excess:
    """Our median is at most that much above another figure of ours, or above nothing."""

    def __init__(self, shape, figure, above, limit):
        self.shape, self.figure, self.above, self.limit = shape, figure, above, limit

    def judge(self, figures):
        found = figures.of(OURS, self.shape, self.figure)
        base = figures.of(OURS, self.shape, self.above) if self.above else [0]
        if not found or not base:
            return None
        excess = statistics.median(found) - statistics.median(base)
        text = f"{self.shape}: {self.figure} of {OURS.name}"
        if self.above:
            text += f" above {self.above}"
        return text, f"{excess:.0f}", f"{self.limit}", excess <= self.limit


TARGETS = [
    Ratio("10 x 100", "cpu", 1 / 10),
    Ratio("50 x 1", "cpu", 1 / 1.8),
    Ratio("1000 x 1", "cpu", 1 / 3),
    Ratio("10 x 100", "cpu", 1 / 12, OUR_DEFAULT, PEER_DEFAULT),
    Ratio("50 x 1", "cpu", 1 / 2, OUR_DEFAULT, PEER_DEFAULT),
    Ratio(rounds.CLIENTS, "cpu", 1 / 5),
    *[Ratio(shape, figure, 1.0, ours, peer)
      for ours, peer in ((OURS, PEER), (OUR_DEFAULT, PEER_DEFAULT))
      for shape in ("10 x 100", "50 x 1", "1000 x 1", "1 x 1")
      for figure in ("p50", "p99")],
    *[Ratio(rounds.CLIENTS, figure, 1.0) for figure in ("p50", "p99")],
    Ratio(openloop.SHAPE, "p99", 0.7),
    Ratio(openloop.SHAPE, "p99", 0.7, OUR_DEFAULT, PEER_DEFAULT),
    Ratio("10 x 100", "bytes", 1 / 5),
    Excess("10 x 100", "bytes", "null transport", 200),
    Ratio(startup.SHAPE, "millis", 0.55),
    Ratio(PLAIN + "10 x 100", "cpu", 1 / 10),
    Ratio(PLAIN + "50 x 1", "cpu", 1 / 1.8),
    Ratio(PLAIN + "10 x 100", "cpu", 1 / 12, OUR_DEFAULT, PEER_DEFAULT),
    Ratio(PLAIN + "50 x 1", "cpu", 1 / 2, OUR_DEFAULT, PEER_DEFAULT),
    Against(spin.SPINNING, spin.BLOCKING, "p50", 0.6),
    Against(spin.SPINNING, spin.BLOCKING, "p50", 0.6, OUR_DEFAULT),
    Excess(spin.IDLE, "share", None, 2),
    Ratio(channel.ASYNC_DEFAULT, "client cpu", 1 / 10),
    Ratio(channel.ASYNC_DIRECT, "client cpu", 1 / 5),
    Ratio(channel.ONE_THREAD, "client cpu", 0.6),
    Ratio(channel.MANY_THREADS, "client cpu", 0.4),
    *[Ratio(shape, "client bytes", 1 / 5) for shape in channel.SHAPES],
    *[Ratio(shape, figure, 1.0) for shape in channel.SHAPES for figure in ("p50", "p99")],
    Ratio(channel.BOTH_SLEEP, "p50", 0.85),
    Ratio(channel.BOTH_SPIN, "p50", 0.4),
    Excess(idle.FRESH, "engine", None, 2048),
    Excess(idle.CALLED, "engine", None, 6144),
]
