package io.gyrfalcon.http2.hpack;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Native blocks of exactly their length, so that reading or writing beyond them throws. */
final class Blocks {
    private static final int SHARED_BYTES = 1 << 20;
    private static final MemorySegment SHARED = Arena.ofAuto().allocate(SHARED_BYTES);

    private Blocks() {}

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static MemorySegment nativeCopy(byte[] bytes) {
        final MemorySegment segment = Arena.ofAuto().allocate(bytes.length);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return segment;
    }

    static MemorySegment room(int bytes) {
        return Arena.ofAuto().allocate(bytes);
    }

    static byte[] written(MemorySegment segment, long offset, int length) {
        return segment.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    static HpackOutcome decode(HpackDecoder decoder, byte[] block, FieldSink sink) {
        if (block.length > SHARED_BYTES) {
            return decoder.decode(nativeCopy(block), 0, block.length, sink);
        }
        final MemorySegment exact = SHARED.asSlice(SHARED_BYTES - block.length);
        MemorySegment.copy(block, 0, exact, ValueLayout.JAVA_BYTE, 0, block.length);
        return decoder.decode(exact, 0, block.length, sink);
    }

    static HpackOutcome decode(HpackDecoder decoder, String hex) {
        return decode(decoder, bytes(hex), field -> {});
    }

    /** The fields of a block that must be right, each as "name: value". */
    static List<String> fields(HpackDecoder decoder, byte[] block) {
        final List<String> fields = new ArrayList<>();
        final HpackOutcome outcome = decode(decoder, block, field -> fields.add(field.toString()));
        if (outcome != HpackOutcome.OK) throw new AssertionError(outcome + ": " + hex(block));
        return fields;
    }

    static List<String> fields(HpackDecoder decoder, String hex) {
        return fields(decoder, bytes(hex));
    }

    static HpackDecoder decoder() {
        return new HpackDecoder(4096, new HpackScratch());
    }

    static HpackDecoder decoder(int tableBytesMax) {
        return new HpackDecoder(tableBytesMax, new HpackScratch());
    }
}
