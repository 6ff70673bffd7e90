package io.gyrfalcon.http2.sim;

import io.gyrfalcon.http2.ServerEvents;
import io.gyrfalcon.http2.Stream;
import io.gyrfalcon.http2.hpack.Field;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** Writes down what a server's connection tells. Not thread-safe. */
public class RecordingEvents extends RecordingStreamEvents implements ServerEvents {
    /** The streams that are not closed. */
    public final Map<Integer, Stream> streams = new HashMap<>();

    /** Bytes of data received, per stream. */
    public final Map<Integer, Integer> bytes = new HashMap<>();

    @Override
    public void onField(Stream stream, Field field, boolean trailers) {
        streams.put(stream.id(), stream);
        super.onField(stream, field, trailers);
    }

    @Override
    public void onRequest(Stream stream, boolean endStream) {
        streams.put(stream.id(), stream);
        log.add("request " + stream.id() + (endStream ? " end" : ""));
    }

    @Override
    public void onHeadersTooLarge(Stream stream, long listBytes, int fields, boolean endStream) {
        streams.put(stream.id(), stream);
        String found = " of " + listBytes + " bytes, " + fields + " fields";
        log.add("too large " + stream.id() + found + (endStream ? " end" : ""));
    }

    @Override
    public void onData(
            Stream stream, MemorySegment segment, long offset, int length, boolean endStream) {
        bytes.merge(stream.id(), length, Integer::sum);
        super.onData(stream, segment, offset, length, endStream);
    }

    @Override
    public void onClosed(Stream stream) {
        streams.remove(stream.id());
        super.onClosed(stream);
    }
}
