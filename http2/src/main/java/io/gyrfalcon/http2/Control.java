package io.gyrfalcon.http2;

import io.gyrfalcon.http2.frame.FrameHeader;
import io.gyrfalcon.http2.frame.FrameWriter;
import io.gyrfalcon.http2.guard.ReplyBudget;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.SlabChain;

/** Puts control frames into the output, and counts those that are replies. Loop-owned. */
@LoopOwned
final class Control {
    private final SlabChain out;
    private final ReplyBudget replies;

    Control(SlabChain out, ReplyBudget replies) {
        this.out = out;
        this.replies = replies;
    }

    /** The first bytes of a client. */
    void preface(byte[] bytes) {
        out.append(bytes, 0, bytes.length);
    }

    void settings(int[] entries, int count) {
        FrameWriter.settings(out, entries, count);
    }

    void settingsAck() {
        FrameWriter.settingsAck(out);
        replies.onReply();
    }

    void ping(long opaque) {
        FrameWriter.ping(out, 0, opaque);
    }

    void pingAck(long opaque) {
        FrameWriter.ping(out, FrameHeader.ACK, opaque);
        replies.onReply();
    }

    void rstStream(int streamId, ErrorCode code) {
        FrameWriter.rstStream(out, streamId, code.code());
        replies.onReply();
    }

    void windowUpdate(int streamId, int increment) {
        FrameWriter.windowUpdate(out, streamId, increment);
    }

    void goAway(int lastStreamId, ErrorCode code, String debug) {
        FrameWriter.goAway(out, lastStreamId, code.code(), debug);
    }
}
