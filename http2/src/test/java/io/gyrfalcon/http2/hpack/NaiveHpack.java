package io.gyrfalcon.http2.hpack;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** RFC 7541 as slow and plain as it can be written: strings, lists and one bit at a time. */
final class NaiveHpack {
    private static final Map<String, Integer> SYMBOLS = new HashMap<>();
    private static final Map<Integer, String> CODES = new HashMap<>();

    private static final Pair[] STATIC = new Pair[62];

    static {
        for (int index = 1; index < STATIC.length; index++) {
            final Field field = StaticTable.field(index);
            STATIC[index] = new Pair(text(field.copyName()), text(field.copyValue()));
        }
        for (HuffmanLengths.Row row : HuffmanLengths.rows()) {
            final String bits = Integer.toBinaryString(row.code());
            final String code = "0".repeat(row.bits() - bits.length()) + bits;
            SYMBOLS.put(code, row.symbol());
            CODES.put(row.symbol(), code);
        }
    }

    /** A name and a value. */
    record Pair(String name, String value) {
        int size() {
            return name.length() + value.length() + 32;
        }

        @Override
        public String toString() {
            return name + ": " + value;
        }
    }

    /** What a peer must not send. */
    static final class Bad extends Exception {
        private static final long serialVersionUID = 1;

        Bad(String message) {
            super(message);
        }
    }

    /** The dynamic table, newest first. */
    final List<Pair> table = new ArrayList<>();

    int capacity;
    private int limit;
    private int pendingUpdate = -1;
    private byte[] input = {};
    private int at;

    NaiveHpack(int limit) {
        this.limit = limit;
        this.capacity = Math.min(limit, 4096);
    }

    /** The SETTINGS value of the decoder has become this, and both sides know. */
    void limit(int bytes) {
        limit = bytes;
        final int inUse = pendingUpdate < 0 ? capacity : pendingUpdate;
        if (bytes < inUse) pendingUpdate = bytes;
    }

    int size() {
        int size = 0;
        for (Pair pair : table) size += pair.size();
        return size;
    }

    void resize(int bytes) {
        capacity = bytes;
        while (size() > capacity) table.removeLast();
    }

    void insert(Pair pair) {
        while (!table.isEmpty() && size() + pair.size() > capacity) table.removeLast();
        if (pair.size() <= capacity) table.addFirst(pair);
    }

    Pair lookUp(int index) throws Bad {
        if (index < 1 || index > 61 + table.size()) throw new Bad("index " + index);
        if (index > 61) return table.get(index - 62);
        return STATIC[index];
    }

    List<Pair> decode(byte[] block) throws Bad {
        input = block;
        at = 0;
        final List<Pair> pairs = new ArrayList<>();
        while (at < input.length) {
            final int first = input[at] & 0xff;
            if (first >= 0x80) {
                pairs.add(lookUp(integer(7)));
            } else if (first >= 0x40) {
                final Pair pair = literal(6);
                pairs.add(pair);
                insert(pair);
            } else if (first >= 0x20) {
                final int bytes = integer(5);
                if (!pairs.isEmpty() || bytes > limit) throw new Bad("size update");
                resize(bytes);
            } else {
                pairs.add(literal(4));
            }
        }
        return pairs;
    }

    private Pair literal(int prefix) throws Bad {
        final int index = integer(prefix);
        final String name = index == 0 ? string() : lookUp(index).name();
        return new Pair(name, string());
    }

    private int integer(int prefix) throws Bad {
        final int mask = (1 << prefix) - 1;
        long value = next() & mask;
        if (value < mask) return (int) value;
        for (int i = 0; i < 5; i++) {
            final int b = next();
            value += (long) (b & 127) << (7 * i);
            if (b < 128) {
                if (value >= 1 << 28) throw new Bad("integer " + value);
                return (int) value;
            }
        }
        throw new Bad("long integer");
    }

