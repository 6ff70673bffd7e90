package io.gyrfalcon.grpc.server;

import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.CompressorRegistry;
import io.grpc.Decompressor;
import io.grpc.DecompressorRegistry;
import io.grpc.InternalDecompressorRegistry;
import io.grpc.Metadata;

import org.jspecify.annotations.Nullable;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;

/**
 * The message encodings of one server or channel: its two registries, read as calls need them. Any
 * thread.
 */
public final class Encodings {
    private static final Metadata.Key<String> ACCEPTED =
            Metadata.Key.of("grpc-accept-encoding", Metadata.ASCII_STRING_MARSHALLER);
    private static final byte[] IDENTITY = "identity".getBytes(StandardCharsets.US_ASCII);

    private final CompressorRegistry compressors;
    private final DecompressorRegistry decompressors;
    private final byte[] advertised;

    public Encodings(CompressorRegistry compressors, DecompressorRegistry decompressors) {
        this.compressors = compressors;
        this.decompressors = decompressors;
        this.advertised =
                InternalDecompressorRegistry.getRawAdvertisedMessageEncodings(decompressors);
    }

    /** The value of {@code grpc-accept-encoding}; empty where nothing is advertised. */
    public byte[] advertised() {
        return advertised;
    }

    /**
     * Trailers for a call whose encoding is unknown: what it might have used instead (gRPC
     * compression, "Compression Method Asymmetry"). A new object each time.
     */
    Metadata acceptedTrailers() {
        Metadata trailers = new Metadata();
        if (advertised.length > 0) {
            trailers.put(ACCEPTED, new String(advertised, StandardCharsets.US_ASCII));
        }
        return trailers;
    }

    /** Whether {@code grpc-encoding} names what needs no codec. */
    public static boolean isIdentity(byte[] value, int offset, int length) {
        if (length != IDENTITY.length) return false;
        for (int i = 0; i < length; i++) {
            if (value[offset + i] != IDENTITY[i]) return false;
        }
        return true;
    }

    /**
     * What reads messages of this encoding, advertised or not; null where it is unknown. {@code
     * identity} is answered by the registry too, which may not know it.
     */
    public @Nullable Decompressor decompressor(String encoding) {
        return decompressors.lookupDecompressor(encoding);
    }

    /** As {@link #decompressor(String)}, of the field's bytes. */
    public @Nullable Decompressor decompressor(byte[] value, int offset, int length) {
        return decompressor(new String(value, offset, length, StandardCharsets.US_ASCII));
    }

    /** What writes messages of this encoding; null where it is unknown. */
    public @Nullable Compressor compressor(String encoding) {
        return compressors.lookupCompressor(encoding);
    }

    /** Whether a decompressor leaves bytes as they are. */
    public static boolean isIdentity(@Nullable Decompressor decompressor) {
        return decompressor == null || decompressor instanceof Codec.Identity;
    }

    /** Whether a compressor leaves bytes as they are. */
    public static boolean isIdentity(@Nullable Compressor compressor) {
        return compressor == null || compressor instanceof Codec.Identity;
    }

    /** Whether the peer's {@code grpc-accept-encoding} lists this encoding. */
    public static boolean lists(byte[] accepted, String encoding) {
        int start = 0;
        for (int i = 0; i <= accepted.length; i++) {
            if (i < accepted.length && accepted[i] != ',') continue;
            if (equalsTrimmed(accepted, start, i, encoding)) return true;
            start = i + 1;
        }
        return false;
    }

    private static boolean equalsTrimmed(byte[] bytes, int from, int to, String text) {
        int start = from;
        int end = to;
        while (start < end && isBlank(bytes[start])) start++;
        while (end > start && isBlank(bytes[end - 1])) end--;
        if (end - start != text.length()) return false;
        for (int i = start; i < end; i++) {
            if (bytes[i] != text.charAt(i - start)) return false;
        }
        return true;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    /**
     * A compressed message as its plain bytes.
     *
     * @param bytesMax of the plain message; reading further fails with RESOURCE_EXHAUSTED
     * @param tracer is told of plain bytes as they come
     * @throws java.io.IOException if the codec cannot even begin
     */
    public static InputStream inflate(
            Decompressor decompressor, InputStream compressed, int bytesMax, LongConsumer tracer)
            throws java.io.IOException {
        return new InflatedMessage(decompressor.decompress(compressed), bytesMax, tracer);
    }
}
