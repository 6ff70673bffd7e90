package io.gyrfalcon.http2.sim;

import io.gyrfalcon.http2.ClientEvents;
import io.gyrfalcon.http2.ErrorCode;
import io.gyrfalcon.http2.Stream;

/** Writes down what a client's connection tells. Not thread-safe. */
public class RecordingClientEvents extends RecordingStreamEvents implements ClientEvents {
    @Override
    public void onEstablished() {
        log.add("established");
    }

    @Override
    public void onOpenable() {
        log.add("openable");
    }

    @Override
    public void onResponse(Stream stream, boolean endStream) {
        log.add("response " + stream.id() + (endStream ? " end" : ""));
    }

    @Override
    public void onHeadersTooLarge(Stream stream) {
        log.add("too large " + stream.id());
    }

    @Override
    public void onGoAway(int lastId, long errorCode, String debug) {
        log.add("go away " + lastId + " " + ErrorCode.of(errorCode) + " " + debug);
    }
}
