package io.gyrfalcon.grpc.server;

import io.grpc.InternalMetadata;
import io.grpc.Metadata;

import org.jspecify.annotations.Nullable;

import java.lang.System.Logger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * {@link Metadata} as header fields and back: names and values in turn, a {@code -bin} value in
 * base64 on the wire. Which names a sender must not use is its caller's business. Stateless.
 */
public final class MetadataFields {
    private static final Base64.Encoder UNPADDED = Base64.getEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getDecoder();
    private static final byte[][] NO_FIELDS = {};

    private MetadataFields() {}

    /**
     * The fields of {@code metadata} as sent: name, value, name, value. A value that HTTP does not
     * allow (bytes outside 0x20 to 0x7e) is left out and logged, as grpc-java does it.
     */
    public static byte[][] toFields(Metadata metadata) {
        byte[][] fields = InternalMetadata.serialize(metadata);
        if (fields == null || fields.length == 0) return NO_FIELDS;
        int kept = 0;
        for (int i = 0; i < fields.length; i += 2) {
            byte[] name = fields[i];
            byte[] value = fields[i + 1];
            if (isBinary(name, 0, name.length)) {
                value = UNPADDED.encode(value);
            } else if (!isPrintable(value)) {
                logDropped(name, value);
                continue;
            }
            fields[kept] = name;
            fields[kept + 1] = value;
            kept += 2;
        }
        return kept == fields.length ? fields : Arrays.copyOf(fields, kept);
    }

    /**
     * Metadata of received fields. {@code -bin} values are decoded, padded or not, and values
     * joined by commas are split; the arrays now belong to the metadata.
     *
     * @param namesAndValues name, value, name, value; changed in place
     * @param fields how many names are there
     * @return null if a {@code -bin} value is no base64
     */
    public static @Nullable Metadata of(byte[][] namesAndValues, int fields) {
        int end = fields * 2;
        for (int i = 0; i < end; i += 2) {
            byte[] name = namesAndValues[i];
            if (!isBinary(name, 0, name.length)) continue;
            byte[] value = namesAndValues[i + 1];
            if (indexOfComma(value, 0) >= 0) return ofSlow(namesAndValues, end, i);
            byte[] plain = decode(value, 0, value.length);
            if (plain == null) return null;
            namesAndValues[i + 1] = plain;
        }
        return InternalMetadata.newMetadata(fields, namesAndValues);
    }

    private static @Nullable Metadata ofSlow(byte[][] source, int end, int from) {
        byte[][] target = Arrays.copyOf(source, end + 16);
        int used = from;
        for (int i = from; i < end; i += 2) {
            byte[] name = source[i];
            byte[] value = source[i + 1];
            if (!isBinary(name, 0, name.length)) {
                target = put(target, used, name, value);
                used += 2;
                continue;
            }
            int start = 0;
            while (start <= value.length) {
                int comma = indexOfComma(value, start);
                int stop = comma < 0 ? value.length : comma;
                byte[] plain = decodeListed(value, start, stop);
                if (plain == null) return null;
                target = put(target, used, name, plain);
                used += 2;
                start = stop + 1;
            }
        }
        return InternalMetadata.newMetadata(used / 2, target);
    }

    private static byte[][] put(byte[][] fields, int at, byte[] name, byte[] value) {
        byte[][] roomy = at + 2 <= fields.length ? fields : Arrays.copyOf(fields, at * 2);
        roomy[at] = name;
        roomy[at + 1] = value;
        return roomy;
    }

    /** Whether values of this name are base64 on the wire. */
    public static boolean isBinary(byte[] name, int offset, int length) {
        int end = offset + length;
        return length >= 4
                && name[end - 1] == 'n'
                && name[end - 2] == 'i'
                && name[end - 3] == 'b'
                && name[end - 4] == '-';
    }

    private static boolean isPrintable(byte[] value) {
        for (byte b : value) {
            if (b < 0x20 || b > 0x7e) return false;
        }
        return true;
    }

    private static int indexOfComma(byte[] value, int from) {
        for (int i = from; i < value.length; i++) {
            if (value[i] == ',') return i;
        }
        return -1;
    }

    /** One of several values: a list may have blanks around its commas. RFC 9110 §5.6.1. */
    private static byte @Nullable [] decodeListed(byte[] value, int from, int to) {
        int start = from;
        int end = to;
        while (start < end && isBlank(value[start])) start++;
        while (end > start && isBlank(value[end - 1])) end--;
        return decode(value, start, end);
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    /** Base64 as senders write it: padding may be there in full, in part or not at all. */
    private static byte @Nullable [] decode(byte[] value, int from, int to) {
        int end = to;
        while (end > from && value[end - 1] == '=') {
            end--;
        }
        if (((end - from) & 3) == 1) return null;
        try {
            return DECODER.decode(Arrays.copyOfRange(value, from, end));
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    private static void logDropped(byte[] name, byte[] value) {
        System.getLogger(MetadataFields.class.getName())
                .log(
                        Logger.Level.WARNING,
                        "Metadata key="
                                + new String(name, StandardCharsets.US_ASCII)
                                + ", value="
                                + Arrays.toString(value)
                                + " contains invalid ASCII characters");
    }
}
