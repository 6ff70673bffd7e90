package io.gyrfalcon.transport.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.StringJoiner;

/**
 * A response that is none of gRPC's, as of a proxy in between: what it says is gathered for the
 * call's status, in the words of grpc-java. Loop-owned.
 */
@LoopOwned
final class ForeignAnswer {
    private static final String DATA = "DATA-----------------------------\n";

    /** More than so many characters are told to nobody. */
    private static final int CHARS_MAX = 1_000;

    private final CallStatus fault;
    private final byte @Nullable [][] fields;
    private final int fieldCount;
    private final StringBuilder text = new StringBuilder();

    /** Begins with the response's head. */
    ForeignAnswer(CallStatus fault, ResponseHead head) {
        this.fault = fault;
        text.append(text("headers: ", head));
        fieldCount = head.fieldCount();
        fields = head.takeFields();
    }

    /** What a call is told whose response is nothing but such a head. */
    static CallStatus ofTrailersOnly(CallStatus fault, ResponseHead head) {
        return fault.augmented(text("trailers: ", head));
    }

    /** The head's names and values in turn. */
    byte @Nullable [][] fields() {
        return fields;
    }

    int fieldCount() {
        return fieldCount;
    }

    /** What the call is told. */
    CallStatus status() {
        return fault.augmented(text.toString());
    }

    /** Takes a piece of its body. */
    void onData(MemorySegment bytes, long offset, int length) {
        int taken = Math.min(length, CHARS_MAX);
        byte[] piece = bytes.asSlice(offset, taken).toArray(ValueLayout.JAVA_BYTE);
        text.append('\n').append(DATA).append(new String(piece, UTF_8));
    }

    /** Whether no more of it needs to come. */
    boolean isEnough() {
        return text.length() > CHARS_MAX;
    }

    void onTrailers(ResponseHead trailers) {
        text.append('\n').append(text("trailers: ", trailers));
    }

    private static String text(String what, ResponseHead head) {
        StringJoiner fields = new StringJoiner(",", what + "Metadata(", ")");
        if (head.httpStatus() != 0) fields.add(":status=" + head.httpStatus());
        byte[][] all = head.fields();
        for (int i = 0; all != null && i < head.fieldCount(); i += 2) {
            fields.add(new String(all[i], ISO_8859_1) + "=" + new String(all[i + 1], ISO_8859_1));
        }
        return fields.toString();
    }
}
