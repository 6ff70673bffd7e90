package io.gyrfalcon.http2.hpack;

/** Takes the fields of a block in the order of the wire. */
public interface FieldSink {
    /** One field; it and its bytes are valid during this call only. */
    void onField(Field field);
}
