package io.gyrfalcon.http2.sim;

import io.gyrfalcon.http2.ErrorCode;
import io.gyrfalcon.http2.ServerEvents;
import io.gyrfalcon.http2.Stream;
import io.gyrfalcon.http2.hpack.Field;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Writes down what it is told. Not thread-safe. */
public class RecordingEvents implements ServerEvents {
    /** What was told, one line per event, fields left out. */
    public final List<String> log = new ArrayList<>();

    /** Fields as they came: {@code id name: value}. */
    public final List<String> fields = new ArrayList<>();

    /** The streams that are not closed. */
    public final Map<Integer, Stream> streams = new HashMap<>();

    /** Bytes of data received, per stream. */
    public final Map<Integer, Integer> bytes = new HashMap<>();

    @Override
    public void onField(Stream stream, Field field, boolean trailers) {
        streams.put(stream.id(), stream);
        fields.add(stream.id() + " " + field + (trailers ? " (trailer)" : ""));
    }

    @Override
    public void onRequest(Stream stream, boolean endStream) {
        streams.put(stream.id(), stream);
        log.add("request " + stream.id() + (endStream ? " end" : ""));
    }

    @Override
    public void onHeadersTooLarge(Stream stream, boolean endStream) {
        streams.put(stream.id(), stream);
        log.add("too large " + stream.id() + (endStream ? " end" : ""));
    }

    @Override
    public void onTrailers(Stream stream) {
        log.add("trailers " + stream.id());
    }

    @Override
    public void onData(
            Stream stream, MemorySegment segment, long offset, int length, boolean endStream) {
        bytes.merge(stream.id(), length, Integer::sum);
        log.add("data " + stream.id() + " " + length + (endStream ? " end" : ""));
    }

    @Override
    public void onReset(Stream stream, long errorCode, boolean byPeer) {
        log.add(
                "reset "
                        + stream.id()
                        + " "
                        + ErrorCode.of(errorCode)
                        + (byPeer ? " by peer" : ""));
    }

    @Override
    public void onSendable(Stream stream) {
        log.add("sendable " + stream.id());
    }

    @Override
    public void onSent(Stream stream) {
        log.add("sent " + stream.id());
    }

    @Override
    public void onClosed(Stream stream) {
        streams.remove(stream.id());
        log.add("closed " + stream.id());
    }

    @Override
    public void onConnectionError(ErrorCode code, String text) {
        log.add("error " + code + " " + text);
    }
}
