package io.gyrfalcon.grpc.server;

import io.grpc.Compressor;
import io.grpc.Decompressor;
import io.grpc.Status;

import org.jspecify.annotations.Nullable;

/**
 * What few calls need: compression, a status for tracers, a way for answers to travel. One thread
 * at a time, as for its call; the mail knows its two threads itself.
 */
final class CallExtras {
    /** What {@code grpc-encoding} said; {@code null} where it was absent. */
    final @Nullable String encoding;

    /** Reads the request's messages; {@code null} where the encoding is unknown. */
    final @Nullable Decompressor decompressor;

    /** Writes the answer's messages, if the client lists it. */
    @Nullable Compressor compressor;

    /** What the answer was ended with, where tracers want to know. */
    @Nullable Status status;

    /** What the engine has reset the stream with, for a fault of user code's. */
    private @Nullable Status cancelled;

    /** Whether the next messages are compressed. */
    boolean isOn = true;

    /** What is on its way to the loop, once something was. */
    @Nullable Mail mail;

    CallExtras(@Nullable String encoding, @Nullable Decompressor decompressor) {
        this.encoding = encoding;
        this.decompressor = decompressor;
    }

    /** The engine resets the stream, with this for tracers and the context. */
    void cancel(Status with) {
        cancelled = with;
        status = with;
    }

    /**
     * What tracers are told of a call that is over.
     *
     * @param broken why the request could not be read
     * @param lost what the call was cut with by another than its client
     */
    static Status finalStatus(
            @Nullable CallExtras known,
            boolean isCancelled,
            @Nullable Status broken,
            @Nullable Status lost) {
        Status said = broken != null || known == null ? broken : known.status;
        if (!isCancelled) return said == null ? Status.OK : said;
        boolean isOwnFault = broken != null || (known != null && known.cancelled != null);
        if (lost != null && !isOwnFault) return lost;
        return said == null || said.isOk() ? Status.CANCELLED : said;
    }

    /**
     * What the context of a call that was reset is cancelled with: the fault, where it is known.
     */
    static Throwable cancellation(@Nullable CallExtras known) {
        Status own = known == null ? null : known.cancelled;
        Throwable cause = own == null ? null : own.getCause();
        return cause == null ? CallFaults.cancellation() : cause;
    }
}
