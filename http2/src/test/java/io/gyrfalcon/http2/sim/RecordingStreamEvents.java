package io.gyrfalcon.http2.sim;

import io.gyrfalcon.http2.ErrorCode;
import io.gyrfalcon.http2.Stream;
import io.gyrfalcon.http2.StreamEvents;
import io.gyrfalcon.http2.hpack.Field;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Writes down what either side tells of its streams. Not thread-safe. */
abstract class RecordingStreamEvents implements StreamEvents {
    /** What was told, one line per event, fields left out. */
    public final List<String> log = new ArrayList<>();

    /** Fields as they came: {@code id name: value}. */
    public final List<String> fields = new ArrayList<>();

    @Override
    public void onField(Stream stream, Field field, boolean trailers) {
        fields.add(stream.id() + " " + field + (trailers ? " (trailer)" : ""));
    }

    @Override
    public void onTrailers(Stream stream) {
        log.add("trailers " + stream.id());
    }

    @Override
    public void onData(Stream stream, MemorySegment bytes, long at, int n, boolean endStream) {
        log.add("data " + stream.id() + " " + n + (endStream ? " end" : ""));
    }

    @Override
    public void onReset(Stream stream, long errorCode, boolean byPeer) {
        String by = byPeer ? " by peer" : "";
        log.add("reset " + stream.id() + " " + ErrorCode.of(errorCode) + by);
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
        log.add("closed " + stream.id());
    }

    @Override
    public void onConnectionError(ErrorCode code, String text) {
        log.add("error " + code + " " + text);
    }
}
