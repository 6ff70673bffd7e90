package io.gyrfalcon.verify.judged;

import static io.gyrfalcon.verify.judged.Duel.alike;
import static io.gyrfalcon.verify.judged.Duel.ours;
import static io.gyrfalcon.verify.judged.Duel.same;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.Status.Code;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Servers whose answers are not what gRPC asks for: what the caller is told. */
class BadAnswersTest {
    private static final String MALFORMED =
            "The server's answer is malformed. HTTP/2 error code: PROTOCOL_ERROR";
    private static final String[] OK = {"grpc-status", "0"};

    @TestFactory
    Stream<DynamicTest> answersOfHttp() {
        return IntStream.of(200, 204, 302, 400, 401, 403, 404, 418, 429, 431, 500, 502, 503, 504)
                .boxed()
                .flatMap(BadAnswersTest::answersOfHttp);
    }

    private static Stream<DynamicTest> answersOfHttp(int status) {
        String http = String.valueOf(status);
        return Stream.of(
                same(
                        http + " of another type",
                        (w, id) ->
                                w.headers(id, true, ":status", http, "content-type", "text/html")),
                same(
                        http + " with a page",
                        (w, id) ->
                                w.headers(id, false, ":status", http)
                                        .data(id, true, "<p>sorry".getBytes(UTF_8))),
                same(
                        http + " without a status of gRPC's",
                        (w, id) -> w.headers(id, true, headOf(http))),
                same(
                        http + " with a status of gRPC's",
                        (w, id) -> w.headers(id, true, headOf(http, OK))));
    }

    private static String[] head(String... more) {
        return headOf("200", more);
    }

    private static String[] headOf(String status, String... more) {
        String[] all = new String[4 + more.length];
        all[0] = ":status";
        all[1] = status;
        all[2] = "content-type";
        all[3] = "application/grpc";
        System.arraycopy(more, 0, all, 4, more.length);
        return all;
    }

    @TestFactory
    Stream<DynamicTest> headsThatAreNone() {
        return Stream.of(
                alike(
                        "no HTTP status",
                        MALFORMED,
                        (w, id) ->
                                w.headers(id, false, "content-type", "application/grpc")
                                        .trailers(id, OK)),
                ours(
                        "an HTTP status that is no number",
                        Code.INTERNAL,
                        MALFORMED,
                        (w, id) -> w.headers(id, false, headOf("abc")).trailers(id, OK)),
                ours(
                        "an interim head that ends",
                        Code.INTERNAL,
                        MALFORMED,
                        (w, id) -> w.headers(id, true, headOf("100", OK))),
                same(
                        "interim heads before the other",
                        (w, id) -> {
                            for (int i = 0; i < 50; i++) w.headers(id, false, ":status", "103");
                            w.answer(id, "a");
                        }),
                alike("two heads", MALFORMED, (w, id) -> w.head(id).head(id)),
                odd("a field of HTTP/1", "connection", "close"),
                odd("a name in capitals", "Upper", "case"),
                odd("a pseudo-field that nobody knows", ":what", "x"),
                odd("fewer bytes announced", "content-length", "2"),
                odd("more bytes announced", "content-length", "200"),
                alike(
                        "a pseudo-field in trailers",
                        MALFORMED,
                        (w, id) -> w.head(id).trailers(id, ":status", "200", "grpc-status", "0")),
                same(
                        "a type that only begins like gRPC's",
                        (w, id) ->
                                w.headers(
                                        id,
                                        true,
                                        ":status",
                                        "200",
                                        "content-type",
                                        "application/grpc-web")),
                same(
                        "a type with a parameter",
                        (w, id) ->
                                w.headers(
                                                id,
                                                false,
                                                ":status",
                                                "200",
                                                "content-type",
                                                "application/grpc;x=y")
                                        .message(id, "a")
                                        .trailers(id, OK)));
    }

    private static DynamicTest odd(String name, String field, String value) {
        return alike(
                name,
                MALFORMED,
                (w, id) ->
                        w.headers(id, false, head(field, value)).message(id, "a").trailers(id, OK));
    }

