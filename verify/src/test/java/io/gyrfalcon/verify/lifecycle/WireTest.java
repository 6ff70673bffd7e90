package io.gyrfalcon.verify.lifecycle;

import static io.gyrfalcon.verify.lifecycle.Wires.block;
import static io.gyrfalcon.verify.lifecycle.Wires.body;
import static io.gyrfalcon.verify.lifecycle.Wires.call;
import static io.gyrfalcon.verify.lifecycle.Wires.fields;
import static io.gyrfalcon.verify.lifecycle.Wires.message;

import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;

/** Odd requests in bytes, to grpc-java's server and to ours. */
@Timeout(300)
final class WireTest {
    private static final String RESET = "1 RST 1";
    private static final String NEVER = "/play.Stub/Never";
    private static final String BIDI = "/play.Stub/BIDI_STREAMING";

    private static Wires wires;
    private final List<DynamicTest> cases = new ArrayList<>();

    @BeforeAll
    static void start() {
        wires = new Wires(Lane.DEFAULT);
    }

    @AfterAll
    static void stop() {
        wires.close();
    }

    private void same(String name, Consumer<WireClient> script) {
        cases.add(wires.same(name, script));
    }

    private void ours(String name, Consumer<WireClient> script, String... expected) {
        cases.add(wires.ours(name, script, expected));
    }

    /** Calls that differ in one field. */
    private void same(String field, String... values) {
        for (String v : values) same(field + " '" + v + "'", call(field, v));
    }

    private void ours(String field, String expected, String... values) {
        for (String v : values) ours(field + " '" + v + "'", call(field, v), expected);
    }

    private static Consumer<WireClient> script(Consumer<RawClient> sending, Integer... ends) {
        return client -> {
            sending.accept(client.raw.hello());
            client.await(ends);
        };
    }

    @TestFactory
    List<DynamicTest> contentTypes() {
        same(
                "content-type",
                "application/grpc+proto",
                "application/grpc+json",
                "application/grpc+",
                "application/grpc;charset=utf-8",
                "application/grpc ;x",
                "application/grpcx",
                "application/grpc-web",
                "application/grpc-web+proto",
                "Application/GRPC",
                "application/json",
                "text/plain",
                "");
        same("no content-type", call("content-type", null));
        same("a second content-type", call("+content-type", "text/plain"));
        same("a second that is right", call("content-type", "a/b", "+content-type", "c/d"));
        same("te", "Trailers");
        same("no te", call("te", null));
        same("te twice", call("+te", "trailers"));
        ours("te", RESET, "gzip", "trailers, deflate", "");
        return cases;
    }

    @TestFactory
    List<DynamicTest> timeouts() {
        same("+grpc-timeout", "0n", "1n", "0S", "00000001S", "12345678S", "99999999H", "5000m");
        same("two timeouts", call("+grpc-timeout", "10S", "+grpc-timeout", "1n"));
        same("a bad one first", call("+grpc-timeout", "bad", "+grpc-timeout", "10S"));
        String refused = ":status: 400";
        ours("+grpc-timeout", refused, "123456789S", "1", "S", "", "-1S", "+1S", "1 S", "1s");
        ours("+grpc-timeout", refused, "1.5S", "1x", "1N", "1SS", "\u0661S");
        ours("+grpc-timeout", refused, " 1S", "1S ");
        same(
                "a deadline before the message",
                script(c -> c.headers(1, false, fields("+grpc-timeout", "100m")), 1));
        same("a deadline in a handler", call(":path", NEVER, "+grpc-timeout", "2000m"));
        same(
                "a deadline in half a message",
                script(
                        c ->
                                c.headers(1, false, fields("+grpc-timeout", "100m"))
                                        .data(1, false, message(0, 9, new byte[1])),
                        1));
        same(
                "a deadline of an answer that waits for window",
                client -> {
                    client.raw.hello(4, 0).headers(1, false, fields("+grpc-timeout", "2000m"));
                    client.raw.data(1, true, message("hi"));
                    client.await(1);
                });
        return cases;
    }

    @TestFactory
    List<DynamicTest> encodings() {
        String accepted = "grpc-accept-encoding: gzip";
        same("+grpc-encoding", "gzip", "identity");
        ours("+grpc-encoding", accepted, "snappy", "", "Gzip", "gzip,identity");
        ours(
                "two encodings",
                call("+grpc-encoding", "identity", "+grpc-encoding", "snappy"),
                accepted);
        ours(
                "of an unknown method",
                call("+grpc-encoding", "snappy", ":path", "/no/Such"),
                accepted);
        same("content-encoding", call("+content-encoding", "gzip"));
        same("accepted", call("+grpc-accept-encoding", ",,gzip;q=1, ,"));
        return cases;
    }

