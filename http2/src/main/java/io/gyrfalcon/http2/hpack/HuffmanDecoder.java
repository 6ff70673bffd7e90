package io.gyrfalcon.http2.hpack;

import io.gyrfalcon.primitives.HotPath;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads strings in Huffman code, RFC 7541 §5.2. Stateless; any thread. */
/*
 * ROOT_BITS bits are looked at together. An entry of ROOT holds one or two whole symbols:
 *
 *     0..5 bits of both   8..15 first symbol   16..23 second symbol   24..25 how many symbols
 *     26..29 bits of the first
 *
 * so that a shift by an entry, of which Java takes the low six bits, moves on to the next. It is 0
 * where the first symbol is longer than ROOT_BITS; those are found by comparing with the first code
 * of each length.
 *
 * The tables are a class of their own since many clients never send such a string.
 */
@HotPath
final class HuffmanDecoder {
    /** Room that {@link #decode} wants in its target behind the limit. */
    static final int SLACK_BYTES = 9;

    private static final int ROOT_BITS = 12;
    private static final int ROOT_SHIFT = Long.SIZE - ROOT_BITS;
    private static final int COUNT_SHIFT = 24;
    private static final int FIRST_SHIFT = 26;
    private static final int BITS_MAX = Huffman.BITS_MAX;

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** Symbols longer than ROOT_BITS, in the order of their codes. */
    private static final short[] SORTED = new short[Huffman.SYMBOLS];

    /** By length: the code behind all of this length and below, left-aligned in BITS_MAX bits. */
    private static final int[] LIMITS = new int[BITS_MAX + 1];

    /** By length: place in SORTED minus code. */
    private static final int[] PLACES = new int[BITS_MAX + 1];

    private static final int[] ROOT = new int[1 << ROOT_BITS];

    static {
        fillRoot();
        sortLong();
    }

    private HuffmanDecoder() {}

    private static void fillRoot() {
        final int[] single = new int[ROOT.length];
        for (int symbol = 0; symbol < Huffman.EOS; symbol++) {
            final int bits = Huffman.bits(symbol);
            if (bits > ROOT_BITS) continue;
            final int from = Huffman.code(symbol) << (ROOT_BITS - bits);
            final int to = from + (1 << (ROOT_BITS - bits));
            final int entry = bits | (symbol << 8) | (1 << COUNT_SHIFT) | (bits << FIRST_SHIFT);
            for (int i = from; i < to; i++) single[i] = entry;
        }
        for (int i = 0; i < ROOT.length; i++) ROOT[i] = withSecond(i, single);
    }

    private static int withSecond(int prefix, int[] single) {
        final int first = single[prefix];
        final int bits = firstBits(first);
        final int second = single[(prefix << bits) & (ROOT.length - 1)];
        final int both = bits + firstBits(second);
        if (first == 0 || second == 0 || both > ROOT_BITS) return first;
        return both
                | (first & 0xff00)
                | ((second & 0xff00) << 8)
                | (2 << COUNT_SHIFT)
                | (bits << FIRST_SHIFT);
    }

    private static void sortLong() {
        int place = 0;
        for (int bits = ROOT_BITS + 1; bits <= BITS_MAX; bits++) {
            LIMITS[bits] = LIMITS[bits - 1];
            for (int symbol = 0; symbol < Huffman.SYMBOLS; symbol++) {
                if (Huffman.bits(symbol) != bits) continue;
                final int code = Huffman.code(symbol);
                PLACES[bits] = place - code;
                SORTED[place++] = (short) symbol;
                LIMITS[bits] = (code + 1) << (BITS_MAX - bits);
            }
        }
    }

    private static int allBits(int entry) {
        return entry & 0x3f;
    }

    private static int count(int entry) {
        return (entry >>> COUNT_SHIFT) & 3;
    }

    private static int firstBits(int entry) {
        return entry >>> FIRST_SHIFT;
    }

    /** The most bytes that {@code length} bytes of code can stand for. */
    static long decodedBytesMax(int length) {
        return (long) length * 8 / Huffman.BITS_MIN;
    }

