package io.gyrfalcon.tls;

import java.lang.foreign.MemorySegment;

/** Where decrypted bytes go. */
public interface PlainSink {

    /**
     * The bytes of one record.
     *
     * @param bytes holds them in {@code [offset, offset + length)}; valid during this call only
     */
    void onPlain(MemorySegment bytes, long offset, int length);
}