    @TestFactory
    List<DynamicTest> pathsAndMethods() {
        ours(":path", "grpc-message: Method not found:%20, grpc-status: 12", "/");
        same(":path", "//", "/play.Stub", "/play.Stub/", "/play.Stub/UNARY/", "/a/b/c");
        same(":path", "//play.Stub/UNARY", "/play.Stub/UNARY?x=1", "/play.stub/UNARY", "/ /x");
        same(":path", "/play.Stub/unary", "/play.Stub/%55NARY", "/play.Stub/UNARY#f");
        ours(":path", RESET, "play.Stub/UNARY", "*", "", "http://localhost/play.Stub/UNARY");
        ours("no path", call(":path", null), RESET);
        for (String m : List.of("GET", "OPTIONS", "PUT", "DELETE", "post", "TRACE")) {
            same(m + " with a body", call(":method", m));
            same(m, script(c -> c.headers(1, true, fields(":method", m)), 1));
        }
        String bodiless =
                "[:status: 405, allow: POST, content-type: text/plain; charset=utf-8, "
                        + "grpc-message: Method 'HEAD' is not supported, grpc-status: 13]; 1 END";
        ours("HEAD with a body", call(":method", "HEAD"), bodiless);
        ours("HEAD", script(c -> c.headers(1, true, fields(":method", "HEAD")), 1), bodiless);
        ours("no method", call(":method", null), RESET);
        ours("an empty method", call(":method", ""), RESET);
        ours("CONNECT as another", call(":method", "CONNECT"), RESET);
        String[] connect = {":method", "CONNECT", ":authority", "localhost:1"};
        same("CONNECT", script(c -> c.headers(1, false, connect), 1));
        return cases;
    }

    @TestFactory
    List<DynamicTest> authorities() {
        same(":scheme", "https", "HTTP", "ftp", "");
        ours("no scheme", call(":scheme", null), RESET);
        String scene = "/play.Scene/UNARY";
        for (String a : List.of("", "user@localhost", "localhost:99", "local host")) {
            same("authority '" + a + "'", call(":path", scene, ":authority", a));
        }
        same("no authority", call(":path", scene, ":authority", null));
        same("a host", call(":path", scene, ":authority", null, "+host", "h.example"));
        same("the same host", call(":path", scene, "+host", "localhost"));
        same("two hosts", call(":authority", null, "+host", "a", "+host", "b"));
        same("one host twice", call(":authority", null, "+host", "a", "+host", "a"));
        same("twice beside", call("+host", "localhost", "+host", "localhost"));
        ours("another host", call("+host", "other"), RESET);
        return cases;
    }

    @TestFactory
    List<DynamicTest> fieldsThatAreMalformed() {
        for (String name : List.of("connection", "keep-alive", "proxy-connection", "upgrade")) {
            ours(name, call("+" + name, "x"), RESET);
        }
        ours("transfer-encoding", call("+transfer-encoding", "chunked"), RESET);
        for (String name : List.of(":status", ":protocol", ":method", "X-Up", "", "a b", "a:b")) {
            ours("name '" + name + "'", call("+" + name, "v"), RESET);
        }
        for (String value : List.of("a\nb", "a\rb", "a\0b")) {
            ours("+x", RESET, value);
        }
        same("+a_b.c-d", "v");
        same("+a!b", "v");
        return cases;
    }

    private void metadata(String name, String... more) {
        String[] all = Arrays.copyOf(more, more.length + 2);
        all[more.length] = ":path";
        all[more.length + 1] = "/play.Scene/UNARY";
        same(name, call(all));
    }

