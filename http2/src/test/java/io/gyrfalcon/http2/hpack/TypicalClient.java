package io.gyrfalcon.http2.hpack;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Writes request heads as grpc-java's own client does: everything is entered, nothing coded. */
final class TypicalClient {
    private final NaiveHpack table = new NaiveHpack(4096);
    private final Random random;
    private final List<NaiveHpack.Pair> fixed = new ArrayList<>();
    private final boolean fresh;

    /** A client with so many metadata entries, and a new timeout and trace in each call. */
    TypicalClient(Random random, int entries, boolean fresh) {
        this.random = random;
        this.fresh = fresh;
        fixed(":method", "POST");
        fixed(":scheme", "http");
        fixed(":authority", "localhost:50051");
        fixed(":path", "/helloworld.Greeter/SayHello");
        fixed("content-type", "application/grpc");
        fixed("te", "trailers");
        fixed("user-agent", "grpc-java-netty/1.83.0");
        fixed("grpc-accept-encoding", "gzip");
        for (int i = 0; i < entries; i++) fixed("x-entry-" + i, "a value of entry " + i);
    }

    private void fixed(String name, String value) {
        fixed.add(new NaiveHpack.Pair(name, value));
    }

    byte[] block() {
        final List<NaiveHpack.Pair> pairs = new ArrayList<>(fixed);
        if (fresh) {
            pairs.add(new NaiveHpack.Pair("grpc-timeout", 900_000 + random.nextInt(99_999) + "u"));
            pairs.add(new NaiveHpack.Pair("traceparent", "00-" + hex(32) + "-" + hex(16) + "-01"));
        }
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            for (NaiveHpack.Pair pair : pairs) write(pair, out);
        } catch (NaiveHpack.Bad impossible) {
            throw new AssertionError(impossible);
        }
        return out.toByteArray();
    }

    private void write(NaiveHpack.Pair pair, ByteArrayOutputStream out) throws NaiveHpack.Bad {
        int name = 0;
        for (int i = 1; i <= 61 + table.table.size(); i++) {
            final NaiveHpack.Pair at = table.lookUp(i);
            if (at.equals(pair)) {
                NaiveHpack.write(out, 0x80, 7, i);
                return;
            }
            if (name == 0 && at.name().equals(pair.name())) name = i;
        }
        NaiveHpack.write(out, 0x40, 6, name);
        if (name == 0) string(pair.name(), out);
        string(pair.value(), out);
        table.insert(pair);
    }

    private static void string(String text, ByteArrayOutputStream out) {
        NaiveHpack.write(out, 0, 7, text.length());
        out.writeBytes(Blocks.ascii(text));
    }

    private String hex(int length) {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) text.append(Character.forDigit(random.nextInt(16), 16));
        return text.toString();
    }
}
