package io.gyrfalcon.tls;

import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.OutOfSlabs;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

/**
 * One end of a TLS connection, as its engine is a server's or a client's: records in, plain bytes
 * out, and back. Loop-owned.
 *
 * <p>Between calls it owns memory only while a record is incomplete or a task runs. Nothing that a
 * peer sends throws: it ends in {@link State#FAILED} with a {@link #failure} and, in the output, an
 * alert; with none where the peer speaks plain text, a task has the engine, or memory is short.
 */
/*
 * States
 *
 * A client's begins with start().
 *
 *                    task needed            handshake done, h2 agreed
 *   HANDSHAKING <----------------> NEEDS_TASK ------------------> ESTABLISHED
 *        |           task done         |                           |   ^ |
 *        |                             |            (a task again) v   | |
 *        |                             |                      NEEDS_TASK |
 *        +-----------------------------+---------------------------------+
 *                   | close_notify either way            | anything wrong
 *                   v                                    v
 *                CLOSED                                FAILED
 *
 * Nothing leaves CLOSED and FAILED. After the peer's close_notify we may still send under TLS 1.3
 * (RFC 8446 §6.1); under TLS 1.2 the engine answers with its own at once (RFC 5246 §7.2.1).
 */
@HotPath
@LoopOwned
public final class TlsSession {

    /** Where the session stands. */
    public enum State {
        /** Not agreed yet; output may have to be flushed. */
        HANDSHAKING,
        /** Plain bytes may be sent. */
        ESTABLISHED,
        /** {@link #task} has to be run off the loop, then {@link #onTaskDone} called on it. */
        NEEDS_TASK,
        /** A close_notify was received, or {@link #close} was called. */
        CLOSED,
        /** {@link #failure} says why. Flush the output, then close the socket. */
        FAILED
    }

    private static final String NO_MEMORY = "memory budget exhausted";

    private final SSLEngine engine;
    private TlsScratch scratch;
    private final TlsLimits limits;
    private final PartialRecord partial;
    private final SlabChain waiting;
    private final boolean isClient;

    private State state = State.HANDSHAKING;
    private boolean greeted;
    private boolean established;
    private boolean sendable;
    private boolean renegotiable;
    private int handshakeBytes;
    private int emptyRecords;
    private int unreadAnswers;
    private @Nullable String failure;
    private @Nullable SSLException cause;

    /**
     * @param engine from {@link TlsSettings#newEngine} or {@link TlsClientSettings#newEngine}
     * @param slabs holds incomplete records
     * @param scratch of the loop
     */
    public TlsSession(SSLEngine engine, SlabPool slabs, TlsScratch scratch) {
        this(engine, slabs, scratch, TlsLimits.DEFAULT);
    }

    /** As above, with other limits. */
    public TlsSession(SSLEngine engine, SlabPool slabs, TlsScratch scratch, TlsLimits limits) {
        this.engine = engine;
        this.scratch = scratch;
        this.limits = limits;
        this.partial = new PartialRecord(slabs);
        this.waiting = new SlabChain(slabs);
        this.isClient = engine.getUseClientMode();
    }

    /** Says the first word, where this is a client's end; what it says is in the output. */
    public State start(SlabChain cipherOut) {
        if (!isClient || greeted) return state;
        greeted = true;
        try {
            engine.beginHandshake();
            drive(engine.getHandshakeStatus(), cipherOut);
        } catch (SSLException e) {
            onFault(e, cipherOut);
        } catch (OutOfSlabs e) {
            abandon(NO_MEMORY);
        }
        return state;
    }

    /** Where the session stands. */
    public State state() {
        return state;
    }

    /** Whether it is established, and no record has begun and not ended. */
    public boolean isQuiet() {
        return state == State.ESTABLISHED && partial.bytes() == 0 && waiting.isEmpty();
    }

    /**
     * Goes over to another loop. Only while {@link #isQuiet}.
     *
     * @param slabs of the new loop
     * @param other scratch of the new loop
     */
    public void moveTo(SlabPool slabs, TlsScratch other) {
        assert isQuiet() : "moved in the middle of something";
        scratch = other;
        partial.takeFrom(slabs);
        waiting.takeFrom(slabs);
    }

    /** What went wrong, once {@link State#FAILED}. */
    public @Nullable String failure() {
        return failure;
    }

    /** What the engine has thrown, where it was that which went wrong. */
    public @Nullable SSLException cause() {
        return cause;
    }