    @TestFactory
    List<DynamicTest> metadataAsHandlersSeeIt() {
        metadata("several of a name", "+k", "1", "+k", "2", "+other", "3");
        metadata("commas", "+k", "a,b");
        metadata("values", "+a", "a\tb", "+b", "a\u00e9b", "+c", "a\u007fb", "+d", "");
        metadata("blanks at the ends", "+a", " x ", "+b", "y\t", "+c", " ");
        metadata("binary", "+k-bin", "AQI");
        metadata("padded", "+k-bin", "AQI=");
        metadata("padded too much", "+k-bin", "AQI==");
        metadata("joined", "+k-bin", "AQI,AwQ=");
        metadata("empty", "+k-bin", "");
        metadata("empty ones joined", "+k-bin", ",AQI,,");
        metadata("stray bits", "+k-bin", "AQJ");
        metadata("binary, several", "+k-bin", "AQI", "+k-bin", "AwQ");
        metadata("cookies", "+cookie", "a=1", "+cookie", "b=2");
        metadata("reserved", "+grpc-foo", "x", "+grpc-status", "3", "+grpc-message", "m");
        metadata("others", "+accept", "*/*", "+expect", "100-continue", "+trailer", "x");
        metadata("its length", "+content-length", "7");
        String scene = "/play.Scene/UNARY";
        ours("blanks", call(":path", scene, "+k-bin", "AQI, AwQ"), "k-bin=[AQI=][AwQ=]");
        for (String v : List.of("A*I", "A", "-_-_")) {
            ours("not base64: " + v, call(":path", scene, "+k-bin", v), "grpc-status: 13");
        }
        for (String v : List.of("8", "6", "x", "-1")) {
            ours("length " + v, call(":path", scene, "+content-length", v), RESET);
        }
        ours("two lengths", call("+content-length", "7", "+content-length", "8"), RESET);
        for (int i : new int[] {0, 1}) same("size " + (8_191 + i), ofSize(8_191 + i));
        ours("size 8193", ofSize(8_193), ":status: 431", "grpc-status: 8");
        ours("size 16000", ofSize(16_000), ":status: 431", "grpc-status: 8");
        return cases;
    }

    private static Consumer<WireClient> ofSize(int bytes) {
        String[] all = fields("+k", "");
        int sum = 0;
        for (int i = 0; i < all.length; i += 2) sum += 32 + all[i].length() + all[i + 1].length();
        return call("+k", "v".repeat(bytes - sum));
    }

    @TestFactory
    List<DynamicTest> frames() {
        byte[] block = block();
        same(
                "padded DATA",
                script(c -> c.headers(1, false, fields()).out().frame(0, 9, 1, padded("a", 9)), 1));
        same(
                "DATA of padding alone",
                script(
                        c ->
                                c.headers(1, false, fields())
                                        .data(1, false, message("a"))
                                        .out()
                                        .padded(1, 0, 200, true),
                        1));
        same("an empty HEADERS", script(c -> continued(c, new byte[0], block), 1));
        same(
                "a block in pieces",
                script(
                        c ->
                                continued(
                                        c,
                                        Arrays.copyOf(block, 3),
                                        Arrays.copyOfRange(block, 3, 50),
                                        Arrays.copyOfRange(block, 50, block.length)),
                        1));
        same("a PING in a block", script(c -> c.out().frame(1, 0, 1, block).ping(1, false)));
        same(
                "unknown frames",
                script(
                        c -> {
                            c.out().frame(0xee, 0xff, 77, new byte[9]);
                            c.headers(1, false, fields()).data(1, true, message("a"));
                        },
                        1));
        same("an even stream", script(c -> c.headers(2, true, fields())));
        same("DATA on an idle stream", script(c -> c.data(1, true, new byte[1])));
        same("RST on an idle stream", script(c -> c.out().rst(1, 8)));
        same("WINDOW_UPDATE of 0", script(c -> c.out().windowUpdate(0, 0)));
        same("too much window", script(c -> c.out().windowUpdate(0, 0x7fff_ffff)));
        same("a large frame", script(c -> c.headers(1, false, fields()).data(1, true, LARGE)));
        same("a short PING", script(c -> c.out().frame(6, 0, 0, new byte[7])));
        same("SETTINGS on a stream", script(c -> c.out().frame(4, 0, 1, new byte[0])));
        same("SETTINGS cut short", script(c -> c.out().frame(4, 0, 0, new byte[5])));
        same("no HPACK", script(c -> c.out().headers(1, new byte[] {(byte) 0x80}, true)));
        ours("PUSH_PROMISE", script(c -> c.out().frame(5, 4, 1, new byte[9])), "GOAWAY 1");
        ours(
                "a stream below the last",
                script(c -> c.headers(5, false, fields()).headers(3, false, fields())),
                "GOAWAY 1");
        return cases;
    }

    private static final byte[] LARGE = new byte[16_385];

