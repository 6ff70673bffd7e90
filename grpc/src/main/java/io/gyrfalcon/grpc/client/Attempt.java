package io.gyrfalcon.grpc.client;

import io.grpc.Attributes;
import io.grpc.Decompressor;
import io.grpc.Metadata;
import io.grpc.Status;
import io.gyrfalcon.grpc.server.CallLane;
import io.gyrfalcon.grpc.server.Encodings;
import io.gyrfalcon.grpc.server.MetadataFields;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.OutOfSlabs;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.traffic.retry.Progress;
import io.gyrfalcon.transport.client.CallStatus;
import io.gyrfalcon.transport.client.ClientCall;
import io.gyrfalcon.transport.client.ClientCallEvents;
import io.gyrfalcon.transport.client.ClientConnection;
import io.gyrfalcon.transport.client.Endpoint;
import io.gyrfalcon.transport.client.PendingCall;
import io.gyrfalcon.transport.client.ResponseHead;
import io.gyrfalcon.transport.wire.FaultText;
import io.gyrfalcon.transport.wire.StatusCode;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** One attempt of a call: its way to a server and back. Loop-owned. */
/*
 *   WAITING -> (PREPARING -> WAITING) -> OPEN -> ENDED
 *
 * WAITING: in the exchange or an endpoint, for a connection. PREPARING: credentials and tracers,
 * which are user code, look at the connection that was found; it may be another one when they are
 * done. Each may end, and then nothing of it reaches the call any more.
 */
@LoopOwned
final class Attempt implements PendingCall, ClientCallEvents {
    private enum Phase {
        WAITING,
        PREPARING,
        OPEN,
        ENDED
    }

    private static final String NOT_BASE64 = "A binary metadata value is not base64";

    private static final CallStatus GONE =
            CallStatus.of(StatusCode.UNAVAILABLE, "The chosen connection is gone");

    private final RoutedCall call;
    private final Exchange exchange;
    private final Request request;
    private final int number;
    private final boolean isTransparent;
    private Phase phase = Phase.WAITING;
    private boolean isPrepared;
    private byte[][] fields;
    private ClientTracers tracers;
    private Route route = Route.ANY;
    private @Nullable ClientCall stream;
    private @Nullable Link link;
    private boolean isEndSent;

    /** Messages of the call that were sent on it. */
    int sentMessages;

    /** The one after it of those that run. */
    @Nullable Attempt next;

    /**
     * One that is to be placed.
     *
     * @param number of attempts before it, those not counted that no server has looked at
     * @param isTransparent whether it follows one that no server has looked at
     */
    Attempt(RoutedCall call, Exchange exchange, int number, boolean isTransparent) {
        this.call = call;
        this.exchange = exchange;
        request = call.request();
        this.number = number;
        this.isTransparent = isTransparent;
        fields = request.fields();
        tracers = request.tracers();
    }

    Request request() {
        return request;
    }

    int number() {
        return number;
    }

    boolean isTransparent() {
        return isTransparent;
    }

    ClientTracers tracers() {
        return tracers;
    }

    /** Where the attempt goes, if not where the channel's calls go. */
    @Nullable CallPicker own() {
        return call.own();
    }

    // On its way to a server.

    @Override
    public boolean isWanted() {
        return phase == Phase.WAITING;
    }

    /** The server has not heard of it: it goes to wherever calls go by now. */
    @Override
    public void onFailed(CallStatus status) {
        if (phase != Phase.WAITING) return;
        if (status.code() == StatusCode.UNAVAILABLE) {
            exchange.placeLater(this);
        } else {
            call.end(Statuses.of(status), new Metadata(), true);
        }
    }

    @Override
    public void onConnection(ClientConnection connection) {
        Link reached = Link.of(connection);
        Attributes known = reached == null ? Attributes.EMPTY : reached.attributes();
        if (!isPrepared && request.needsPreparing()) {
            phase = Phase.PREPARING;
            new Preparation(this, tracers, known, exchange, route).start(exchange.loop());
            return;
        }
        if (!isPrepared && route.isSpecial()) prepare(known);
        phase = Phase.OPEN;
        byte[][] extra = request.extra(fields, number, exchange.nowNanos());
        ClientCall opened = connection.call(head(), extra, extra.length, this);
        stream = opened;
        link = reached;
        if (reached != null) reached.onCallStarted();
        if (opened.hasEnded()) return;
        opened.readyBytes(request.readyBytes());
        opened.messageBytesMax(
                Request.messageBytesMax(
                        request.options(), exchange.options().settings().messageBytesMax()));
        call.onOpen(this, known);
    }

    /** The policy has chosen; until the next pick. */
    void take(Route chosen) {
        route = chosen;
    }

    /** The policy says something of the attempt to whoever follows it. */
    void label(String key, String value) {
        tracers.label(key, value);
    }

    private FieldBlock head() {
        String authority = route.authority();
        if (authority == null || request.options().getAuthority() != null) return request.head();
        return exchange.head(request.method(), authority);
    }

    /** Only the policy wants to see the connection: it is asked here, as its picker was. */
    private void prepare(Attributes known) {
        Metadata headers = new Metadata();
        headers.merge(route.headers() == null ? request.headers() : route.headers());
        ClientTracers followed = tracers.with(route, request.options(), headers);
        followed.streamCreated(known, headers);
        prepared(RequestFields.of(headers, request.deadline() != null), followed);
    }

    private void prepared(byte[][] made, ClientTracers followed) {
        isPrepared = true;
        fields = made;
        tracers = followed;
        call.onFollowed(followed);
    }