    /** The session of the engine: certificates of the peer, suite, protocol. */
    public SSLSession session() {
        return engine.getSession();
    }

    /** The agreed protocol: {@code h2} once established, before that empty. */
    public String alpn() {
        String agreed = engine.getApplicationProtocol();
        return agreed == null ? "" : agreed;
    }

    /**
     * Takes bytes from the socket. While a task runs they wait.
     *
     * @param cipher valid during the call only
     * @param sink gets what was decrypted, record by record
     * @param cipherOut gets what the engine has to say itself
     */
    public State receive(
            MemorySegment cipher, long offset, int length, PlainSink sink, SlabChain cipherOut) {
        if (isOver()) return state;
        try {
            int taken = isReading() ? walk(cipher, offset, length, sink, cipherOut) : 0;
            if (state == State.NEEDS_TASK && taken < length) {
                postpone(cipher, offset + taken, length - taken);
            }
        } catch (OutOfSlabs e) {
            abandon(NO_MEMORY);
        }
        return state;
    }

    /**
     * What has to be run off the loop when the state is {@link State#NEEDS_TASK}. Nothing else of
     * this session may be called by another thread meanwhile; {@link #receive} may by the loop.
     */
    public Runnable task() {
        return new Task(engine);
    }

    /** Goes on after the task. Bytes that waited are taken now. */
    public State onTaskDone(PlainSink sink, SlabChain cipherOut) {
        if (state != State.NEEDS_TASK) return state;
        state = established ? State.ESTABLISHED : State.HANDSHAKING;
        try {
            drive(engine.getHandshakeStatus(), cipherOut);
            while (isReading() && !waiting.isEmpty()) {
                int run = waiting.headBytes();
                int taken = walk(waiting.head(), waiting.headOffset(), run, sink, cipherOut);
                if (!waiting.isEmpty()) waiting.consume(taken);
            }
        } catch (OutOfSlabs e) {
            abandon(NO_MEMORY);
        }
        return state;
    }

    /**
     * Encrypts all of {@code plain} in records of up to 16 KiB. Before the handshake is done, and
     * while a task runs, it stays where it is; where nothing can be sent any more it is dropped.
     */
    public void wrap(SlabChain plain, SlabChain cipherOut) {
        if (state == State.HANDSHAKING || state == State.NEEDS_TASK) return;
        try {
            while (sendable && !plain.isEmpty()) {
                wrapAll(scratch.leaving(plain), cipherOut);
            }
        } catch (SSLException e) {
            onFault(e, cipherOut);
        } catch (OutOfSlabs e) {
            abandon(NO_MEMORY);
        }
        if (!sendable) plain.clear();
    }

    /** Says close_notify, unless a task runs. What was received and not taken is dropped. */
    public void close(SlabChain cipherOut) {
        if (state == State.FAILED) return;
        boolean isBusy = state == State.NEEDS_TASK;
        state = State.CLOSED;
        if (greeted && !isBusy) closeOutbound(cipherOut);
        sendable = false;
        discard();
    }

    /** Releases all memory. To be called when the socket is closed, whatever the state. */
    public void discard() {
        partial.release();
        waiting.clear();
    }

    private boolean isOver() {
        return state == State.CLOSED || state == State.FAILED;
    }

    private boolean isReading() {
        return state == State.ESTABLISHED || state == State.HANDSHAKING;
    }

    /** Takes whole records from the slice, and the beginning of one; returns the bytes taken. */
    private int walk(MemorySegment bytes, long offset, int length, PlainSink sink, SlabChain out) {
        int at = 0;
        while (at < length && isReading()) {
            int left = length - at;
            if (partial.bytes() > 0 || left < Records.HEADER_BYTES) {
                at += gather(bytes, offset + at, left, sink, out);
                continue;
            }
            if (!isSound(bytes, offset + at, out)) break;
            int recordBytes = Records.recordBytes(bytes, offset + at);
            if (recordBytes > left) {
                partial.append(bytes, offset + at, left);
                return length;
            }
            int recordAt = at;
            at += recordBytes;
            onRecord(scratch.received(bytes, offset + recordAt, recordBytes), sink, out);
        }
        return at;
    }