    private static byte[] padded(String text, int pad) {
        byte[] plain = message(text);
        byte[] payload = new byte[1 + plain.length + pad];
        payload[0] = (byte) pad;
        System.arraycopy(plain, 0, payload, 1, plain.length);
        return payload;
    }

    private static void continued(RawClient c, byte[] first, byte[]... more) {
        c.out().frame(1, 0, 1, first);
        for (int i = 0; i < more.length; i++)
            c.out().continuation(1, more[i], i == more.length - 1);
        c.data(1, true, message("a"));
    }

    @TestFactory
    List<DynamicTest> prefacesAndSettings() {
        for (String text : List.of("hello, this is no HTTP\r\n\r\n", "GET / HTTP/1.1\r\n\r\n")) {
            same(text.strip(), client -> said(client, text.getBytes(StandardCharsets.US_ASCII)));
        }
        same("TLS", client -> said(client, new byte[] {0x16, 3, 1, 0, 100, 1, 0, 0, 96, 3, 3}));
        same("no SETTINGS", client -> said(client, headersWithoutSettings()));
        for (int[] bad : new int[][] {{5, 0}, {2, 2}, {4, 0x8000_0000}}) {
            same(
                    "SETTINGS " + Arrays.toString(bad),
                    client -> {
                        client.raw.hello(bad);
                        client.await();
                    });
        }
        for (int[] good : new int[][] {{1, 0}, {6, 1}, {0x99, 1, 8, 1}, {3, 0}}) {
            same("SETTINGS " + Arrays.toString(good), client -> twoCalls(client, good));
        }
        same("a client that says no more", WireTest::halfClosed);
        return cases;
    }

    private static void said(WireClient client, byte[] bytes) {
        client.raw.out().raw(bytes);
        client.await();
    }

    private static byte[] headersWithoutSettings() {
        RawClient raw = new RawClient(null);
        raw.out().preface();
        return raw.headers(1, true, fields()).take();
    }

    private static void twoCalls(WireClient client, int[] settings) {
        client.raw.hello(settings);
        for (int id = 1; id <= 3; id += 2) {
            client.raw.headers(id, false, fields()).data(id, true, message("a"));
            client.await(id);
        }
    }

    private static void halfClosed(WireClient client) {
        client.raw.hello().headers(1, false, fields());
        client.halfClose();
        client.await();
    }

    @TestFactory
    List<DynamicTest> windows() {
        same("window that comes later", client -> windowed(client, 0, 100, 1));
        same("window byte by byte", client -> windowed(client, 1, 1, 10));
        same(
                "window by SETTINGS",
                client -> {
                    windowed(client, 0, 0, 0);
                    client.raw.out().settings(4, 1_000);
                    client.await(1);
                });
        same(
                "window taken back",
                client -> {
                    client.raw.hello().headers(1, false, fields(":path", BIDI));
                    client.raw.data(1, false, message("a"));
                    client.await("next a");
                    client.raw.out().settings(4, 0);
                    client.raw.data(1, false, message("b"));
                    client.await("next b");
                    client.raw.out().settings(4, 65_535);
                    client.raw.data(1, true, message("c"));
                    client.await(1);
                });
        return cases;
    }

    private static void windowed(WireClient client, int window, int more, int times) {
        client.raw.hello(4, window).headers(1, false, fields()).data(1, true, message("a"));
        for (int i = 0; i < times; i++) {
            client.listen(30);
            client.raw.out().windowUpdate(1, more);
        }
        if (times > 0) client.await(1);
        else client.listen(100);
    }