    /**
     * Decodes {@code length} bytes at {@code from} into {@code target[to, limit)}.
     *
     * <p>What would lie behind the limit is checked and counted, not kept; then the bytes before it
     * are not meaningful either. {@code target} has {@link #SLACK_BYTES} behind the limit.
     *
     * @return decoded length, or -1 for EOS in the string or wrong padding: RFC 7541 §5.2
     */
    static int decode(byte[] source, int from, int length, byte[] target, int to, int limit) {
        final int[] root = ROOT;
        final int end = from + length;
        final int lastLong = end - Long.BYTES;
        int at = from;
        long window = 0; // left-aligned; what lies behind `have` bits is a preview or zero
        int have = 0;
        int write = to;
        int dropped = 0;
        while (true) {
            if (at <= lastLong) {
                window |= (long) LONGS.get(source, at) >>> have;
                at += (Long.SIZE - 1 - have) >>> 3;
                have |= 56;
            } else {
                final int rest = end - at;
                final int taken = Math.min(rest, (Long.SIZE - 1 - have) >>> 3);
                if (taken > 0) {
                    window |= lastBytes(source, end, length) << (Long.SIZE - 8 * rest) >>> have;
                    at += taken;
                    have += 8 * taken;
                }
                if (have < BITS_MAX) break;
            }
            int rounds = 2;
            do {
                final int entry = root[(int) (window >>> ROOT_SHIFT)];
                final int next = root[(int) (window << entry >>> ROOT_SHIFT)];
                if (entry == 0) {
                    final int found = longSymbol(window);
                    if (found < 0) return -1;
                    target[write++] = (byte) found;
                    window <<= found >>> 8;
                    have -= found >>> 8;
                    break;
                }
                target[write] = (byte) (entry >>> 8);
                target[write + 1] = (byte) (entry >>> 16);
                write += count(entry);
                target[write] = (byte) (next >>> 8);
                target[write + 1] = (byte) (next >>> 16);
                write += count(next);
                window = window << entry << next;
                have -= allBits(entry) + allBits(next);
            } while (--rounds != 0 && have >= BITS_MAX);
            if (write > limit) {
                dropped += write - limit;
                write = limit;
            }
        }
        return decodeTail(window, have, target, write, limit, dropped - to);
    }

    /** The bytes before {@code end}, seven of them at least unless the string is shorter. */
    private static long lastBytes(byte[] source, int end, int length) {
        if (length >= Long.BYTES) return (long) LONGS.get(source, end - Long.BYTES);
        long bytes = 0;
        for (int at = end - length; at < end; at++) bytes = (bytes << 8) | (source[at] & 0xff);
        return bytes;
    }

    /** The last bits, fewer than the longest code has, and the padding. */
    private static int decodeTail(
            long last, int bitsLeft, byte[] target, int to, int limit, int counted) {
        int have = bitsLeft;
        long window = have == 0 ? 0 : (last & (-1L << (Long.SIZE - have))) | (-1L >>> have);
        int write = to;
        int count = counted;
        while (have > 0) {
            final int entry = ROOT[(int) (window >>> ROOT_SHIFT)];
            final int found =
                    entry != 0
                            ? ((entry >>> 8) & 0xff) | (firstBits(entry) << 8)
                            : longSymbol(window);
            final int bits = found >>> 8;
            if (found < 0 || bits > have) {
                return have < 8 && window == -1L ? write + count : -1;
            }
            if (write < limit) target[write++] = (byte) found;
            else count++;
            window = window << bits | ((1L << bits) - 1);
            have -= bits;
        }
        return write + count;
    }

    /** Symbol and its bits at 8 and up for a code longer than the root's, or -1 for EOS. */
    private static int longSymbol(long window) {
        final int head = (int) (window >>> (Long.SIZE - BITS_MAX));
        int bits = ROOT_BITS + 1;
        while (bits < BITS_MAX && head >= LIMITS[bits]) bits++;
        final int symbol = SORTED[PLACES[bits] + (head >>> (BITS_MAX - bits))];
        return symbol == Huffman.EOS ? -1 : symbol | (bits << 8);
    }
}
