package io.gyrfalcon.transport.client;

import io.gyrfalcon.http2.ClientSide;
import io.gyrfalcon.http2.ErrorCode;
import io.gyrfalcon.http2.Stream;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;
import io.gyrfalcon.transport.wire.FaultText;
import io.gyrfalcon.transport.wire.MessageReader;
import io.gyrfalcon.transport.wire.MessageSink;
import io.gyrfalcon.transport.wire.StatusCode;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * One call of a client, as slices of bytes. Loop-owned; used again for another call once it has
 * ended, so whoever holds one forgets it at {@link ClientCallEvents#onEnd}.
 */
/*
 * A status is set once, by whatever ends the call first: trailers, a fault, the caller. The stream
 * is then reset, if it has not ended by itself, and onEnd is told when the stream is closed: so it
 * comes after everything else, and never from inside the caller's own call.
 */
@HotPath
@LoopOwned
public final class ClientCall implements MessageSink {
    private static final byte[][] NO_FIELDS = new byte[0][];

    private final MessageReader reader;

    private @Nullable ClientConnection connection;
    private @Nullable ClientSide http2;
    private @Nullable Stream stream;
    private @Nullable ClientCallEvents events;

    private @Nullable CallStatus status;
    private byte @Nullable [][] trailers;
    private int trailerCount;
    private int readyBytes;
    private int uncreditedBytes;
    private @Nullable ForeignAnswer foreign;
    private boolean hasHalfClosed;
    private boolean isUnprocessed;

    ClientCall(SlabPool slabs) {
        reader = new MessageReader(slabs, 0);
    }

    void open(ClientConnection owner, Stream on, ClientCallEvents listener) {
        connection = owner;
        http2 = owner.http2();
        stream = on;
        events = listener;
        status = null;
        trailers = null;
        trailerCount = 0;
        readyBytes = Stream.READY_BYTES;
        uncreditedBytes = 0;
        foreign = null;
        hasHalfClosed = false;
        isUnprocessed = false;
        reader.reset(owner.loop().slabs(), owner.settings().messageBytesMax());
    }

    /** The connection that carries the call. */
    public ClientConnection connection() {
        assert connection != null;
        return connection;
    }

    // What arrives.

    void onHead(ResponseHead head, boolean isEnd) {
        if (status != null) return;
        CallStatus fault = head.fault();
        if (isEnd) {
            end(
                    fault == null ? head.status(true) : ForeignAnswer.ofTrailersOnly(fault, head),
                    head);
        } else if (fault != null) {
            foreign = new ForeignAnswer(fault, head);
        } else {
            events().onHead(head);
        }
    }

    void onTrailers(ResponseHead head) {
        if (status != null) return;
        ForeignAnswer answer = foreign;
        if (answer != null) {
            answer.onTrailers(head);
            end(answer);
            return;
        }
        CallStatus said = head.status(false);
        boolean isCutOff = said.isOk() && reader.midMessage();
        end(isCutOff ? CallStatus.of(StatusCode.INTERNAL, FaultText.MID_FRAME) : said, head);
    }

    /** Nothing more comes; what is left to be sent is not wanted. */
    private void end(CallStatus ended, ResponseHead head) {
        byte[][] said = head.takeFields();
        trailers = said == null ? NO_FIELDS : said;
        trailerCount = head.fieldCount();
        fail(ended);
    }

    private void end(ForeignAnswer answer) {
        trailers = answer.fields();
        trailerCount = answer.fieldCount();
        fail(answer.status());
    }

    void onData(MemorySegment bytes, long offset, int length, boolean isEnd) {
        if (status != null) {
            credit(length);
            return;
        }
        ForeignAnswer answer = foreign;
        if (answer != null) {
            answer.onData(bytes, offset, length);
            if (isEnd || answer.isEnough()) end(answer);
            credit(length);
            return;
        }
        MessageReader.Outcome outcome = reader.feed(bytes, offset, length, this);
        if (status != null) return;
        if (outcome != MessageReader.Outcome.OK) {
            breakOff(outcome);
        } else if (isEnd) {
            fail(CallStatus.of(StatusCode.INTERNAL, FaultText.endOnData(length)));
        } else {
            uncreditedBytes += length;
            creditWanted();
        }
    }

    @Override
    public void onMessage(
            MemorySegment bytes, long offset, int length, boolean compressed, @Nullable Slab home) {
        events().onMessage(bytes, offset, length, compressed, home);
    }

    private void breakOff(MessageReader.Outcome outcome) {
        switch (outcome) {
            case TOO_LARGE ->
                    fail(
                            CallStatus.of(
                                    StatusCode.RESOURCE_EXHAUSTED,
                                    FaultText.tooLarge(reader.bytesMax(), reader.foundBytes())));
            case RESERVED_FLAG -> fail(CallStatus.of(StatusCode.INTERNAL, FaultText.RESERVED_FLAG));
            case NO_MEMORY ->
                    fail(CallStatus.of(StatusCode.RESOURCE_EXHAUSTED, FaultText.NO_MEMORY));
            case OK -> {}
        }
    }

    /** Gives the server window for what has arrived, if the call wants more messages. */
    public void creditWanted() {
        if (uncreditedBytes == 0 || !events().wantsMessages()) return;
        int bytes = uncreditedBytes;
        uncreditedBytes = 0;
        credit(bytes);
    }

    private void credit(int bytes) {
        side().consumed(on(), bytes);
        connection().written();
    }

    void onReady() {
        if (status == null) events().onReady();
    }

    void onReset(CallStatus why, boolean unprocessed) {
        if (status != null) return;
        status = why;
        isUnprocessed = unprocessed;
    }

    void onClosed() {
        CallStatus ended = status;
        assert ended != null : "closed without a status";
        ClientConnection owner = connection();
        ClientCallEvents listener = events();
        byte @Nullable [][] fields = trailers;
        int count = trailerCount;
        boolean unprocessed = isUnprocessed;
        reader.close();
        side().release(on());
        connection = null;
        http2 = null;
        stream = null;
        events = null;
        trailers = null;
        try {
            listener.onEnd(ended, fields, count, unprocessed);
        } finally {
            owner.recycle(this);
        }
    }

    // What is sent.

    /** Whether the stream takes a message without its queue passing the ready threshold. */
    public boolean isReady() {
        Stream s = stream;
        return status == null && !hasHalfClosed && s != null && s.queuedBytes() < readyBytes;
    }

    /** Bytes of messages that wait for a window or for room in the output. */
    public int queuedBytes() {
        Stream s = stream;
        return s == null ? 0 : (int) Math.min(s.queuedBytes(), Integer.MAX_VALUE / 2);
    }

    /** From how many queued bytes the call is not ready; 1 or more. */
    public void readyBytes(int threshold) {
        readyBytes = threshold;
        on().readyBytes(threshold);
    }

    /** Takes messages of so many bytes instead of the connection's; before the first event. */
    public void messageBytesMax(int bytes) {
        reader.reset(connection().loop().slabs(), bytes);
    }

    /** Whether the call's status is known: what is sent from now on goes nowhere. */
    public boolean hasEnded() {
        return status != null;
    }

    /**
     * Begins a message. The caller appends exactly so many bytes to the chain, the message's prefix
     * of {@link MessageReader#PREFIX_BYTES} first, then calls {@link #endMessage}.
     */
    public SlabChain beginMessage(int bytes) {
        assert !hasHalfClosed : "a message after the half-close";
        return side().beginData(on(), bytes);
    }

    /**
     * Ends the message that was begun.
     *
     * @param isLast whether the request ends with it
     */
    public void endMessage(boolean isLast) {
        if (isLast) hasHalfClosed = true;
        side().endData(on(), isLast);
        connection().written();
    }

    /** Ends the request. */
    public void halfClose() {
        if (hasHalfClosed) return;
        hasHalfClosed = true;
        side().beginData(on(), 0);
        side().endData(on(), true);
        connection().written();
    }

    /** Ends the call, if it has not ended: with this status, unless it has one. */
    public void cancel(CallStatus why) {
        fail(why);
    }

    /** The call's status is known; resets the stream, if that has not ended. */
    void fail(CallStatus why) {
        if (status != null) return;
        status = why;
        reader.close();
        side().reset(on(), ErrorCode.CANCEL);
        connection().written();
    }

    private ClientCallEvents events() {
        assert events != null;
        return events;
    }

    private ClientSide side() {
        assert http2 != null;
        return http2;
    }

    private Stream on() {
        assert stream != null;
        return stream;
    }
}
