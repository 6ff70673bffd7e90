package io.gyrfalcon.http2.sim;

import io.gyrfalcon.http2.ClientSide;
import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.http2.Http2Scratch;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.http2.Stream;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.primitives.memory.Budget;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A client side on a table: a server's bytes are put in by hand. Not thread-safe. */
public final class ClientBench implements AutoCloseable {
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

    public final SlabPool slabs;
    public final SlabChain out;
    public final ClientSide client;
    public final RecordingClientEvents events;
    private final FrameParser parser = new FrameParser();
    public long now = 1_000 * Bench.SECOND;

    public ClientBench(
            Http2Settings settings, Http2Limits limits, RecordingClientEvents events, long max) {
        slabs = SlabPool.forLoop(new Budget(max));
        slabs.ownedBy(Thread.currentThread());
        out = new SlabChain(slabs);
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

    public ClientBench send(FrameBytes bytes) {
        return send(bytes.toByteArray());
    }

    public ClientBench send(byte[] bytes) {
        if (bytes.length == 0) return this;
        Slab slab = slabs.take(bytes.length);
        try {
            MemorySegment.copy(bytes, 0, slab.segment(), ValueLayout.JAVA_BYTE, 0, bytes.length);
            client.receive(slab.segment(), 0, bytes.length, now);
        } finally {
            slab.release();
        }
        client.pump(now);
        return this;
    }

    public ClientBench sendBytewise(FrameBytes bytes) {
        for (byte b : bytes.toByteArray()) send(new byte[] {b});
        return this;
    }

    /** What the client has sent since last time; all of it is taken, and more pumped. */
    public List<Frame> frames() {
        List<Frame> frames = new ArrayList<>();
        while (!out.isEmpty()) {
            frames.addAll(parser.parse(FrameParser.take(out, Integer.MAX_VALUE)));
            client.pump(now);
        }
        return frames;
    }

    public List<String> sent() {
        return frames().stream().map(Frame::toString).toList();
    }

    /** Events since last time. */
    public List<String> told() {
        List<String> told = List.copyOf(events.log);
        events.log.clear();
        return told;
    }

    public ClientBench later(long nanos) {
        long until = now + nanos;
        while (client.nextTimeNanos() <= until) {
            now = Math.max(now, client.nextTimeNanos());
            client.onTime(now);
        }
        now = until;
        client.pump(now);
        return this;
    }

    public void data(Stream s, int n, boolean end) {
        SlabChain chain = client.beginData(s, n);
        chain.append(new byte[n], 0, n);
        client.endData(s, end);
    }

    /** Ends everything; no slab may be left. */
    @Override
    public void close() {
        client.abort();
        out.clear();
        if (slabs.outstanding() != 0) {
            throw new AssertionError("slabs left: " + slabs.describeOutstanding());
        }
        slabs.close();
    }
}
