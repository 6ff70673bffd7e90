package io.gyrfalcon.verify.judged;

import static io.gyrfalcon.verify.judged.Duel.alike;
import static io.gyrfalcon.verify.judged.Duel.late;
import static io.gyrfalcon.verify.judged.Duel.ours;
import static io.gyrfalcon.verify.judged.Duel.same;

import io.grpc.Status.Code;
import io.gyrfalcon.http2.sim.FrameBytes;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Servers that speak something else, or HTTP/2 badly: what the caller is told. */
class BadConnectionsTest {
    private static final String FAULT = "http2 exception: ";
    private static final String NOT_HTTP2 = FAULT + "PROTOCOL_ERROR, the first frame is not";
    private static final String MALFORMED = "The server's answer is malformed. HTTP/2 error code: ";
    private static final String IO = "io exception";

    private static final int TABLE_BYTES = 1;
    private static final int PUSH = 2;
    private static final int STREAMS = 3;
    private static final int WINDOW = 4;
    private static final int FRAME_BYTES = 5;
    private static final int HEADER_LIST = 6;

    @TestFactory
    Stream<DynamicTest> serversThatSpeakSomethingElse() {
        return Stream.of(
                alike("HTTP/1", NOT_HTTP2, w -> http1(w)),
                alike(
                        "garbage",
                        NOT_HTTP2,
                        w -> w.preface().text("\0\0\0 whatever it is").finish()),
                ours(
                        "an alert of TLS, which is shorter than a frame",
                        Code.UNAVAILABLE,
                        "Network closed for unknown reason",
                        w -> w.preface().send(new byte[] {21, 3, 3, 0, 2, 2, 70}).finish()),
                same("an end at once", Wire::finish),
                same("an end after our preface", w -> w.preface().finish()),
                alike("a reset", IO, w -> w.preface().abort()),
                late("silence", Wire::drain));
    }

    private static void http1(Wire wire) throws java.io.IOException {
        wire.preface().text("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n").finish();
    }

    @TestFactory
    Stream<DynamicTest> serversThatGoAmidACall() {
        return Stream.of(
                same("an end after the request", (w, id) -> w.finish()),
                alike("a reset after the request", IO, (w, id) -> w.abort()),
                same("an end after the head", (w, id) -> w.head(id).finish()),
                same("an end after a message", (w, id) -> w.head(id).message(id, "a").finish()),
                same(
                        "an end amid a message",
                        (w, id) -> w.head(id).data(id, false, new byte[] {0, 0, 0, 0, 9}).finish()),
                late("silence after the request", Duel.answering((w, id) -> w.drain())));
    }

    @TestFactory
    Stream<DynamicTest> hostileSettings() {
        return Stream.of(
                alike("a window beyond 2^31-1", FAULT, w -> w.hello(WINDOW, -1).drain()),
                alike("frames of 0 bytes", FAULT, w -> w.hello(FRAME_BYTES, 0).drain()),
                alike("frames of 16 MiB", FAULT, w -> w.hello(FRAME_BYTES, 1 << 24).drain()),
                alike("push, which is ours to say", FAULT, w -> w.hello(PUSH, 1).drain()),
                alike(
                        "half a setting",
                        FAULT + "FRAME_SIZE_ERROR",
                        w ->
                                w.preface()
                                        .send(new FrameBytes().frame(4, 0, 0, new byte[3]))
                                        .drain()),
                alike(
                        "windows that overflow by SETTINGS",
                        FAULT + "FLOW_CONTROL_ERROR",
                        (w, id) ->
                                w.send(
                                        new FrameBytes()
                                                .windowUpdate(id, 0x7fff_0000)
                                                .settings(WINDOW, 0x7fff_ffff))),
                alike(
                        "an acknowledgement first",
                        NOT_HTTP2,
                        w -> w.preface().send(new FrameBytes().settingsAck()).drain()),
                ours(
                        "a thousand settings",
                        Code.INTERNAL,
                        FAULT + "ENHANCE_YOUR_CALM",
                        w -> w.hello(unknown(1_000)).answer(w.request(), "a").drain()),
                same("no table", w -> w.hello(TABLE_BYTES, 0).answer(w.request(), "a").drain()),
                same(
                        "a huge table",
                        w -> w.hello(TABLE_BYTES, -1).answer(w.request(), "a").drain()),
                ours(
                        "headers of one byte, which is advice",
                        Code.OK,
                        "null",
                        w -> w.hello(HEADER_LIST, 1).answer(w.request(), "a").drain()),
                late("no window, ever", w -> w.hello(WINDOW, 0).drain()),
                late("no stream, ever", w -> w.hello(STREAMS, 0).drain()));
    }