    /** Adds to the incomplete record, and takes it once it is whole; returns the bytes taken. */
    private int gather(MemorySegment bytes, long offset, int left, PlainSink sink, SlabChain out) {
        boolean headless = partial.bytes() < Records.HEADER_BYTES;
        int wanted = headless ? Records.HEADER_BYTES : Records.recordBytes(partial.segment(), 0);
        int count = Math.min(wanted - partial.bytes(), left);
        partial.append(bytes, offset, count);
        if (partial.bytes() < Records.HEADER_BYTES) return count;
        if (headless && !isSound(partial.segment(), 0, out)) return count;
        int recordBytes = Records.recordBytes(partial.segment(), 0);
        if (partial.bytes() < recordBytes) return count;
        ByteBuffer record = scratch.received(partial.segment(), 0, recordBytes);
        partial.release();
        onRecord(record, sink, out);
        return count;
    }

    /** Whether a header is one of TLS, of a length that is legal; else the session fails. */
    private boolean isSound(MemorySegment header, long offset, SlabChain out) {
        if (!greeted && Records.isText(header, offset)) {
            // Who speaks plain HTTP/2 would take an alert for a frame: for a fault, not for an end.
            abandon(Records.describe(header, offset));
            return false;
        }
        if (!Records.isTls(header, offset)
                || (!greeted && Records.type(header, offset) != Records.HANDSHAKE)) {
            fail(Records.describe(header, offset), Records.ALERT_UNEXPECTED_MESSAGE, out);
            return false;
        }
        int recordBytes = Records.recordBytes(header, offset);
        if (recordBytes <= Records.RECORD_BYTES_MAX) return true;
        fail(
                "found a record of "
                        + recordBytes
                        + " bytes (expected: <= "
                        + Records.RECORD_BYTES_MAX
                        + ")",
                Records.ALERT_RECORD_OVERFLOW,
                out);
        return false;
    }

    private void onRecord(ByteBuffer record, PlainSink sink, SlabChain out) {
        if (!established && !isAdmitted(record, out)) return;
        if (renegotiable && record.get(0) == Records.HANDSHAKE) {
            fail("the peer asks for renegotiation: RFC 9113 §9.2.1", 0, out);
            return;
        }
        while (record.hasRemaining() && isReading()) open(record, sink, out);
    }

    /** Whether a record of the handshake may go to the engine; else the session fails. */
    private boolean isAdmitted(ByteBuffer record, SlabChain out) {
        if (!greeted && !isGreeting(record, out)) return false;
        handshakeBytes += record.remaining();
        if (handshakeBytes <= limits.handshakeBytesMax()) return true;
        fail("the handshake took more than " + limits.handshakeBytesMax() + " bytes", 0, out);
        return false;
    }

    private boolean isGreeting(ByteBuffer record, SlabChain out) {
        int look = ClientHello.look(record);
        if (look == ClientHello.NOT_H2) {
            fail(
                    "the client offers " + ClientHello.offered(record) + " by ALPN (expected: h2)",
                    Records.ALERT_NO_APPLICATION_PROTOCOL,
                    out);
            return false;
        }
        if (look == ClientHello.MALFORMED) {
            fail("found a malformed ClientHello", Records.ALERT_DECODE_ERROR, out);
            return false;
        }
        greeted = true;
        return true;
    }

    private void open(ByteBuffer record, PlainSink sink, SlabChain out) {
        ByteBuffer opened = scratch.opened();
        SSLEngineResult result;
        try {
            result = unwrap(record, opened);
        } catch (SSLException e) {
            onFault(e, out);
            return;
        }
        int count = opened.position();
        if (count > 0) {
            emptyRecords = 0;
            sink.onPlain(scratch.openedBytes(), 0, count);
        } else if (established && ++emptyRecords > limits.emptyRecordsMax()) {
            fail("more than " + limits.emptyRecordsMax() + " records without data", 0, out);
        }
        if (isReading()) onOpened(result, out);
    }

