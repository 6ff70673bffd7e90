package io.gyrfalcon.transport.client;

import io.gyrfalcon.http2.ClientEvents;
import io.gyrfalcon.http2.ErrorCode;
import io.gyrfalcon.http2.Stream;
import io.gyrfalcon.http2.hpack.Field;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.transport.wire.StatusCode;

import java.lang.foreign.MemorySegment;

/** From the streams of one connection to its calls. Loop-owned. */
@HotPath
@LoopOwned
final class ClientCalls implements ClientEvents {
    private final ClientConnection connection;
    private final ResponseHead head;

    ClientCalls(ClientConnection connection, LoopClients share) {
        this.connection = connection;
        head = share.head;
    }

    private static ClientCall call(Stream stream) {
        Object call = stream.attachment();
        assert call instanceof ClientCall : stream;
        return (ClientCall) call;
    }

    @Override
    public void onEstablished() {
        connection.onEstablished();
    }

    @Override
    public void onOpenable() {
        connection.onOpenable();
    }

    @Override
    public void onField(Stream stream, Field field, boolean trailers) {
        if (!head.isOf(stream)) head.begin(stream);
        head.onField(field);
    }

    @Override
    public void onResponse(Stream stream, boolean endStream) {
        head.end();
        call(stream).onHead(head, endStream);
    }

    @Override
    public void onTrailers(Stream stream) {
        if (!head.isOf(stream)) head.begin(stream);
        head.end();
        call(stream).onTrailers(head);
    }

    @Override
    public void onHeadersTooLarge(Stream stream) {
        head.end();
        int bytesMax = connection.settings().limits().headerListBytesMax();
        call(stream)
                .fail(
                        CallStatus.of(
                                StatusCode.RESOURCE_EXHAUSTED,
                                "Server Headers or Trailers exceeded Metadata size limit: "
                                        + bytesMax));
    }

    @Override
    public void onData(Stream stream, MemorySegment bytes, long at, int n, boolean endStream) {
        call(stream).onData(bytes, at, n, endStream);
    }

    /** A block that is malformed ends here: what was read of it is no other response's. */
    @Override
    public void onReset(Stream stream, long errorCode, boolean byPeer) {
        if (head.isOf(stream)) head.end();
        boolean isUnprocessed = byPeer && errorCode == ErrorCode.REFUSED_STREAM.code();
        call(stream).onReset(connection.statusOf(stream, errorCode, byPeer), isUnprocessed);
    }

    @Override
    public void onSendable(Stream stream) {
        call(stream).onReady();
    }

    @Override
    public void onSent(Stream stream) {
        // A call ends with its response.
    }

    @Override
    public void onClosed(Stream stream) {
        call(stream).onClosed();
    }

    @Override
    public void onGoAway(int lastId, long errorCode, String debug) {
        connection.onGoAway(lastId, errorCode, debug);
    }

    @Override
    public void onConnectionError(ErrorCode code, String text) {
        connection.onFault();
    }
}
