package io.gyrfalcon.http2.hpack;

import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The Huffman codes of paths seen last, and their texts. Loop-owned. */
/*
 * nghttp2 and those built on it never enter a `:path` into a table: it comes in full, in Huffman
 * code, with every call. Comparing the code with one that was decoded before costs a few loads.
 * Only paths are kept, since connections share this: nothing that may be a secret is.
 */
@HotPath
@LoopOwned
final class CodedPaths {
    private static final int SLOTS = 16;
    private static final int CODE_BYTES_MIN = Long.BYTES;
    private static final int CODE_BYTES_MAX = 128;
    private static final long MIX = 0x9e3779b97f4a7c15L;

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final Path[] paths = new Path[SLOTS];

    /** One code in pieces of eight bytes, the last of which may overlap the one before. */
    private static final class Path {
        final long[] code = new long[CODE_BYTES_MAX / Long.BYTES];
        final byte[] text = new byte[(int) HuffmanDecoder.decodedBytesMax(CODE_BYTES_MAX)];
        int codeLength;
        int textLength;
    }

    CodedPaths() {
        for (int i = 0; i < SLOTS; i++) paths[i] = new Path();
    }

    /** Whether codes of this length are kept. */
    static boolean isKept(int codeLength) {
        return codeLength >= CODE_BYTES_MIN && codeLength <= CODE_BYTES_MAX;
    }

    /** Copies the text of a known code to {@code target} and returns its length, or -1. */
    int find(byte[] block, int from, int length, byte[] target, int to) {
        final Path path = slot(block, from, length);
        if (path.codeLength != length) return -1;
        final long[] code = path.code;
        final int last = from + length - Long.BYTES;
        int piece = 0;
        for (int at = from; at < last; at += Long.BYTES) {
            if ((long) LONGS.get(block, at) != code[piece++]) return -1;
        }
        if ((long) LONGS.get(block, last) != code[piece]) return -1;
        System.arraycopy(path.text, 0, target, to, path.textLength);
        return path.textLength;
    }

    /** Keeps a code and its text, in place of another. */
    void keep(byte[] block, int from, int length, byte[] text, int at, int textLength) {
        final Path path = slot(block, from, length);
        final int last = from + length - Long.BYTES;
        int piece = 0;
        for (int each = from; each < last; each += Long.BYTES) {
            path.code[piece++] = (long) LONGS.get(block, each);
        }
        path.code[piece] = (long) LONGS.get(block, last);
        System.arraycopy(text, at, path.text, 0, textLength);
        path.codeLength = length;
        path.textLength = textLength;
    }

    /** Methods of a service differ at the end. */
    private Path slot(byte[] block, int from, int length) {
        final long end = (long) LONGS.get(block, from + length - Long.BYTES);
        return paths[(int) (((end ^ length) * MIX) >>> 60)];
    }
}