    @TestFactory
    Stream<DynamicTest> fieldsThatAreWrong() {
        String large = "v".repeat(9_000);
        String text = "Server Headers or Trailers exceeded Metadata size limit: 8192";
        return Stream.of(
                ours(
                        "a head that is too large",
                        Code.RESOURCE_EXHAUSTED,
                        text,
                        (w, id) -> w.headers(id, false, head("x", large)).trailers(id, OK)),
                ours(
                        "trailers that are too large",
                        Code.RESOURCE_EXHAUSTED,
                        text,
                        (w, id) -> w.head(id).trailers(id, "grpc-status", "0", "x", large)),
                alike(
                        "a binary value that is none",
                        "A binary metadata value is not base64",
                        (w, id) -> w.headers(id, false, head("x-bin", "***")).trailers(id, OK)),
                alike(
                        "a binary value in trailers that is none",
                        "A binary metadata value is not base64",
                        (w, id) -> w.head(id).trailers(id, "grpc-status", "0", "x-bin", "***")));
    }

    @TestFactory
    Stream<DynamicTest> statusesThatAreMissingOrWrong() {
        return Stream.of(
                same("trailers without status", (w, id) -> w.head(id).trailers(id, "x", "y")),
                same("trailers without fields", (w, id) -> w.head(id).trailers(id)),
                same("a head that is all", (w, id) -> w.headers(id, true, head())),
                same("an end by DATA", (w, id) -> w.head(id).data(id, true, new byte[0])),
                same(
                        "an end by a message",
                        (w, id) -> w.head(id).data(id, true, Wire.message(0, new byte[1]))),
                alike("abc", "Unknown code abc", (w, id) -> status(w, id, "abc")),
                alike("17", "Unknown code 17", (w, id) -> status(w, id, "17")),
                alike("-1", "Unknown code -1", (w, id) -> status(w, id, "-1")),
                alike("12 digits", "Unknown code 9", (w, id) -> status(w, id, "999999999999")),
                same("none", (w, id) -> status(w, id, "", "grpc-message", "hm")),
                same("two", (w, id) -> status(w, id, "3", "grpc-status", "5")),
                same("words ill coded", (w, id) -> status(w, id, "3", "grpc-message", "a%zzb%")),
                same(
                        "words of no text",
                        (w, id) -> status(w, id, "3", "grpc-message", "%C3%A9%ff")),
                same("OK without a message", (w, id) -> status(w, id, "0")));
    }

    private static void status(Wire wire, int id, String status, String... more)
            throws java.io.IOException {
        String[] all = new String[2 + more.length];
        all[0] = "grpc-status";
        all[1] = status;
        System.arraycopy(more, 0, all, 2, more.length);
        wire.head(id).trailers(id, all);
    }

    @TestFactory
    Stream<DynamicTest> messagesThatAreWrong() {
        return Stream.of(
                alike(
                        "a message before the head",
                        MALFORMED,
                        (w, id) -> w.message(id, "a").trailers(id, OK)),
                same(
                        "two messages to a unary call",
                        (w, id) -> w.head(id).message(id, "a").message(id, "b").trailers(id, OK)),
                body("one that is too large", Wire.prefixed(0, 5 << 20, new byte[10])),
                alike(
                        "one of 4 GiB",
                        "gRPC message exceeds maximum size 4194304: ",
                        (w, id) -> w.head(id).data(id, false, Wire.prefixed(0, -1, new byte[9]))),
                body("a flag that is reserved", Wire.message(2, new byte[1])),
                body("one that is cut off", Wire.prefixed(0, 9, new byte[1])),
                body("one deflated by nothing", Wire.message(1, new byte[1])),
                same(
                        "an encoding that nobody knows",
                        (w, id) ->
                                w.headers(id, false, head("grpc-encoding", "zip"))
                                        .data(id, false, Wire.message(1, new byte[1]))
                                        .trailers(id, OK)),
                ours(
                        "one that is not of its encoding",
                        Code.INTERNAL,
                        "Can't decompress gRPC message",
                        (w, id) ->
                                w.headers(id, false, head("grpc-encoding", "gzip"))
                                        .data(id, false, Wire.message(1, new byte[40]))
                                        .trailers(id, OK)));
    }

    private static DynamicTest body(String name, byte[] body) {
        return same(name, (w, id) -> w.head(id).data(id, false, body).trailers(id, OK));
    }
}