    @TestFactory
    List<DynamicTest> endsAndResets() {
        String[] never = fields(":path", NEVER);
        same(
                "DATA after the end",
                client -> {
                    client.raw.hello().headers(1, false, never).data(1, true, message("a"));
                    client.await("called");
                    client.raw.data(1, true, message("b"));
                    client.await(1);
                });
        same(
                "WINDOW_UPDATE of 0",
                script(c -> c.headers(1, false, never).out().windowUpdate(1, 0), 1));
        same(
                "half-close, then reset",
                client -> {
                    client.raw.hello().headers(1, false, never).data(1, true, message("a"));
                    client.await("called");
                    client.raw.out().rst(1, 8);
                    client.await("cancelled");
                });
        same(
                "a message, then a reset",
                client -> {
                    client.raw.hello().headers(1, false, fields(":path", BIDI));
                    client.raw.data(1, false, message("a"));
                    client.hear("1 DATA");
                    client.raw.out().rst(1, 8);
                    client.await("cancelled");
                });
        same(
                "a reset after the end",
                client -> {
                    twoCalls(client, new int[0]);
                    client.raw.out().rst(1, 8).rst(3, 0);
                });
        same(
                "GOAWAY of the client's",
                script(
                        c -> {
                            c.out().frame(7, 0, 0, new byte[8]);
                            c.headers(1, false, fields()).data(1, true, message("a"));
                        },
                        1));
        for (String path : List.of("UNARY", "CLIENT_STREAMING")) {
            ours(
                    "trailers of the client's, " + path,
                    script(
                            c ->
                                    c.headers(1, false, fields(":path", "/play.Stub/" + path))
                                            .data(1, false, message("a"))
                                            .headers(1, true, "x", "y"),
                            1),
                    "grpc-status: 0");
        }
        ours(
                "pseudo-fields in trailers",
                script(
                        c ->
                                c.headers(1, false, fields())
                                        .data(1, false, message("a"))
                                        .headers(1, true, ":path", "/x"),
                        1),
                RESET);
        return cases;
    }

    @TestFactory
    List<DynamicTest> bodies() throws IOException {
        for (String kind :
                List.of("UNARY", "SERVER_STREAMING", "CLIENT_STREAMING", "BIDI_STREAMING")) {
            bodies(kind, "/play.Stub/" + kind);
            compressed(kind, "/play.Stub/" + kind);
        }
        for (String text :
                List.of("", "plain", "50% of \u00fc\u20ac\uD83D\uDE00", "a\nb\r\tc", "%41")) {
            same("status '" + text + "'", body("/play.Stub/Fail", message(text)));
        }
        return cases;
    }

    private void bodies(String kind, String path) {
        byte[] a = message("a");
        same(
                kind + " END_STREAM on HEADERS",
                script(c -> c.headers(1, true, fields(":path", path)), 1));
        same(kind + " an empty DATA", body(path, new byte[0]));
        same(kind + " two messages", body(path, a, message("b")));
        same(kind + " an empty message", body(path, message("")));
        same(kind + " compressed by nothing", body(path, message(1, 1, new byte[1])));
        same(kind + " empty, compressed by nothing", body(path, message(1, 0, new byte[0])));
        same(kind + " reserved bits", body(path, message(2, 1, new byte[1])));
        same(kind + " another reserved bit", body(path, message(0x80, 1, new byte[1])));
        same(kind + " half a message", body(path, message(0, 5, new byte[2])));
        same(kind + " half a prefix", body(path, new byte[3]));
        byte[] hi = message("hi");
        byte[][] bytes = new byte[hi.length][];
        for (int i = 0; i < hi.length; i++) bytes[i] = new byte[] {hi[i]};
        same(kind + " byte by byte", body(path, bytes));
        same(kind + " an end of its own", body(path, a, new byte[0]));
        int max = Wires.MESSAGE_BYTES_MAX;
        same(kind + " as large as allowed", body(path, message("x".repeat(max))));
        same(kind + " too large", body(path, message("x".repeat(max + 1))));
        same(kind + " announced as too large", body(path, message(0, max + 1, new byte[1])));
        ours(kind + " huge", body(path, message(0, -1, new byte[1])), "1000: 4294967295");
    }

    private void compressed(String kind, String path) throws IOException {
        String[] gzip = {":path", path, "+grpc-encoding", "gzip", "+grpc-accept-encoding", "gzip"};
        int max = Wires.MESSAGE_BYTES_MAX;
        byte[] zipped = zipped("abc");
        same(kind + " gzip", body(gzip, framed(zipped)));
        same(kind + " plain among gzip", body(gzip, message("abc")));
        same(
                kind + " no gzip",
                body(gzip, framed("no gzip at all".getBytes(StandardCharsets.US_ASCII))));
        same(kind + " nothing in gzip", body(gzip, framed(new byte[0])));
        same(kind + " inflated as far as allowed", body(gzip, framed(zipped("x".repeat(max)))));
        String[] identity = {":path", path, "+grpc-encoding", "identity"};
        same(kind + " compressed by identity", body(identity, message(1, 1, new byte[1])));
        ours(
                kind + " inflated too far",
                body(gzip, framed(zipped("x".repeat(max + 1)))),
                "grpc-status: 8");
    }

    private static byte[] framed(byte[] body) {
        return message(1, body.length, body);
    }

    private static byte[] zipped(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.toByteArray();
    }
}
