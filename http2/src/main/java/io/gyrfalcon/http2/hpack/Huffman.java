package io.gyrfalcon.http2.hpack;

import io.gyrfalcon.primitives.HotPath;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The code of RFC 7541 Appendix B, and how to write it. Stateless; any thread. */
/*
 * The code is canonical: symbols sorted by (length, value) have consecutive codes. So the lengths
 * are all there is to write down; a program in the test sources prints them from the appendix.
 */
@HotPath
final class Huffman {
    /** Bits of each symbol, 0 to 256 (EOS): 'A' is 5. */
    static final String LENGTHS =
            "ISXXXXXXXTZXXZXXXXXXXXZXXXXXXXXXBFFHIBDGFFDGDBBBAAABBBBBBBCDKBHF"
                    + "IBCCCCCCCCCCCCCCCCCCCCCCDCDIOIJBKABABABBBACCBBBABCBAABCCCCCKGJIX"
                    + "PRPPRRRSRSSSSSTSTTRSTSSSSQRSRSSTRQPRRSSQSRRTQRSSQQRQSRSSPRRRSRRS"
                    + "VVPORSRUVVVWWVTUOQVWWVWTQQVVXWWWPTPQRQQSRRUUTTVSVWVVWWWWWXWWWWWVZ";

    /** Bits of the shortest code. */
    static final int BITS_MIN = 5;

    /** Bits of the longest code. */
    static final int BITS_MAX = 30;

    /** Symbols, the end of string included. */
    static final int SYMBOLS = 257;

    /** The symbol that stands in no string. */
    static final int EOS = 256;

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final byte[] BITS = new byte[SYMBOLS];
    private static final int[] CODES = new int[SYMBOLS];

    static {
        final int[] next = firstCodes();
        for (int symbol = 0; symbol < SYMBOLS; symbol++) CODES[symbol] = next[BITS[symbol]]++;
    }

    private Huffman() {}

    /** By length: the first code of that length. */
    private static int[] firstCodes() {
        final int[] counts = new int[BITS_MAX + 1];
        for (int symbol = 0; symbol < SYMBOLS; symbol++) {
            final int bits = LENGTHS.charAt(symbol) - 'A' + BITS_MIN;
            BITS[symbol] = (byte) bits;
            counts[bits]++;
        }
        final int[] codes = new int[BITS_MAX + 1];
        for (int bits = BITS_MIN + 1; bits <= BITS_MAX; bits++) {
            codes[bits] = (codes[bits - 1] + counts[bits - 1]) << 1;
        }
        return codes;
    }

    /** Bits of the code of {@code symbol}, 0 to 256. */
    static int bits(int symbol) {
        return BITS[symbol];
    }

    /** The code of {@code symbol}, right-aligned. */
    static int code(int symbol) {
        return CODES[symbol];
    }

    /** Bytes that {@code length} bytes of {@code text} take when encoded. */
    static int encodedBytes(byte[] text, int offset, int length) {
        final byte[] bits = BITS;
        long sum = 0;
        for (int i = offset; i < offset + length; i++) sum += bits[text[i] & 0xff];
        return (int) ((sum + 7) >>> 3);
    }

    /** Encodes, pads with ones, and returns where the code ends. */
    static long encode(byte[] text, int offset, int length, MemorySegment target, long to) {
        long write = to;
        long window = 0; // right-aligned
        int have = 0;
        for (int i = offset; i < offset + length; i++) {
            final int symbol = text[i] & 0xff;
            window = window << BITS[symbol] | CODES[symbol];
            have += BITS[symbol];
            if (have >= Integer.SIZE) {
                have -= Integer.SIZE;
                target.set(INT, write, (int) (window >>> have));
                write += Integer.BYTES;
            }
        }
        final int padding = -have & 7;
        window = window << padding | ((1 << padding) - 1);
        have += padding;
        while (have > 0) {
            have -= 8;
            target.set(BYTE, write++, (byte) (window >>> have));
        }
        return write;
    }
}
