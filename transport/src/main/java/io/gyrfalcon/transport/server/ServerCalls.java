package io.gyrfalcon.transport.server;

import io.gyrfalcon.http2.ErrorCode;
import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.http2.ServerEvents;
import io.gyrfalcon.http2.Stream;
import io.gyrfalcon.http2.hpack.Field;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.transport.wire.FaultText;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * From the streams of one connection to its calls. Loop-owned.
 *
 * <p>A request that was refused has its answer and no call. Its stream stays until the peer ends
 * it, so that what else is wrong with it is still found; its window is not opened again.
 */
@HotPath
@LoopOwned
final class ServerCalls implements ServerEvents {
    private final ServerConnection connection;
    private LoopShare share;
    private final CallAcceptor acceptor;
    private @Nullable SavedHead saved;

    ServerCalls(ServerConnection connection, LoopShare share, CallAcceptor acceptor) {
        this.connection = connection;
        this.share = share;
        this.acceptor = acceptor;
    }

    /** Goes over to another loop, between blocks. */
    void use(LoopShare other) {
        share = other;
    }

    @Override
    public void onField(Stream stream, Field field, boolean trailers) {
        if (trailers) return;
        RequestHead head = share.head;
        if (!head.isOf(stream)) head.begin(stream);
        head.onField(field, acceptor);
    }

    @Override
    public void onRequest(Stream stream, boolean endStream) {
        RequestHead head = share.head;
        if (!head.isOf(stream)) head.begin(stream);
        head.end();
        if (Refusals.refuse(connection.http2(), stream, head)) return;
        if (connection.isShortOfMemory()) {
            Refusals.refuseForMemory(connection.http2(), stream);
            return;
        }
        if (!head.hasTrailersTe) connection.countMissingTe();
        ServerCall call = share.call();
        call.open(connection, stream, head);
        stream.attach(call);
        call.events(acceptor.onCall(call));
        if (endStream) {
            call.onRequestEnd();
        } else {
            share.fresh(call);
        }
    }

    @Override
    public boolean onRemember(Stream stream) {
        RequestHead head = share.head;
        if (!head.isOf(stream) || Refusals.isRefused(head)) return false;
        SavedHead kept = saved;
        if (kept == null) {
            kept = new SavedHead();
            saved = kept;
        }
        kept.save(head);
        return true;
    }

    @Override
    public void onRepeated(Stream stream) {
        SavedHead kept = saved;
        RequestHead head = share.head;
        head.begin(stream);
        if (kept != null) kept.restore(head);
    }

    @Override
    public void onHeadersTooLarge(Stream stream, long listBytes, int fields, boolean endStream) {
        RequestHead head = share.head;
        boolean isHead = head.isOf(stream) && head.isHead();
        head.end();
        Http2Limits limits = connection.settings().limits();
        int bytesMax = limits.headerListBytesMax();
        String text =
                listBytes > bytesMax
                        ? FaultText.headersTooLarge(listBytes, bytesMax)
                        : FaultText.tooManyHeaders(fields, limits.headerFieldsMax());
        Refusals.refuseTooLarge(connection.http2(), stream, isHead, text);
    }

    @Override
    public void onTrailers(Stream stream) {
        if (stream.attachment() instanceof ServerCall call) call.onRequestEnd();
    }

    @Override
    public void onData(
            Stream stream, MemorySegment bytes, long offset, int length, boolean endStream) {
        if (stream.attachment() instanceof ServerCall call) {
            call.onData(bytes, offset, length, endStream);
        }
    }

    /** A block that is malformed ends here: what was read of it is no other request's. */
    @Override
    public void onReset(Stream stream, long errorCode, boolean byPeer) {
        if (share.head.isOf(stream)) share.head.end();
    }

    @Override
    public void onSendable(Stream stream) {
        if (stream.attachment() instanceof ServerCall call) call.onReady();
    }

    @Override
    public void onSent(Stream stream) {
        if (stream.attachment() instanceof ServerCall call) call.onSent();
    }

    @Override
    public void onClosed(Stream stream) {
        if (stream.attachment() instanceof ServerCall call) {
            call.onClosed();
            return;
        }
        connection.http2().release(stream);
    }

    @Override
    public void onConnectionError(ErrorCode code, String text) {
        connection.onFault(code, text);
    }
}