    private static int[] unknown(int count) {
        return IntStream.range(0, 2 * count).map(i -> i % 2 == 0 ? 99 : 0).toArray();
    }

    @TestFactory
    Stream<DynamicTest> windowsAndFramesThatAreWrong() {
        return Stream.of(
                wrong("0 bytes for a stream", true, (b, id) -> b.windowUpdate(id, 0)),
                wrong("a stream's overflow", true, (b, id) -> b.windowUpdate(id, 0x7fff_ffff)),
                wrong("0 bytes for all", false, (b, id) -> b.windowUpdate(0, 0)),
                wrong("the overflow of all", false, (b, id) -> b.windowUpdate(0, 0x7fff_ffff)),
                wrong("a push", false, (b, id) -> b.frame(5, 4, id, new byte[] {0, 0, 0, 2, 88})),
                wrong(
                        "a block that is cut off",
                        false,
                        (b, id) -> b.frame(1, 4, id, new byte[] {64})),
                wrong("a frame too large", false, (b, id) -> b.frame(0, 0, id, new byte[1 << 20])),
                wrong(
                        "a block's end alone",
                        false,
                        (b, id) -> b.continuation(id, new byte[1], true)),
                wrong("a short ping", false, (b, id) -> b.frame(6, 0, 0, new byte[3])),
                wrong("an idle stream", false, (b, id) -> b.headers(99, new byte[] {-120}, false)),
                same(
                        "a frame that nobody knows",
                        (w, id) ->
                                w.send(new FrameBytes().frame(99, 0, id, new byte[3]))
                                        .answer(id, "a")),
                ours(
                        "a stream of the server's own",
                        Code.INTERNAL,
                        FAULT + "PROTOCOL_ERROR, HEADERS on an idle stream",
                        (w, id) -> w.head(2)),
                ours(
                        "DATA without end or bytes",
                        Code.INTERNAL,
                        FAULT + "ENHANCE_YOUR_CALM, too_many_empty_frames",
                        (w, id) -> {
                            w.head(id);
                            for (int i = 0; i < 20_000; i++) w.data(id, false, new byte[0]);
                        }));
    }

    private interface Frames {
        void add(FrameBytes bytes, int id);
    }

    private static DynamicTest wrong(String name, boolean isOfStream, Frames frames) {
        return alike(
                name,
                isOfStream ? MALFORMED : FAULT,
                (w, id) -> {
                    FrameBytes bytes = new FrameBytes();
                    frames.add(bytes, id);
                    w.send(bytes);
                });
    }

    @TestFactory
    Stream<DynamicTest> resets() {
        Stream<DynamicTest> afterRequest =
                IntStream.rangeClosed(0, 14)
                        .filter(code -> code != 7)
                        .mapToObj(code -> same("reset " + code, (w, id) -> w.reset(id, code)));
        Stream<DynamicTest> afterHead =
                IntStream.of(0, 7, 8)
                        .mapToObj(
                                code ->
                                        same(
                                                "reset " + code + " after the head",
                                                (w, id) -> w.head(id).reset(id, code)));
        DynamicTest refused =
                same(
                        "refused, then taken",
                        w -> {
                            w.hello().reset(w.request(), 7);
                            w.answer(w.request(), "a").drain();
                        });
        return Stream.of(afterRequest, afterHead, Stream.of(refused)).flatMap(tests -> tests);
    }

    @TestFactory
    Stream<DynamicTest> goAways() {
        Stream<DynamicTest> andClosed =
                IntStream.rangeClosed(0, 13)
                        .mapToObj(
                                code ->
                                        same(
                                                "go away " + code + ", and an end",
                                                (w, id) -> w.goAway(id, code, "bye").finish()));
        return Stream.concat(
                andClosed,
                Stream.of(
                        ours(
                                "go away for what nobody knows, and an end",
                                Code.INTERNAL,
                                "Connection closed after GOAWAY. Unrecognized HTTP/2 error code",
                                (w, id) -> w.goAway(id, 14, "bye").finish()),
                        same("go away, and a reset", (w, id) -> w.goAway(id, 11, "calm").abort()),
                        same(
                                "go away, and the answer",
                                (w, id) -> w.goAway(id, 0, "bye").answer(id, "a")),
                        same(
                                "go away before the request, of one connection",
                                new Script() {
                                    private int connections;

                                    @Override
                                    public void play(Wire wire) throws java.io.IOException {
                                        int id = wire.hello().request();
                                        if (connections++ == 0) wire.goAway(0, 0, "").drain();
                                        wire.answer(id, "a").drain();
                                    }
                                })));
    }
}
