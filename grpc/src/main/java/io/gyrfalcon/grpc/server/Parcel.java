package io.gyrfalcon.grpc.server;

import io.gyrfalcon.eventloop.Letter;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.http2.ErrorCode;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.primitives.memory.OutOfSlabs;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;
import io.gyrfalcon.transport.server.ServerCall;

import org.jspecify.annotations.Nullable;

/**
 * What a call's user code has answered off the loop since the last parcel: fields, a message, the
 * end, each of them or none, in this order. Filled by user code's thread, delivered on the loop.
 */
final class Parcel implements Letter {
    private static final int NO_CODE = -1;

    private final Callbacks dispatch;
    private final Mail mail;

    @Nullable FieldBlock head;
    byte @Nullable [][] headFields;
    int code = NO_CODE;
    byte @Nullable [][] trailers;
    boolean isReset;
    int readyBytes;

    /** Which of the call's parcels it is, from 0. */
    int number;

    /** The next one of those that have overtaken others. */
    @Nullable Parcel next;

    private int messageBytes;
    private @Nullable Slab small;
    private @Nullable SlabChain large;

    Parcel(Callbacks dispatch, Mail mail) {
        this.dispatch = dispatch;
        this.mail = mail;
    }

    /** Takes the message over, prefix included. */
    void fill(OutboundMessage message, SlabPool pool) {
        int bytes = message.frameBytes();
        if (message.isSmall()) {
            Slab slab = pool.take(bytes);
            message.copyTo(slab.segment(), 0);
            small = slab;
        } else {
            SlabChain chain = new SlabChain(pool);
            try {
                message.moveTo(chain);
            } catch (OutOfSlabs e) {
                chain.clear();
                throw e;
            }
            large = chain;
        }
        messageBytes = bytes;
    }

    /** Bytes of the message with its prefix; 0 where there is none. */
    int messageBytes() {
        return messageBytes;
    }

    /**
     * In order of numbers, which is not always that of arrival: one that was posted before the
     * connection moved may be overtaken by one that was posted after it.
     */
    @Override
    public void deliver(Loop on) {
        if (!dispatch.peer().isOn(on)) {
            dispatch.peer().passOn(this);
        } else if (mail.isDue(this) || isLate()) {
            open();
            for (Parcel early = mail.takeDue(); early != null; early = mail.takeDue()) early.open();
        } else {
            mail.keepEarly(this);
        }
    }

    /** Whether the call is over, so that no order matters any more. */
    private boolean isLate() {
        ServerCall call = dispatch.call();
        return call == null || call.hasEnded();
    }

    private void open() {
        ServerCall call = dispatch.call();
        try {
            if (call != null && !call.hasEnded() && !dispatch.has(Signals.REFUSED)) apply(call);
        } catch (OutOfSlabs e) {
            if (call != null) call.reset(ErrorCode.ENHANCE_YOUR_CALM);
        } finally {
            drop();
        }
        if (mail.delivered(messageBytes, dispatch.call())) dispatch.signalReady();
    }

    @Override
    public void onUndelivered() {
        drop();
    }

    /** Gives back what the message lies in. */
    void drop() {
        Slab slab = small;
        SlabChain chain = large;
        small = null;
        large = null;
        if (slab != null) slab.release();
        if (chain != null) chain.clear();
    }

    private void apply(ServerCall call) {
        if (readyBytes > 0) call.readyBytes(readyBytes);
        FieldBlock block = head;
        if (block != null) {
            byte[][] extra = headFields;
            call.sendHeaders(block, extra, extra == null ? 0 : extra.length);
        }
        if (messageBytes > 0) sendMessage(call);
        if (isReset) {
            call.reset(ErrorCode.CANCEL);
        } else if (code != NO_CODE) {
            byte[][] extra = trailers;
            call.sendTrailers(code, extra, extra == null ? 0 : extra.length);
        }
    }

    private void sendMessage(ServerCall call) {
        SlabChain target = call.beginMessage(messageBytes);
        Slab slab = small;
        SlabChain chain = large;
        if (slab != null) target.append(slab.segment(), 0, messageBytes);
        if (chain != null) chain.moveTo(target, messageBytes);
        call.endMessage();
        dispatch.countSent();
    }
}
