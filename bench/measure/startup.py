"""From the start of java to the first answered call, seen from outside by a bare socket."""

import socket
import struct
import time

from measure import h2load

SHAPE = "start"
LIMIT_SECONDS = 30
DATA = 0
HEADERS = 1
SETTINGS = 4
END_STREAM = 1
END_HEADERS = 4


def run(alternation, engines, flags):
    """Alternates starts; the server's own port is chosen beforehand."""
    for number in range(alternation.settings.rounds):
        for engine in engines:
            alternation.attempt(
                f"round {number + 1}, {engine.name}, start",
                lambda: alternation.add(
                    engine, SHAPE, {"millis": _once(alternation.bed, engine, flags)}))


def _once(bed, engine, flags):
    port = _free_port()
    with bed.server(engine, flags, port=port) as server:
        connection = _connect(server, port)
        with connection:
            connection.sendall(_call(port))
            _await_answer(connection)
            return (time.monotonic_ns() - server.start_nanos) / 1e6


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _connect(server, port):
    limit = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < limit:
        connection = socket.socket()
        try:
            connection.connect(("127.0.0.1", port))
            connection.settimeout(LIMIT_SECONDS)
            return connection
        except ConnectionRefusedError:
            connection.close()
            time.sleep(0.0005)
        if server.process.poll() is not None:
            break
    raise RuntimeError(f"nothing listens, waited up to {LIMIT_SECONDS} s\n{server.tail()}")


def _frame(kind, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def _literal(name, value):
    return (b"\x00" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode())


def _call(port):
    block = b"\x83\x86" + b"".join(_literal(*field) for field in [
        (":path", "/helloworld.Greeter/SayHello"), (":authority", f"127.0.0.1:{port}"),
        ("content-type", "application/grpc"), ("te", "trailers")])
    return (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + _frame(SETTINGS, 0, 0, b"")
            + _frame(HEADERS, END_HEADERS, 1, block)
            + _frame(DATA, END_STREAM, 1, h2load.MESSAGE))


def _await_answer(connection):
    """Returns once the whole message and the trailers behind it are here."""
    received = b""
    message = 0
    while True:
        chunk = connection.recv(65536)
        if not chunk:
            raise RuntimeError("closed before the answer")
        received += chunk
        while len(received) >= 9:
            length = int.from_bytes(received[:3], "big")
            if len(received) < 9 + length:
                break
            kind, flags, stream = received[3], received[4], int.from_bytes(received[5:9], "big")
            received = received[9 + length:]
            if stream != 1:
                continue
            if kind == DATA:
                message += length
            if flags & END_STREAM and kind in (DATA, HEADERS):
                if message != h2load.REPLY_BYTES:
                    raise RuntimeError(f"{message} bytes (expected: {h2load.REPLY_BYTES})")
                return
