package io.gyrfalcon.http2.sim;

import io.gyrfalcon.http2.ClientSide;
import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.http2.Http2Scratch;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.http2.Stream;
import io.gyrfalcon.http2.hpack.FieldBlock;

import java.util.Arrays;
import java.util.List;

/** A client side on a table: a server's bytes are put in by hand. Not thread-safe. */
public final class ClientBench extends SideBench<ClientBench> {
    public static final int PREFACE_BYTES = 24;
    public static final FieldBlock REQUEST =
            FieldBlock.of(
                    ":method",
                    "POST",
                    ":scheme",
                    "http",
                    ":path",
                    "/a/b",
                    ":authority",
                    "x",
                    "te",
                    "trailers",
                    "content-type",
                    "application/grpc",
                    "user-agent",
                    "bench",
                    "grpc-accept-encoding",
                    "gzip");

    public final ClientSide client;
    public final RecordingClientEvents events;

    public ClientBench(
            Http2Settings settings, Http2Limits limits, RecordingClientEvents events, long max) {
        super(max);
        this.events = events;
        Http2Scratch scratch = new Http2Scratch(slabs, 1);
        client = new ClientSide(settings, limits, events, slabs, out, scratch, now);
    }

    /** The settings of a client: no pings without calls, no strikes for the server's. */
    public static Http2Settings.Builder settings() {
        return Http2Settings.mesh().toBuilder()
                .keepAliveNanos(Http2Settings.NEVER)
                .keepAliveWithoutCalls(false)
                .permitKeepAliveNanos(0)
                .permitKeepAliveWithoutCalls(true);
    }

    /** A bench that has sent its preface and heard nothing. */
    public static ClientBench started() {
        ClientBench bench =
                new ClientBench(
                        settings().build(), Bench.LIMITS, new RecordingClientEvents(), 64 << 20);
        bench.client.start();
        bench.skipPreface();
        return bench;
    }

    /** A bench with the handshake behind it. */
    public static ClientBench open() {
        return open(settings().build(), Bench.LIMITS);
    }

    public static ClientBench open(Http2Settings settings, Http2Limits limits) {
        return open(settings, limits, new RecordingClientEvents());
    }

    public static ClientBench open(
            Http2Settings settings, Http2Limits limits, RecordingClientEvents events) {
        ClientBench bench = new ClientBench(settings, limits, events, 64 << 20);
        bench.client.start();
        bench.skipPreface();
        bench.send(new FrameBytes().settings().settingsAck());
        bench.frames();
        events.log.clear();
        return bench;
    }

    private void skipPreface() {
        byte[] first = FrameParser.take(out, PREFACE_BYTES);
        if (!Arrays.equals(first, new FrameBytes().preface().toByteArray())) {
            throw new AssertionError("not the preface: " + new String(first));
        }
    }

    /** Opens a stream and ends the batch. */
    public Stream request(boolean end) {
        Stream s = client.open(REQUEST, null, 0, end);
        client.pump(now);
        return s;
    }

    @Override
    ClientSide side() {
        return client;
    }

    @Override
    ClientBench self() {
        return this;
    }

    /** Events since last time. */
    public List<String> told() {
        List<String> told = List.copyOf(events.log);
        events.log.clear();
        return told;
    }
}