    private int next() throws Bad {
        if (at == input.length) throw new Bad("cut off");
        return input[at++] & 0xff;
    }

    private String string() throws Bad {
        if (at == input.length) throw new Bad("cut off");
        final boolean huffman = input[at] < 0;
        final int length = integer(7);
        if (length > input.length - at) throw new Bad("cut off");
        final byte[] bytes = Arrays.copyOfRange(input, at, at + length);
        at += length;
        return huffman ? huffmanDecoded(bytes) : text(bytes);
    }

    static String huffmanDecoded(byte[] bytes) throws Bad {
        final StringBuilder bits = new StringBuilder();
        for (byte b : bytes) bits.append(Integer.toBinaryString(b & 0xff | 0x100).substring(1));
        final StringBuilder text = new StringBuilder();
        int from = 0;
        for (int to = 1; to <= bits.length(); to++) {
            final Integer symbol = SYMBOLS.get(bits.substring(from, to));
            if (symbol == null) continue;
            if (symbol == 256) throw new Bad("EOS");
            text.append((char) (int) symbol);
            from = to;
        }
        final String padding = bits.substring(from);
        if (padding.length() > 7 || padding.contains("0")) throw new Bad("padding " + padding);
        return text.toString();
    }

    static byte[] huffmanEncoded(String text) {
        final StringBuilder bits = new StringBuilder();
        for (int i = 0; i < text.length(); i++) bits.append(CODES.get((int) text.charAt(i)));
        while (bits.length() % 8 != 0) bits.append('1');
        final byte[] bytes = new byte[bits.length() / 8];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(bits.substring(i * 8, i * 8 + 8), 2);
        }
        return bytes;
    }

    /** Encodes with every choice that the RFC leaves taken at random. */
    byte[] encode(List<Pair> pairs, Random random) throws Bad {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (pendingUpdate >= 0) {
            write(out, 0x20, 5, pendingUpdate);
            resize(pendingUpdate);
            pendingUpdate = -1;
        }
        if (random.nextInt(8) == 0) {
            final int bytes = random.nextInt(limit + 1);
            write(out, 0x20, 5, bytes);
            resize(bytes);
        }
        for (Pair pair : pairs) encode(pair, random, out);
        return out.toByteArray();
    }

    private void encode(Pair pair, Random random, ByteArrayOutputStream out) throws Bad {
        final List<Integer> wholes = new ArrayList<>();
        final List<Integer> names = new ArrayList<>();
        names.add(0);
        for (int i = 1; i <= 61 + table.size(); i++) {
            if (lookUp(i).equals(pair)) wholes.add(i);
            if (lookUp(i).name().equals(pair.name())) names.add(i);
        }
        if (!wholes.isEmpty() && random.nextInt(10) != 0) {
            write(out, 0x80, 7, wholes.get(random.nextInt(wholes.size())));
            return;
        }
        final int kind = random.nextInt(4);
        final int index = names.get(random.nextInt(names.size()));
        final int[] patterns = {0x00, 0x10, 0x40, 0x40};
        write(out, patterns[kind], kind < 2 ? 4 : 6, index);
        if (index == 0) write(out, pair.name(), random);
        write(out, pair.value(), random);
        if (kind >= 2) insert(pair);
    }

    private static void write(ByteArrayOutputStream out, String text, Random random) {
        final boolean huffman = random.nextBoolean();
        final byte[] bytes = huffman ? huffmanEncoded(text) : Blocks.ascii(text);
        write(out, huffman ? 0x80 : 0, 7, bytes.length);
        out.writeBytes(bytes);
    }

    static void write(ByteArrayOutputStream out, int pattern, int prefix, int value) {
        final int mask = (1 << prefix) - 1;
        if (value < mask) {
            out.write(pattern | value);
            return;
        }
        out.write(pattern | mask);
        int rest = value - mask;
        while (rest >= 128) {
            out.write(rest % 128 + 128);
            rest /= 128;
        }
        out.write(rest);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
