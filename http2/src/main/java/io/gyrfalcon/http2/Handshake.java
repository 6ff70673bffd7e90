package io.gyrfalcon.http2;

import io.gyrfalcon.http2.frame.FrameHeader;
import io.gyrfalcon.http2.frame.Settings;
import io.gyrfalcon.http2.guard.ProgressBudget;
import io.gyrfalcon.http2.stream.FlowWindow;
import io.gyrfalcon.primitives.LoopOwned;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** The preface and the exchange of SETTINGS: RFC 9113 §3.4, RFC 9113 §6.5. Loop-owned. */
@LoopOwned
final class Handshake {
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Role role;
    private final Http2Settings settings;
    private final Http2Limits limits;
    private final Control control;
    private final Fault fault;
    private final Inbound inbound;
    private final Outbound outbound;
    private final HeaderWriter writer;
    private final BlockReader reader;
    private final Streams streams;
    private final ProgressBudget progress;
    private int[] entries;
    private int matched;
    private boolean hasSettings;
    private boolean isFirstAcked;
    private int unacked;
    private long dueNanos;

    Handshake(
            Role role,
            Http2Settings settings,
            Http2Limits limits,
            Control control,
            Fault fault,
            Inbound inbound,
            Outbound outbound,
            HeaderWriter writer,
            BlockReader reader,
            Streams streams,
            ProgressBudget progress,
            Http2Scratch scratch,
            long nowNanos) {
        this.role = role;
        this.settings = settings;
        this.limits = limits;
        this.control = control;
        this.fault = fault;
        this.inbound = inbound;
        this.outbound = outbound;
        this.writer = writer;
        this.reader = reader;
        this.streams = streams;
        this.progress = progress;
        entries = scratch.entries;
        dueNanos = Deadline.after(nowNanos, limits.prefaceNanos());
        if (role == Role.CLIENT) matched = PREFACE.length;
    }

    /** The peer has the time for its preface from now on. */
    void from(long nowNanos) {
        dueNanos = Deadline.after(nowNanos, limits.prefaceNanos());
    }

    /** Uses another loop's working memory from now on. */
    void use(Http2Scratch other) {
        entries = other.entries;
    }

    /** Our preface. */
    void start() {
        int n =
                switch (role) {
                    case SERVER ->
                            entry(0, Settings.MAX_CONCURRENT_STREAMS, limits.streamsMax(), -1);
                    case CLIENT -> {
                        control.preface(PREFACE);
                        yield entry(0, Settings.ENABLE_PUSH, 0, 1);
                    }
                };
        n = entry(n, Settings.INITIAL_WINDOW_SIZE, settings.streamWindowBytes(), 65_535);
        n = entry(n, Settings.MAX_FRAME_SIZE, settings.frameBytesMax(), 16_384);
        n = entry(n, Settings.MAX_HEADER_LIST_SIZE, limits.headerListBytesSetting(), -1);
        n = entry(n, Settings.HEADER_TABLE_SIZE, limits.hpackTableBytesMax(), 4_096);
        control.settings(entries, n);
        unacked++;
    }

    private int entry(int n, int identifier, int value, int initial) {
        if (value == initial) return n;
        entries[n] = identifier;
        entries[n + 1] = value;
        return n + 2;
    }

    /** Announces a larger window for streams. */
    void announceWindow(int bytes, long nowNanos) {
        entries[0] = Settings.INITIAL_WINDOW_SIZE;
        entries[1] = bytes;
        control.settings(entries, 2);
        if (unacked++ == 0) dueNanos = Deadline.after(nowNanos, settings.settingsAckNanos());
    }

    /** Whether a client's preface is still incomplete. */
    boolean isPrefaceDue() {
        return matched < PREFACE.length;
    }

    /** Whether the peer's SETTINGS have come. */
    boolean hasSettings() {
        return hasSettings;
    }

