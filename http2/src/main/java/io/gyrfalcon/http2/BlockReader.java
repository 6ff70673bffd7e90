package io.gyrfalcon.http2;

import io.gyrfalcon.http2.hpack.FieldSink;
import io.gyrfalcon.http2.hpack.HpackDecoder;
import io.gyrfalcon.http2.hpack.HpackOutcome;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;

import java.lang.foreign.MemorySegment;

/** Decodes the header blocks of a connection within its limits. Loop-owned. */
@LoopOwned
@HotPath
final class BlockReader {
    private final Http2Limits limits;
    private final Fault fault;
    private final HpackDecoder decoder;

    BlockReader(Http2Limits limits, Fault fault, Http2Scratch scratch) {
        this.limits = limits;
        this.fault = fault;
        decoder = new HpackDecoder(Math.max(4_096, limits.hpackTableBytesMax()), scratch.hpack);
        decoder.listLimits(limits.headerListBytesMax(), limits.headerFieldsMax());
    }

    /** Uses another loop's working memory from now on. Between blocks. */
    void use(Http2Scratch other) {
        decoder.use(other.hpack);
    }

    /** The peer knows our SETTINGS_HEADER_TABLE_SIZE. */
    void onFirstAck() {
        if (limits.hpackTableBytesMax() != 4_096) {
            decoder.tableBytesMax(limits.hpackTableBytesMax());
        }
    }

    /** Hands over the fields of a block; false when the connection is at its end. */
    boolean read(MemorySegment block, long from, int n, FieldSink sink) {
        if (decoder.decode(block, from, n, sink) != HpackOutcome.OK) {
            fault.set(ErrorCode.COMPRESSION_ERROR, "header block cannot be decoded");
            return false;
        }
        if (decoder.isAmplified(limits.hpackAmplificationMax(), limits.hpackFreeBytes())) {
            fault.set(ErrorCode.ENHANCE_YOUR_CALM, "header blocks retain too much");
            return false;
        }
        return true;
    }

    /** Whether the last block was beyond the limits, and not all of its fields handed over. */
    boolean isOverLimit() {
        return decoder.isOverLimit();
    }

    /** Decoded bytes of the last block, 32 added for each field. */
    long listBytes() {
        return decoder.blockBytes();
    }

    /** Fields of the last block. */
    int fields() {
        return decoder.blockFields();
    }

    /** Counts what can make the same bytes mean something else. */
    int tableChanges() {
        return decoder.tableChanges();
    }
}
