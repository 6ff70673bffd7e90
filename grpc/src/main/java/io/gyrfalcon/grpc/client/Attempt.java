package io.gyrfalcon.grpc.client;

import io.grpc.Attributes;
import io.grpc.CallCredentials;
import io.grpc.Context;
import io.grpc.Decompressor;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Status;
import io.gyrfalcon.grpc.server.Encodings;
import io.gyrfalcon.grpc.server.MetadataFields;
import io.gyrfalcon.grpc.server.OutboundMessage;
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
import java.util.StringJoiner;
import java.util.function.Consumer;

/** One attempt of a call: its way to a server and back. Loop-owned. */
/*
 *   WAITING -> (PREPARING -> WAITING) -> OPEN -> ENDED
 *
 * WAITING: in the exchange or an endpoint, for a connection. PREPARING: credentials look at the
 * connection that was found; it may be another one when they are done. Each may end, and then
 * nothing of it reaches the call any more.
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

    /** What nobody adds to headers. */
    private static final Metadata NOTHING = new Metadata();

    private static final CallStatus GONE =
            CallStatus.of(StatusCode.UNAVAILABLE, "The chosen connection is gone");

    private final RoutedCall call;
    private final Exchange exchange;
    private final Request request;
    private final int number;
    private Phase phase = Phase.WAITING;
    private boolean isPrepared;
    private byte[][] fields;
    private final Metadata headers;
    private ClientTracers tracers;
    private @Nullable Waiting waiting;
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
     * @throws RuntimeException as the tracers' factories throw it
     */
    Attempt(RoutedCall call, Exchange exchange, int number, boolean isTransparent) {
        this.call = call;
        this.exchange = exchange;
        request = call.request();
        this.number = number;
        fields = request.fields();
        boolean isFirst = number == 0 && !isTransparent;
        if (isFirst || request.tracers().isNone()) {
            headers = request.headers();
            tracers = request.tracers();
            return;
        }
        headers = new Metadata();
        headers.merge(request.headers());
        tracers =
                ClientTracers.of(
                        request.options(), number, isTransparent, request.isHedging(), headers);
    }

    Request request() {
        return request;
    }

    int number() {
        return number;
    }

    /** Its call's, as its own tracers have changed them. */
    Metadata headers() {
        return headers;
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
            call.end(Statuses.of(status), null, true);
        }
    }

    /**
     * It waits until calls go elsewhere than now.
     *
     * @param failure of calls that do not wait for a connection, or {@code null}
     */
    void onKept(@Nullable Status failure) {
        Waiting known = waiting;
        if (known == null) {
            known = new Waiting(exchange.nowNanos());
            waiting = known;
            if (!tracers.isNone()) tell(ClientTracers::createPendingStream);
        }
        if (failure != null) known.failing(failure);
    }

    /** Where it is, in grpc-java's words. */
    String insight() {
        StringJoiner said = new StringJoiner(", ", "[", "]");
        boolean isPatient = request.options().isWaitForReady();
        if (waiting != null) waiting.describe(isPatient, exchange.nowNanos(), said);
        Link reached = link;
        if (reached == null) {
            said.add("waiting_for_connection");
        } else {
            said.add("remote_addr=" + reached.attributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
        }
        return said.toString();
    }

    /** Tells its tracers something, which are user code: what they throw ends the call. */
    private boolean tell(Consumer<ClientTracers> what) {
        try {
            what.accept(tracers);
            return true;
        } catch (RuntimeException thrown) {
            call.end(ClientTracers.failed(thrown), null, true);
            return false;
        }
    }

    @Override
    public void onConnection(ClientConnection connection) {
        Link reached = Link.of(connection);
        Attributes known = reached == null ? Attributes.EMPTY : reached.attributes();
        if (!isPrepared) {
            CallCredentials asked = request.credentials();
            if (asked != null) {
                phase = Phase.PREPARING;
                new Preparation(this, asked, known, exchange).start(exchange.loop());
                return;
            }
            boolean isSeen = route.isSpecial() || !tracers.isNone();
            if (isSeen && !prepare(known, NOTHING)) return;
        }
        phase = Phase.OPEN;
        long now = exchange.nowNanos();
        if (waiting != null) waiting.end(now);
        byte[][] extra = request.extra(fields, number, now);
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

    /** Tracers see the connection and may add to the headers; false where one has failed. */
    private boolean prepare(Attributes known, Metadata added) {
        Metadata seen = new Metadata();
        seen.merge(route.headers() == null ? headers : route.headers());
        seen.merge(added);
        Context before = request.context().attach();
        try {
            tracers = tracers.with(route, request.options(), seen);
            call.onFollowed(tracers);
            tracers.streamCreated(known, seen);
        } catch (RuntimeException thrown) {
            call.end(ClientTracers.failed(thrown), null, true);
            return false;
        } finally {
            request.context().detach(before);
        }
        isPrepared = true;
        fields = RequestFields.of(seen, request.deadline() != null);
        return true;
    }

    /** Credentials have seen the connection, and add to the headers. */
    void onPrepared(Attributes known, Metadata added) {
        if (phase != Phase.PREPARING || !prepare(known, added)) return;
        phase = Phase.WAITING;
        Endpoint chosen = route.endpoint();
        if (chosen == null) {
            exchange.place(this);
        } else if (!chosen.start(this)) {
            close(Statuses.of(GONE), null, Progress.MISCARRIED);
        }
    }

    /** The credentials refuse. */
    void onRefused(Status status) {
        if (phase == Phase.PREPARING) close(status, null, Progress.PROCESSED);
    }

    /** Nobody will place the attempt. */
    void refuse(Status why, Progress progress) {
        if (phase == Phase.WAITING) close(why, null, progress);
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
        int index = sentMessages++;
        if (open == null || open.hasEnded()) return;
        if (!tracers.isNone() && !tellSent(index, message)) return;
        isEndSent |= isLast;
        try {
            message.send(open, isLast);
            if (link != null) link.countSent();
        } catch (OutOfSlabs e) {
            open.cancel(CallStatus.of(StatusCode.RESOURCE_EXHAUSTED, FaultText.NO_MEMORY));
        }
    }

    private boolean tellSent(int index, Outgoing message) {
        int wireBytes = message.bytes - OutboundMessage.PREFIX_BYTES;
        return tell(told -> told.outboundMessage(index, wireBytes, message.plainBytes));
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
        byte[][] received = head.takeFields();
        Metadata headers =
                received == null
                        ? new Metadata()
                        : MetadataFields.of(received, head.fieldCount() / 2);
        if (headers == null) {
            fail(StatusCode.INTERNAL, NOT_BASE64);
            return;
        }
        if (number > 0) {
            headers.discardAll(RequestFields.PREVIOUS_ATTEMPTS);
            headers.put(RequestFields.PREVIOUS_ATTEMPTS, Integer.toString(number));
        }
        deliveries.headers(headers, codec);
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
        Metadata trailers = received == null ? null : MetadataFields.of(received, count / 2);
        Progress progress = isUnprocessed ? Progress.REFUSED : Progress.PROCESSED;
        if (trailers != null || received == null) {
            close(Statuses.of(status), trailers, progress);
        } else {
            Status said = status.isOk() ? Status.INTERNAL : Statuses.of(status);
            close(said.augmentDescription(NOT_BASE64), null, progress);
        }
    }

    // Its end.

    private void close(Status status, @Nullable Metadata trailers, Progress progress) {
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

    /** Its tracers follow no other one. */
    void closeTracers(Status status, @Nullable Metadata trailers) {
        tracers.streamClosed(status, trailers);
    }
}