    /** Takes bytes of the preface; where it ends, or {@code end}. */
    long onPreface(MemorySegment bytes, long offset, long end) {
        long at = offset;
        while (at < end && matched < PREFACE.length) {
            if (bytes.get(ValueLayout.JAVA_BYTE, at) != PREFACE[matched]) {
                fault.set(ErrorCode.PROTOCOL_ERROR, "not the HTTP/2 connection preface");
                return end;
            }
            at++;
            matched++;
        }
        return at;
    }

    long dueNanos() {
        return dueNanos;
    }

    void onTime(long nowNanos) {
        if (nowNanos < dueNanos) return;
        dueNanos = Deadline.NONE;
        if (hasSettings) {
            fault.set(ErrorCode.SETTINGS_TIMEOUT, "settings_timeout");
        } else {
            fault.set(ErrorCode.PROTOCOL_ERROR, "preface_timeout");
        }
    }

    void onSettings(int flags, MemorySegment bytes, long offset, int length, long nowNanos) {
        if ((flags & FrameHeader.ACK) != 0) {
            onAck(length);
            return;
        }
        if (length % Settings.ENTRY_BYTES != 0) {
            fault.set(ErrorCode.FRAME_SIZE_ERROR, "SETTINGS of " + length + " bytes");
            return;
        }
        if (length / Settings.ENTRY_BYTES > limits.settingsEntriesMax()) {
            fault.set(ErrorCode.ENHANCE_YOUR_CALM, "too many settings");
            return;
        }
        if (!hasSettings) {
            hasSettings = true;
            dueNanos = Deadline.after(nowNanos, settings.settingsAckNanos());
            if (unacked == 0) dueNanos = Deadline.NONE;
        }
        for (long at = offset; at < offset + length; at += Settings.ENTRY_BYTES) {
            int identifier = bytes.get(FrameHeader.SHORT, at) & 0xffff;
            apply(identifier, bytes.get(FrameHeader.INT, at + 2) & 0xffff_ffffL);
        }
        if (!fault.isSet()) control.settingsAck();
    }

    private void onAck(int length) {
        if (length != 0) {
            fault.set(ErrorCode.FRAME_SIZE_ERROR, "SETTINGS ack with a payload");
            return;
        }
        if (unacked == 0) {
            if (!progress.onEmpty()) {
                fault.set(ErrorCode.ENHANCE_YOUR_CALM, GoAwayReason.TOO_MANY_EMPTY_FRAMES);
            }
            return;
        }
        if (--unacked == 0) dueNanos = Deadline.NONE;
        if (isFirstAcked) return;
        isFirstAcked = true;
        inbound.onFirstAck();
        reader.onFirstAck();
    }

    private void apply(int identifier, long value) {
        switch (identifier) {
            case Settings.HEADER_TABLE_SIZE -> writer.peerTableBytes(value);
            case Settings.ENABLE_PUSH -> {
                if (value > (role == Role.SERVER ? 1 : 0)) protocolError("ENABLE_PUSH", value);
            }
            case Settings.MAX_CONCURRENT_STREAMS -> streams.peerStreamsMax(value);
            case Settings.INITIAL_WINDOW_SIZE -> applyWindow(value);
            case Settings.MAX_FRAME_SIZE -> {
                // Not used: no frame of ours is larger than the smallest limit there is.
                if (value < FrameHeader.PAYLOAD_BYTES_INITIAL
                        || value > FrameHeader.PAYLOAD_BYTES_MAX) {
                    protocolError("MAX_FRAME_SIZE", value);
                }
            }
            default -> {
                // RFC 9113 §6.5.2: what is unknown is ignored, and MAX_HEADER_LIST_SIZE is advice.
            }
        }
    }

    private void applyWindow(long value) {
        if (value > FlowWindow.BYTES_MAX) {
            fault.set(ErrorCode.FLOW_CONTROL_ERROR, "INITIAL_WINDOW_SIZE " + value);
            return;
        }
        if (outbound.onInitialWindow((int) value)) return;
        fault.set(ErrorCode.FLOW_CONTROL_ERROR, "INITIAL_WINDOW_SIZE overflows a window");
    }

    private void protocolError(String name, long value) {
        fault.set(ErrorCode.PROTOCOL_ERROR, name + " " + value);
    }
}
