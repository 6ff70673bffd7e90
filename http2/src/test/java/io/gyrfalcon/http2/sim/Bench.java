package io.gyrfalcon.http2.sim;

import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.http2.Http2Scratch;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.http2.ServerSide;
import io.gyrfalcon.http2.Stream;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.http2.hpack.HpackEncoder;
import io.gyrfalcon.primitives.memory.Slab;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A server side on a table: a client's bytes are put in by hand. Not thread-safe. */
public final class Bench extends SideBench<Bench> {
    /** Those of a trusted network, without the pings of the bandwidth probe. */
    public static final Http2Limits LIMITS =
            Http2Limits.mesh().toBuilder().windowBytesMax(65_535).build();

    public static final FieldBlock OK = FieldBlock.of(":status", "200");
    public static final FieldBlock TRAILERS = FieldBlock.of("grpc-status", "0");

    public final ServerSide server;
    public final RecordingEvents events;
    private final HpackEncoder encoder = new HpackEncoder();

    public Bench(Http2Settings settings, Http2Limits limits, RecordingEvents events) {
        this(settings, limits, events, 64 << 20);
    }

    public Bench(
            Http2Settings settings, Http2Limits limits, RecordingEvents events, long bytesMax) {
        super(bytesMax);
        this.events = events;
        Http2Scratch scratch = new Http2Scratch(slabs, 1);
        server = new ServerSide(settings, limits, events, slabs, out, scratch, now);
    }

    /** A bench with the defaults of a trusted network, the handshake behind it. */
    public static Bench open() {
        return open(Http2Settings.mesh(), LIMITS);
    }

    public static Bench open(Http2Settings settings, Http2Limits limits) {
        return open(settings, limits, new RecordingEvents());
    }

    public static Bench open(Http2Settings settings, Http2Limits limits, RecordingEvents events) {
        Bench bench = new Bench(settings, limits, events);
        bench.server.start();
        bench.send(new FrameBytes().preface().settings().settingsAck());
        bench.frames();
        return bench;
    }

    /** Names and values as a block of literals that change no table. */
    public static byte[] literals(String... namesAndValues) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            block.write(0);
            string(block, namesAndValues[i]);
            string(block, namesAndValues[i + 1]);
        }
        return block.toByteArray();
    }

    private static void string(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        int n = bytes.length;
        if (n < 127) {
            block.write(n);
        } else {
            block.write(127);
            int rest = n - 127;
            for (; rest >= 128; rest >>>= 7) block.write(rest & 127 | 128);
            block.write(rest);
        }
        block.writeBytes(bytes);
    }

    /** The least that is a request, and what is added to it. */
    public static byte[] request(String... more) {
        String[] all = new String[6 + more.length];
        String[] least = {":method", "POST", ":scheme", "http", ":path", "/a/b"};
        System.arraycopy(least, 0, all, 0, 6);
        System.arraycopy(more, 0, all, 6, more.length);
        return literals(all);
    }

    /** A request by the encoder, which enters its fields into the table. */
    public byte[] indexed(FieldBlock block) {
        Slab slab = slabs.take(4_096);
        try {
            int n = encoder.encode(block, slab.segment(), 0);
            return slab.segment().asSlice(0, n).toArray(ValueLayout.JAVA_BYTE);
        } finally {
            slab.release();
        }
    }

    @Override
    ServerSide side() {
        return server;
    }

    @Override
    Bench self() {
        return this;
    }

    /** Only what is in the output now. */
    public List<String> sentOnce() {
        return parser.parse(FrameParser.take(out, Integer.MAX_VALUE)).stream()
                .map(Frame::toString)
                .toList();
    }

    public Stream stream(int id) {
        Stream s = events.streams.get(id);
        if (s == null) throw new AssertionError("no stream " + id + " in " + events.log);
        return s;
    }

    public void headers(Stream s, boolean end) {
        server.sendHeaders(s, OK, null, 0, end);
    }
}