    /** Credentials and tracers have seen the connection; these are the request's fields now. */
    void onPrepared(byte[][] made, ClientTracers followed) {
        if (phase != Phase.PREPARING) {
            CallLane.RUNNER.execute(exchange.loop(), () -> followed.streamClosed(Status.CANCELLED));
            return;
        }
        prepared(made, followed);
        phase = Phase.WAITING;
        Endpoint chosen = route.endpoint();
        if (chosen == null) {
            exchange.place(this);
        } else if (!chosen.start(this)) {
            close(Statuses.of(GONE), new Metadata(), Progress.MISCARRIED);
        }
    }

    /** The credentials refuse. */
    void onRefused(Status status) {
        if (phase == Phase.PREPARING) call.end(status, new Metadata(), true);
    }

    /** Nobody will place the attempt. */
    void refuse(Status why, Progress progress) {
        if (phase == Phase.WAITING) close(why, new Metadata(), progress);
    }

    // What is sent.

    /** Whether the server may hear of what is sent. */
    boolean isOpen() {
        return phase == Phase.OPEN && stream != null;
    }

    /** Bytes that wait in the stream. */
    int queuedBytes() {
        ClientCall open = stream;
        return open == null || open.hasEnded() ? 0 : open.queuedBytes();
    }

    /**
     * Sends a message, unless the stream has ended.
     *
     * @param isLast whether the request ends with it
     */
    void send(Outgoing message, boolean isLast) {
        ClientCall open = stream;
        sentMessages++;
        if (open == null || open.hasEnded()) return;
        isEndSent |= isLast;
        try {
            message.send(open, isLast);
            if (link != null) link.countSent();
        } catch (OutOfSlabs e) {
            open.cancel(CallStatus.of(StatusCode.RESOURCE_EXHAUSTED, FaultText.NO_MEMORY));
        }
    }

    /** The request ends, if it has not. */
    void halfClose() {
        ClientCall open = stream;
        if (isEndSent || open == null || open.hasEnded()) return;
        isEndSent = true;
        open.halfClose();
    }

    /** Gives the server window for what has arrived, if messages are wanted. */
    void creditWanted() {
        ClientCall open = stream;
        if (open != null) open.creditWanted();
    }

    // What the server says.

    @Override
    public void onHead(ResponseHead head) {
        if (!call.onHeaders(this)) return;
        byte[] encoding = RequestFields.encoding(head.fields(), head.fieldCount());
        Decompressor codec = null;
        if (encoding != null && !Encodings.isIdentity(encoding, 0, encoding.length)) {
            codec = exchange.options().encodings().decompressor(encoding, 0, encoding.length);
            if (codec == null) {
                String name = new String(encoding, StandardCharsets.US_ASCII);
                fail(StatusCode.INTERNAL, FaultText.noDecompressor(name));
                return;
            }
        }
        Deliveries<?> deliveries = call.deliveries();
        if (!deliveries.readsHeaders() && !RequestFields.isAnyBinary(head)) {
            deliveries.unreadHeaders(codec);
            return;
        }
        Metadata headers = metadata(head.takeFields(), head.fieldCount());
        if (headers == null) {
            fail(StatusCode.INTERNAL, NOT_BASE64);
            return;
        }
        deliveries.headers(headers, codec);
    }

    private static @Nullable Metadata metadata(byte @Nullable [][] fields, int count) {
        return fields == null ? new Metadata() : MetadataFields.of(fields, count / 2);
    }

    private void fail(int code, String text) {
        ClientCall open = stream;
        if (open != null) open.cancel(CallStatus.of(code, text));
    }

    @Override
    public void onMessage(
            MemorySegment bytes, long offset, int length, boolean compressed, @Nullable Slab home) {
        if (link != null) link.countReceived();
        Slab kept = home;
        if (home == null && length > 0) {
            try {
                kept = exchange.loop().slabs().take(length);
            } catch (OutOfSlabs e) {
                fail(StatusCode.RESOURCE_EXHAUSTED, FaultText.NO_MEMORY);
                return;
            }
            MemorySegment.copy(bytes, offset, kept.segment(), 0, length);
        }
        call.deliveries().message(kept, length, compressed);
    }

    @Override
    public boolean wantsMessages() {
        return call.deliveries().wantsMessages();
    }

    @Override
    public void onReady() {
        if (isOpen()) call.onReady();
    }

    @Override
    public void onEnd(
            CallStatus status, byte @Nullable [][] received, int count, boolean isUnprocessed) {
        stream = null;
        unlink(status.isOk());
        if (phase == Phase.ENDED) return;
        Metadata trailers = metadata(received, count);
        Progress progress = isUnprocessed ? Progress.REFUSED : Progress.PROCESSED;
        if (trailers != null) {
            close(Statuses.of(status), trailers, progress);
        } else {
            Status said = status.isOk() ? Status.INTERNAL : Statuses.of(status);
            close(said.augmentDescription(NOT_BASE64), new Metadata(), progress);
        }
    }

    // Its end.

    private void close(Status status, Metadata trailers, Progress progress) {
        phase = Phase.ENDED;
        call.onClosed(this, status, trailers, progress);
    }

    /** Nobody wants its outcome. */
    void giveUp(CallStatus why) {
        phase = Phase.ENDED;
        exchange.forget(this);
        ClientCall open = stream;
        stream = null;
        if (open != null) open.cancel(why);
        unlink(false);
    }

    private void unlink(boolean isOk) {
        Link reached = link;
        link = null;
        if (reached != null) reached.onCallEnded(isOk);
    }

    /** Its tracers follow no other one. They are user code. */
    void closeTracers(Status status, Metadata trailers) {
        ClientTracers followed = tracers;
        if (followed.isNone()) return;
        CallLane.RUNNER.execute(
                exchange.loop(),
                () -> {
                    followed.inboundTrailers(trailers);
                    followed.streamClosed(status);
                });
    }
}
