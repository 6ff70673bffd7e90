package io.gyrfalcon.transport.server;

import io.gyrfalcon.http2.ErrorCode;
import io.gyrfalcon.http2.ServerSide;
import io.gyrfalcon.http2.Stream;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.OutOfSlabs;
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
 * One call at a server, as slices of bytes. Loop-owned; used again for another call once it is
 * released, so whoever holds one forgets it at {@link CallEvents#onClosed}.
 */
@HotPath
@LoopOwned
public final class ServerCall implements MessageSink {
    private final MessageReader reader;

    private @Nullable ServerConnection connection;
    private @Nullable ServerSide http2;
    private @Nullable Stream stream;
    private @Nullable CallEvents events;

    private @Nullable Route route;
    private @Nullable String path;
    private @Nullable String authority;
    private @Nullable String encoding;
    private @Nullable String acceptEncoding;
    private long timeoutNanos;
    private long arrivedNanos;
    private byte @Nullable [][] fields;
    private int fieldCount;

    private int readyBytes;
    private int uncreditedBytes;

    /** What has arrived and is not read yet, since the call wants no more messages now. */
    private @Nullable SlabChain held;

    private boolean isHeldLast;
    private boolean isReadingHeld;
    private boolean isFresh;
    private boolean isBroken;
    private boolean isRequestEnded;
    private boolean hasSentHeaders;
    private boolean hasEnded;
    private boolean isOk;
    private boolean isSent;

    /** Where the DATA being read ends, and whether the request ends with it. */
    private long dataEnd;

    private boolean isLastData;

    ServerCall(SlabPool slabs) {
        this.reader = new MessageReader(slabs, 0);
    }

    void open(ServerConnection owner, Stream on, RequestHead head) {
        connection = owner;
        http2 = owner.http2();
        stream = on;
        route = head.route;
        path = head.path;
        authority = head.authority;
        encoding = head.encoding;
        acceptEncoding = head.acceptEncoding;
        timeoutNanos = head.timeoutNanos;
        if (timeoutNanos >= 0) arrivedNanos = owner.arrivedNanos();
        fields = head.fields;
        fieldCount = head.fieldCount;
        readyBytes = Stream.READY_BYTES;
        uncreditedBytes = 0;
        held = null;
        isHeldLast = false;
        isFresh = true;
        isBroken = false;
        isRequestEnded = false;
        hasSentHeaders = false;
        hasEnded = false;
        isOk = false;
        isSent = false;
        reader.reset(owner.loop().slabs(), owner.settings().messageBytesMax());
    }

    /** Its connection has come to the loop of this memory. */
    void takeFrom(SlabPool slabs) {
        reader.takeFrom(slabs);
        SlabChain chain = held;
        if (chain != null) chain.takeFrom(slabs);
    }

    void events(CallEvents listener) {
        events = listener;
    }

    // What the request said.

    /** The connection that carries the call. */
    public ServerConnection connection() {
        assert connection != null;
        return connection;
    }

    /** Where the acceptor sends this path. */
    public Route route() {
        assert route != null;
        return route;
    }

    /** The value of {@code :path}. */
    public String path() {
        assert path != null;
        return path;
    }

    /** The value of {@code :authority}, else of {@code host}, else {@code null}. */
    public @Nullable String authority() {
        return authority;
    }

    /** The value of {@code grpc-encoding}, or {@code null}. */
    public @Nullable String encoding() {
        return encoding;
    }

    /** The value of {@code grpc-accept-encoding}, or {@code null}. */
    public @Nullable String acceptEncoding() {
        return acceptEncoding;
    }

    /** What {@code grpc-timeout} said, in nanoseconds; negative where it is absent. */
    public long timeoutNanos() {
        return timeoutNanos;
    }

    /** When the request's head had arrived, by its loop's clock; only where it has a timeout. */
    public long arrivedNanos() {
        return arrivedNanos;
    }

    /**
     * Names and values in turn, of every field but pseudo-fields and {@code te}; {@code null} where
     * the route does not want them, or there are none. The caller's from now on.
     */
    public byte @Nullable [][] fields() {
        return fields;
    }

    /** How many entries of {@link #fields} are in use: twice the number of fields. */
    public int fieldCount() {
        return fieldCount;
    }

    // What arrives.

    /** Whether nobody was told yet that the call has begun. */
    boolean isFresh() {
        return isFresh;
    }

    void start() {
        isFresh = false;
        events().onStart();
    }

    void onData(MemorySegment bytes, long offset, int length, boolean isLast) {
        if (isBroken) {
            credit(length);
            return;
        }
        int taken = 0;
        if (!isHolding() && (isFresh || !events().isBehind())) {
            taken = read(bytes, offset, length, isLast);
            if (stream == null || isBroken) return;
        }
        uncreditedBytes += taken;
        if (taken < length) {
            hold(bytes, offset + taken, length - taken, isLast);
            if (isBroken) return;
        } else if (isLast) {
            onRequestEnd();
            return;
        }
        creditWanted();
    }

    /** How many bytes were read: all, unless the call is behind. */
    private int read(MemorySegment bytes, long offset, int length, boolean isLast) {
        dataEnd = offset + length;
        isLastData = isLast;
        MessageReader.Outcome outcome = reader.feed(bytes, offset, length, this);
        if (stream != null && outcome != MessageReader.Outcome.OK) breakOff(outcome);
        return reader.takenBytes();
    }

    private boolean isHolding() {
        SlabChain chain = held;
        return chain != null && !chain.isEmpty();
    }

    private void hold(MemorySegment bytes, long offset, int length, boolean isLast) {
        SlabChain chain = held;
        if (chain == null) {
            chain = new SlabChain(connection().loop().slabs());
            held = chain;
        }
        try {
            chain.append(bytes, offset, length);
        } catch (OutOfSlabs e) {
            breakOff(MessageReader.Outcome.NO_MEMORY);
            return;
        }
        if (isLast) isHeldLast = true;
    }

    /** Reads what was held, as far as the call wants messages. */
    private void readHeld(SlabChain chain) {
        isReadingHeld = true;
        try {
            while (!chain.isEmpty() && !events().isBehind()) {
                int length = chain.headBytes();
                boolean isLast = isHeldLast && length == chain.bytes();
                int taken = read(chain.head(), chain.headOffset(), length, isLast);
                if (stream == null || isBroken) {
                    chain.clear();
                    return;
                }
                chain.consume(taken);
                uncreditedBytes += taken;
            }
        } finally {
            isReadingHeld = false;
        }
        if (stream != null && !isBroken && isHeldLast) onRequestEnd();
    }

    @Override
    public void onMessage(
            MemorySegment bytes, long offset, int length, boolean compressed, @Nullable Slab home) {
        isFresh = false;
        boolean isLast = isLastData && home == null && offset + length == dataEnd;
        if (isLast) isRequestEnded = true;
        CallEvents told = events();
        told.onMessage(bytes, offset, length, compressed, home, isLast);
        if (!isLast && told.isBehind()) reader.pause();
    }

    void onRequestEnd() {
        if (isRequestEnded) return;
        if (isHolding()) {
            isHeldLast = true;
            return;
        }
        isRequestEnded = true;
        isFresh = false;
        if (reader.midMessage()) {
            isBroken = true;
            events().onBroken(StatusCode.INTERNAL, FaultText.MID_FRAME);
            return;
        }
        events().onHalfClose();
    }

    private void breakOff(MessageReader.Outcome outcome) {
        isBroken = true;
        isFresh = false;
        dropHeld();
        switch (outcome) {
            case TOO_LARGE -> {
                String text = FaultText.tooLarge(reader.bytesMax(), reader.foundBytes());
                events().onBroken(StatusCode.RESOURCE_EXHAUSTED, text);
            }
            case RESERVED_FLAG -> events().onBroken(StatusCode.INTERNAL, FaultText.RESERVED_FLAG);
            case NO_MEMORY -> events().onBroken(StatusCode.RESOURCE_EXHAUSTED, FaultText.NO_MEMORY);
            case OK -> {}
        }
    }

    private void dropHeld() {
        SlabChain chain = held;
        if (chain == null || isReadingHeld) return;
        chain.clear();
        held = null;
    }

    /** Reads on, and gives the peer window for what was read, if the call wants more messages. */
    public void creditWanted() {
        SlabChain chain = held;
        if (chain != null && !chain.isEmpty()) {
            if (isReadingHeld) return;
            do {
                readHeld(chain);
                if (stream == null || isBroken) return;
            } while (!chain.isEmpty() && events().wantsMessages());
        }
        if (uncreditedBytes == 0 || !events().wantsMessages()) return;
        int bytes = uncreditedBytes;
        uncreditedBytes = 0;
        credit(bytes);
    }

    private void credit(int bytes) {
        if (stream == null || http2 == null) return;
        http2.consumed(stream, bytes);
        connection().credited();
    }

    void onReady() {
        events().onReady();
    }

    void onSent() {
        isSent = true;
        Stream on = stream;
        events().onSent();
        if (stream == on && on != null && on.isRemoteOpen() && http2 != null) {
            http2.reset(on, ErrorCode.NO_ERROR);
        }
    }

    void onClosed() {
        isFresh = false;
        reader.close();
        dropHeld();
        hasEnded = true;
        events().onClosed(!isSent);
    }

    // What is answered.

    /** Whether the answer's fields are out. */
    public boolean hasSentHeaders() {
        return hasSentHeaders;
    }

    /** Whether the answer has been ended, or the stream is gone. */
    public boolean hasEnded() {
        return hasEnded;
    }

    /** Whether the stream takes a message without its queue passing the ready threshold. */
    public boolean isReady() {
        Stream on = stream;
        return !hasEnded && on != null && on.queuedBytes() < readyBytes;
    }

    /** Bytes of messages that wait for a window or for room in the output; 0 after the call. */
    public int queuedBytes() {
        Stream on = stream;
        return on == null ? 0 : (int) Math.min(on.queuedBytes(), Integer.MAX_VALUE / 2);
    }

    /** From how many queued bytes the call is not ready; 1 or more. */
    public void readyBytes(int threshold) {
        readyBytes = threshold;
        if (stream != null) stream.readyBytes(threshold);
    }

    /**
     * Sends the answer's fields.
     *
     * @param extra names and values in turn, after those of the block
     */
    public void sendHeaders(FieldBlock block, byte @Nullable [][] extra, int extraCount) {
        if (hasEnded) return;
        hasSentHeaders = true;
        side().sendHeaders(on(), block, extra, extraCount, false);
        connection().begun();
    }

    /**
     * Begins a message. The caller appends exactly so many bytes to the chain, the message's prefix
     * of {@link MessageReader#PREFIX_BYTES} first, then calls {@link #endMessage}. Not after the
     * end: see {@link #hasEnded}.
     */
    public SlabChain beginMessage(int bytes) {
        assert hasSentHeaders && !hasEnded;
        return side().beginData(on(), bytes);
    }

    /** Ends the message that was begun. */
    public void endMessage() {
        side().endData(on(), false);
        if (on().queuedBytes() > 0) connection().isShortOfMemory();
        written();
    }

    /**
     * Ends the answer.
     *
     * @param code a gRPC status code
     * @param extra names and values in turn, after {@code grpc-status}
     */
    public void sendTrailers(int code, byte @Nullable [][] extra, int extraCount) {
        if (hasEnded) return;
        hasEnded = true;
        isOk = code == StatusCode.OK;
        FieldBlock block =
                hasSentHeaders ? ResponseBlocks.trailers(code) : ResponseBlocks.trailersOnly(code);
        ServerConnection owner = connection();
        side().sendHeaders(on(), block, extra, extraCount, true);
        owner.written();
    }

    /** Whether it was ended by {@link #sendTrailers} with status OK. */
    public boolean isOk() {
        return isOk;
    }

    /**
     * Tells what has ended by what was sent, instead of at the end of the turn. By whoever is in no
     * event of the loop's.
     */
    public void tellEnds() {
        if (connection != null) side().tell();
    }

    /** The code by which the client has reset the stream, or -1 where it has not. */
    public long peerResetCode() {
        return on().peerResetCode();
    }

    /** Resets the stream, if it has not ended. */
    public void reset(ErrorCode code) {
        if (stream == null || isSent) return;
        hasEnded = true;
        ServerConnection owner = connection();
        side().reset(stream, code);
        owner.written();
    }

    /** Gives back the call and its stream's slot: closed, and its handler has ended. */
    public void release() {
        ServerSide side = side();
        Stream on = on();
        LoopShare share = connection().share();
        connection = null;
        http2 = null;
        stream = null;
        events = null;
        route = null;
        path = null;
        authority = null;
        encoding = null;
        acceptEncoding = null;
        fields = null;
        side.release(on);
        share.recycle(this);
    }

    private void written() {
        connection().written();
    }

    private CallEvents events() {
        assert events != null;
        return events;
    }

    private ServerSide side() {
        assert http2 != null;
        return http2;
    }

    private Stream on() {
        assert stream != null;
        return stream;
    }
}
