"""Calls grpc.testing.TestService by grpcio, with messages learnt through reflection.

Usage: client.py HOST:PORT [ROOTS.PEM]. Prints a line for each scene that holds; exits with 1 at the first
that does not.
"""

import base64
import sys
import time

import grpc
from google.protobuf import descriptor_pool, message_factory
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

SERVICE = "grpc.testing.TestService"


class Scenes:
    def __init__(self, channel):
        self.channel = channel
        self.database = ProtoReflectionDescriptorDatabase(channel)
        self.pool = descriptor_pool.DescriptorPool(self.database)

    def message(self, name, **fields):
        descriptor = self.pool.FindMessageTypeByName("grpc.testing." + name)
        return message_factory.GetMessageClass(descriptor)(**fields)

    def method(self, name):
        method = self.pool.FindServiceByName(SERVICE).FindMethodByName(name)
        kind = {
            (False, False): self.channel.unary_unary,
            (False, True): self.channel.unary_stream,
            (True, False): self.channel.stream_unary,
            (True, True): self.channel.stream_stream,
        }[(method.client_streaming, method.server_streaming)]
        answer = message_factory.GetMessageClass(method.output_type)
        return kind(
            f"/{SERVICE}/{name}",
            request_serializer=lambda m: m.SerializeToString(),
            response_deserializer=answer.FromString,
        )

    def sized(self, *sizes, pause_us=0):
        return self.message(
            "StreamingOutputCallRequest",
            response_parameters=[
                self.message("ResponseParameters", size=n, interval_us=pause_us)
                for n in sizes
            ],
        )

    def reflection(self):
        names = list(self.database.get_services())
        expect("services", SERVICE in names and "grpc.health.v1.Health" in names, names)

    def unary(self):
        request = self.message(
            "SimpleRequest",
            response_size=300_000,
            payload=self.message("Payload", body=bytes(200_000)),
        )
        answer = self.method("UnaryCall")(request, timeout=20)
        expect("size", len(answer.payload.body) == 300_000, len(answer.payload.body))

    def server_streaming(self):
        answers = self.method("StreamingOutputCall")(self.sized(1, 70_000, 3), timeout=20)
        sizes = [len(a.payload.body) for a in answers]
        expect("sizes", sizes == [1, 70_000, 3], sizes)

    def client_streaming(self):
        requests = (
            self.message(
                "StreamingInputCallRequest", payload=self.message("Payload", body=bytes(n))
            )
            for n in (10, 20_000, 30)
        )
        answer = self.method("StreamingInputCall")(requests, timeout=20)
        expect("sum", answer.aggregated_payload_size == 20_040, answer)

    def both_streaming(self):
        answers = self.method("FullDuplexCall")(
            (self.sized(n) for n in (31_415, 9, 2_653)), timeout=20
        )
        sizes = [len(a.payload.body) for a in answers]
        expect("sizes", sizes == [31_415, 9, 2_653], sizes)

    def compression(self):
        request = self.message(
            "SimpleRequest",
            response_size=1_000,
            payload=self.message("Payload", body=bytes(100_000)),
        )
        answer = self.method("UnaryCall")(
            request, timeout=20, compression=grpc.Compression.Gzip
        )
        expect("size", len(answer.payload.body) == 1_000, len(answer.payload.body))

    def deadline(self):
        start = time.monotonic()
        answers = self.method("StreamingOutputCall")(
            self.sized(1, 1, pause_us=5_000_000), timeout=0.3
        )
        code = code_of(lambda: list(answers))
        expect("code", code == grpc.StatusCode.DEADLINE_EXCEEDED, code)
        expect("time", time.monotonic() - start < 4, time.monotonic() - start)

    def cancel(self):
        answers = self.method("StreamingOutputCall")(
            self.sized(5, 5, pause_us=2_000_000), timeout=20
        )
        next(answers)
        answers.cancel()
        code = code_of(lambda: list(answers))
        expect("code", code == grpc.StatusCode.CANCELLED, code)

    def metadata(self):
        answer, call = self.method("UnaryCall").with_call(
            self.message("SimpleRequest", response_size=1),
            timeout=20,
            metadata=(
                ("x-grpc-test-echo-initial", "first"),
                ("x-grpc-test-echo-trailing-bin", b"\x00\xab\xff"),
            ),
        )
        first = dict(call.initial_metadata()).get("x-grpc-test-echo-initial")
        last = dict(call.trailing_metadata()).get("x-grpc-test-echo-trailing-bin")
        expect("initial", first == "first", first)
        expect("trailing", last == b"\x00\xab\xff", base64.b64encode(last or b""))

    def status(self):
        text = "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n"
        request = self.message(
            "SimpleRequest", response_status=self.message("EchoStatus", code=2, message=text)
        )
        try:
            self.method("UnaryCall")(request, timeout=20)
        except grpc.RpcError as error:
            expect("code", error.code() == grpc.StatusCode.UNKNOWN, error.code())
            expect("text", error.details() == text, error.details())
            return
        expect("an error", False, "none")

    def unimplemented(self):
        call = self.channel.unary_unary("/grpc.testing.TestService/Nothing")
        code = code_of(lambda: call(b"", timeout=20))
        expect("code", code == grpc.StatusCode.UNIMPLEMENTED, code)


def code_of(action):
    try:
        action()
    except grpc.RpcError as error:
        return error.code()
    return grpc.StatusCode.OK


def expect(what, holds, found):
    if not holds:
        raise AssertionError(f"{what}: found {found}")


def open_channel(target, roots):
    if roots is None:
        return grpc.insecure_channel(target)
    with open(roots, "rb") as pem:
        credentials = grpc.ssl_channel_credentials(pem.read())
    name = (("grpc.ssl_target_name_override", "foo.test.google.fr"),)
    return grpc.secure_channel(target, credentials, options=name)


def main():
    with open_channel(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None) as channel:
        scenes = Scenes(channel)
        for name in (
            "reflection",
            "unary",
            "server_streaming",
            "client_streaming",
            "both_streaming",
            "compression",
            "deadline",
            "cancel",
            "metadata",
            "status",
            "unimplemented",
        ):
            getattr(scenes, name)()
            print("PASS", name, flush=True)


if __name__ == "__main__":
    main()