    private void onOpened(SSLEngineResult result, SlabChain out) {
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            onCloseNotify(out);
            return;
        }
        HandshakeStatus status = result.getHandshakeStatus();
        if (!established || status != HandshakeStatus.NOT_HANDSHAKING) {
            drive(engine.getHandshakeStatus(), out);
        }
    }

    /** Lets the engine send what it wants to, and reads off where it stands. */
    private void drive(HandshakeStatus initial, SlabChain out) {
        HandshakeStatus status = initial;
        try {
            while (status == HandshakeStatus.NEED_WRAP) {
                if (established && !mayAnswer(out)) return;
                wrapRecord(scratch.nothing(), out);
                status = engine.getHandshakeStatus();
            }
        } catch (SSLException e) {
            onFault(e, out);
            return;
        }
        if (status == HandshakeStatus.NEED_TASK) {
            state = State.NEEDS_TASK;
        } else if (!established && status == HandshakeStatus.NOT_HANDSHAKING) {
            onEstablished(out);
        }
    }

    /** Whether the engine may answer a key update; else the session fails: nobody reads them. */
    private boolean mayAnswer(SlabChain out) {
        if (out.isEmpty()) unreadAnswers = 0;
        if (++unreadAnswers <= limits.emptyRecordsMax()) return true;
        fail("more than " + limits.emptyRecordsMax() + " answers are not read", 0, out);
        return false;
    }

    private void onEstablished(SlabChain out) {
        established = true;
        renegotiable = !engine.getSession().getProtocol().equals("TLSv1.3");
        if (!alpn().equals("h2")) {
            String peer = isClient ? "the server agrees on" : "the client offers";
            fail(peer + " no application protocol by ALPN (expected: h2)", 0, out);
            return;
        }
        sendable = true;
        state = State.ESTABLISHED;
    }

    private void onCloseNotify(SlabChain out) {
        state = State.CLOSED;
        try {
            while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && sendable) {
                wrapRecord(scratch.nothing(), out);
            }
        } catch (SSLException e) {
            sendable = false;
        }
        discard();
    }

    private void wrapAll(ByteBuffer source, SlabChain out) throws SSLException {
        while (sendable && source.hasRemaining()) wrapRecord(source, out);
    }

    /** Makes one record, returns its length. */
    private int wrapRecord(ByteBuffer source, SlabChain out) throws SSLException {
        ByteBuffer wrapped = scratch.wrapped();
        SSLEngineResult result;
        try {
            result = engine.wrap(source, wrapped);
        } catch (RuntimeException e) {
            throw new SSLException(e.toString(), e);
        }
        int count = wrapped.position();
        if (count > 0) out.append(scratch.wrappedBytes(), 0, count);
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            sendable = false;
        } else if (count == 0) {
            throw new SSLException("the engine makes no record: " + result);
        }
        return count;
    }

    private SSLEngineResult unwrap(ByteBuffer record, ByteBuffer opened) throws SSLException {
        int before = record.position();
        SSLEngineResult result;
        try {
            result = engine.unwrap(record, opened);
        } catch (RuntimeException e) {
            throw new SSLException(e.toString(), e);
        }
        if (record.position() == before && result.getStatus() != SSLEngineResult.Status.CLOSED) {
            throw new SSLException("the engine takes no record: " + result);
        }
        return result;
    }

    private void postpone(MemorySegment bytes, long offset, int length) {
        if (waiting.bytes() + length > limits.handshakeBytesMax()) {
            abandon("more than " + limits.handshakeBytesMax() + " bytes while a task runs");
            return;
        }
        waiting.append(bytes, offset, length);
    }

    /** Ends the session with an alert of ours. Once the engine has spoken it is close_notify. */
    private void fail(String text, int alert, SlabChain out) {
        abandon(text);
        if (greeted) {
            closeOutbound(out);
            return;
        }
        byte[] record = Records.fatalAlert(alert);
        out.append(record, 0, record.length);
    }

    /** Ends the session with the alert that the engine has for its own fault. */
    private void onFault(SSLException fault, SlabChain out) {
        String text = fault.getMessage();
        cause = fault;
        abandon(text == null ? fault.toString() : text);
        closeOutbound(out);
    }

    private void abandon(String text) {
        state = State.FAILED;
        sendable = false;
        failure = text;
        discard();
    }

    private void closeOutbound(SlabChain out) {
        try {
            engine.closeOutbound();
            int count = 1;
            while (count > 0 && !engine.isOutboundDone()) {
                count = wrapRecord(scratch.nothing(), out);
            }
        } catch (SSLException e) {
            sendable = false;
        }
    }

    /** The delegated tasks of an engine. Runs on any thread, once. */
    private static final class Task implements Runnable {
        private final SSLEngine engine;

        Task(SSLEngine engine) {
            this.engine = engine;
        }

        @Override
        public void run() {
            Runnable next = engine.getDelegatedTask();
            while (next != null) {
                next.run();
                next = engine.getDelegatedTask();
            }
        }
    }
}
