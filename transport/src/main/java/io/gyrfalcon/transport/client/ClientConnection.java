package io.gyrfalcon.transport.client;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopSocket;
import io.gyrfalcon.eventloop.SocketHandler;
import io.gyrfalcon.eventloop.TurnTask;
import io.gyrfalcon.http2.ClientSide;
import io.gyrfalcon.http2.ErrorCode;
import io.gyrfalcon.http2.GoAwayReason;
import io.gyrfalcon.http2.Stream;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.time.Timer;
import io.gyrfalcon.tls.TlsClientSettings;
import io.gyrfalcon.transport.link.LoopScratch;
import io.gyrfalcon.transport.link.Secured;
import io.gyrfalcon.transport.link.TlsLink;
import io.gyrfalcon.transport.wire.StatusCode;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;

import javax.net.ssl.SSLSession;

/** One connection that we make: its socket, proxy, TLS and HTTP/2 put together. Loop-owned. */
/*
 *   CONNECTING -> (TUNNELLING) -> (SECURING) -> GREETING -> READY -> CLOSED
 *
 * GREETING: our preface is out, the server's SETTINGS are awaited. Nobody hears of the connection
 * before READY but by onClosed; it may be closed from each phase.
 */
@LoopOwned
public final class ClientConnection extends Timer implements SocketHandler, TurnTask, Secured {
    private enum Phase {
        CONNECTING,
        TUNNELLING,
        SECURING,
        GREETING,
        READY,
        CLOSED
    }

    /** An output of 64 KiB, less what may be too little room in it for one more frame. */
    private static final int FLUSH_BYTES = 60 * 1024;

    /** How often one flush fills the output again before others have their turn. */
    private static final int ROUNDS_PER_TURN = 16;

    private static final String IO = "io exception";

    private final Loop loop;
    private final Destination destination;
    private final ClientSettings settings;
    private final ConnectionEvents events;
    private final LoopClients share;
    private final LoopSocket socket;
    private final SlabChain out;
    private final ClientSide http2;
    private final @Nullable TlsLink tls;
    private final @Nullable ProxyTunnel tunnel;

    private Phase phase = Phase.CONNECTING;
    private long timerNanos = Long.MAX_VALUE;
    private boolean isInBatch;
    private boolean isAwaitingFlush;
    private boolean isReady;
    private boolean isClosingTold;

    /** Why the connection ends, once that is known. */
    private @Nullable CallStatus ending;

    private int lastIdOfGoAway = Integer.MAX_VALUE;
    private @Nullable CallStatus goAway;

    /** What calls are told that the server has begun, and that end with their connection. */
    private @Nullable CallStatus goAwayEnd;

    private @Nullable Object attachment;

    private ClientConnection(
            Loop loop, Destination destination, ClientSettings settings, ConnectionEvents events)
            throws IOException {
        this.loop = loop;
        this.destination = destination;
        this.settings = settings;
        this.events = events;
        share = loop.local(LoopClients.LOCAL);
        tunnel = destination.proxy() == null ? null : new ProxyTunnel(destination.proxy());
        socket = LoopSocket.connect(loop, destination.address(), settings.socket(), this);
        TlsClientSettings secure = destination.tls();
        tls =
                secure == null
                        ? null
                        : new TlsLink(
                                this,
                                secure.newEngine(destination.host(), destination.port()),
                                socket);
        out = tls == null ? socket.outbox() : tls.plain();
        http2 =
                new ClientSide(
                        settings.http2(),
                        settings.limits(),
                        new ClientCalls(this, share),
                        loop.slabs(),
                        out,
                        loop.local(LoopScratch.LOCAL).http2(),
                        loop.nowNanos());
    }

    /**
     * Begins to connect, without waiting. On the loop.
     *
     * @throws IOException when that fails at once, with the address and the reason; {@code events}
     *     hears nothing then
     */
    public static ClientConnection open(
            Loop loop, Destination destination, ClientSettings settings, ConnectionEvents events)
            throws IOException {
        return new ClientConnection(loop, destination, settings, events);
    }

    /** The loop that owns the connection. */
    public Loop loop() {
        return loop;
    }

    public ClientSettings settings() {
        return settings;
    }

    public SocketAddress localAddress() {
        return socket.localAddress();
    }

    public SocketAddress remoteAddress() {
        return socket.remoteAddress();
    }

    /** The TLS session, or {@code null} in plain text. */
    public @Nullable SSLSession tlsSession() {
        return tls == null ? null : tls.session();
    }

    public @Nullable Object attachment() {
        return attachment;
    }

    /** Keeps something of the owner's with the connection. */
    public void attach(Object kept) {
        attachment = kept;
    }

    // Calls.

    /**
     * Whether a call can be opened now. If not, and not {@link #isClosing}, {@link
     * ConnectionEvents#onOpenable} says when.
     */
    public boolean canOpen() {
        return phase == Phase.READY && http2.canOpen();
    }

    /** Bytes that the server may still send us on the connection. Any thread, about. */
    public int receiveWindowBytes() {
        return http2.receiveWindowBytes();
    }

    /** Bytes that we may still send the server on the connection. Any thread, about. */
    public int sendWindowBytes() {
        return http2.sendWindowBytes();
    }

    /** PINGs sent to see whether the server is there. Any thread, about. */
    public int keepAlivesSent() {
        return http2.keepAlivesSent();
    }

    /** Whether it has as many calls as the server, or we, allow. */
    boolean isFull() {
        return http2.isFull();
    }

    /** Whether no call will be opened any more. */
    public boolean isClosing() {
        return phase == Phase.CLOSED || http2.isClosing();
    }

    /** Calls that have not ended. */
    public int openCalls() {
        return http2.openStreams();
    }

    /**
     * Opens a call; only where {@link #canOpen}.
     *
     * @param head the request's head; {@link RequestHeads} makes them
     * @param extra names and values in turn, after those of the head
     */
    public ClientCall call(
            FieldBlock head, byte @Nullable [][] extra, int extraCount, ClientCallEvents listener) {
        Stream stream = http2.open(head, extra, extraCount, false);
        ClientCall call = share.call();
        stream.attach(call);
        call.open(this, stream, listener);
        written();
        return call;
    }

    ClientSide http2() {
        return http2;
    }

    void recycle(ClientCall call) {
        share.recycle(call);
    }

    // The end.

    /** Takes no more calls, and closes when those that are open have ended. */
    public void shutdown() {
        if (phase == Phase.CLOSED) return;
        if (phase != Phase.READY) {
            close(CallStatus.of(StatusCode.UNAVAILABLE, "Connection was shut down"));
            return;
        }
        http2.shutdown(loop.nowNanos());
        onceMore();
    }

    /** Closes at once; calls that are open end with this status. */
    public void close(CallStatus status) {
        if (phase == Phase.CLOSED) return;
        if (ending == null) ending = status;
        if (phase == Phase.READY || phase == Phase.GREETING) {
            http2.goAway(ErrorCode.NO_ERROR, "");
            send();
        }
        socket.close();
    }

    /** What a call is told whose stream was reset. */
    CallStatus statusOf(Stream stream, long errorCode, boolean byPeer) {
        if (ending == null && http2.hasFailed()) ending = fault();
        CallStatus known = ending;
        if (known != null) {
            closing(known);
            return known;
        }
        CallStatus gone = goAway;
        if (gone != null && stream.id() > lastIdOfGoAway) {
            return CallStatus.of(StatusCode.UNAVAILABLE, gone.description());
        }
        if (byPeer) return Http2Faults.status("RST_STREAM closed stream", errorCode);
        String text = "The server's answer is malformed. HTTP/2 error code: ";
        return CallStatus.of(StatusCode.INTERNAL, text + ErrorCode.of(errorCode));
    }

    /** A fault of the server that ended the connection. */
    private CallStatus fault() {
        String text = http2.faultText();
        if (text.equals(GoAwayReason.KEEPALIVE_TIMEOUT)) {
            return CallStatus.of(
                    StatusCode.UNAVAILABLE, "Keepalive failed. The connection is likely gone");
        }
        boolean isLate = text.equals("preface_timeout");
        int code = isLate ? StatusCode.UNAVAILABLE : StatusCode.INTERNAL;
        return CallStatus.of(code, "http2 exception: " + http2.faultCode() + ", " + text);
    }

    void onFault() {
        if (ending == null) ending = fault();
        closing(ending);
    }

    private void closing(@Nullable CallStatus why) {
        if (isClosingTold || !isReady) return;
        isClosingTold = true;
        events.onClosing(this, why);
    }

    void onGoAway(int lastId, long errorCode, String debug) {
        lastIdOfGoAway = lastId;
        goAway = goAway("Abrupt GOAWAY closed sent stream", errorCode, debug);
        goAwayEnd = goAway("Connection closed after GOAWAY", errorCode, debug);
        closing(null);
        events.onGoAway(this, errorCode, debug);
    }

    private static CallStatus goAway(String context, long errorCode, String debug) {
        CallStatus status = Http2Faults.status(context, errorCode);
        if (debug.isEmpty()) return status;
        return CallStatus.of(status.code(), status.description() + ", debug data: " + debug);
    }

    void onEstablished() {
        phase = Phase.READY;
        isReady = true;
        events.onReady(this);
    }

    void onOpenable() {
        events.onOpenable(this);
    }

    // The socket's side.

    @Override
    public void onConnected() {
        ProxyTunnel asked = tunnel;
        if (asked == null) {
            onReached();
            return;
        }
        phase = Phase.TUNNELLING;
        asked.ask(socket.outbox());
        socket.flush();
    }

    /** The way to the server is open. */
    private void onReached() {
        if (tls == null) {
            onSecured();
            flush();
            return;
        }
        phase = Phase.SECURING;
        tls.start();
    }

    @Override
    public void onSecured() {
        phase = Phase.GREETING;
        http2.start(loop.nowNanos());
    }

    @Override
    public void onReceived(MemorySegment bytes, int length) {
        isInBatch = true;
        ProxyTunnel asked = tunnel;
        if (phase == Phase.TUNNELLING && asked != null) {
            onTunnel(asked, bytes, length);
        } else {
            onCipher(bytes, length);
        }
    }

    private void onTunnel(ProxyTunnel asked, MemorySegment bytes, int length) {
        int taken = asked.receive(bytes, length);
        String failure = asked.failure();
        if (failure != null) {
            end(new IOException(failure));
        } else if (asked.isOpen()) {
            onReached();
            if (taken < length) onCipher(bytes.asSlice(taken), length - taken);
        }
    }

    private void onCipher(MemorySegment bytes, int length) {
        if (tls == null) {
            onPlain(bytes, 0, length);
        } else {
            tls.onReceived(bytes, length);
        }
    }

    @Override
    public void onPlain(MemorySegment bytes, long offset, int length) {
        http2.receive(bytes, offset, length, loop.nowNanos());
        if (!http2.wantsReading()) offerReplies();
    }

    /** Sends, within a batch, so many replies that only what the socket leaves may count. */
    private void offerReplies() {
        if (!isTalking()) return;
        send();
        if (!http2.wantsReading()) socket.pauseReading();
    }

    @Override
    public void onBatchEnd() {
        isInBatch = false;
        flush();
    }

    @Override
    public void onInputEnd() {
        if (ending == null) ending = goAwayEnd;
        if (ending == null) {
            ending = CallStatus.of(StatusCode.UNAVAILABLE, "Network closed for unknown reason");
        }
        socket.close();
    }

    @Override
    public void onDrained() {
        flush();
    }

    @Override
    public void onTlsEnd(@Nullable String failure, @Nullable Exception cause) {
        if (failure == null) {
            onInputEnd();
            return;
        }
        if (ending == null) ending = unavailable(new IOException("TLS: " + failure, cause));
        socket.closeAfterFlush();
    }

    private void end(IOException cause) {
        if (ending == null) ending = unavailable(cause);
        socket.close();
    }

    private CallStatus unavailable(IOException cause) {
        return new CallStatus(StatusCode.UNAVAILABLE, IO, cause);
    }

    @Override
    public void onClosed(@Nullable IOException cause) {
        if (phase == Phase.CLOSED) return;
        CallStatus status = ending;
        if (status == null) {
            status = closedStatus(cause);
            ending = status;
        }
        phase = Phase.CLOSED;
        loop.timers().cancel(this);
        if (tls != null) tls.onClosed();
        try {
            closing(status);
            http2.abort();
        } finally {
            events.onClosed(this, status);
        }
    }

    /** Nobody else has said why. */
    private CallStatus closedStatus(@Nullable IOException cause) {
        CallStatus gone = goAwayEnd;
        if (gone != null) return gone;
        return cause == null
                ? CallStatus.of(StatusCode.UNAVAILABLE, "Connection closed")
                : unavailable(named(cause));
    }

    private IOException named(IOException cause) {
        return phase == Phase.CONNECTING
                ? new IOException(destination.address() + ": " + cause.getMessage(), cause)
                : cause;
    }

    @Override
    protected void onTimer(long nowNanos) {
        timerNanos = Long.MAX_VALUE;
        if (phase == Phase.CLOSED) return;
        http2.onTime(nowNanos);
        flush();
    }

    // Output.

    /**
     * Something was written: it leaves at the end of the batch, else of the turn; earlier once
     * enough has gathered, and what HTTP/2 holds back then follows.
     */
    void written() {
        if (out.bytes() >= FLUSH_BYTES) send();
        if (!isInBatch) onceMore();
    }

    @Override
    public void onTurnEnd(Loop on) {
        isAwaitingFlush = false;
        flush();
    }

    private void onceMore() {
        if (isAwaitingFlush) return;
        isAwaitingFlush = true;
        loop.atTurnEnd(this);
    }

    private boolean isTalking() {
        return phase == Phase.GREETING || phase == Phase.READY;
    }

    /** Lets HTTP/2 write what it holds back, sends, and sees to reading and the next timer. */
    private void flush() {
        if (!isTalking()) {
            if (phase == Phase.SECURING) socket.flush();
            return;
        }
        long now = loop.nowNanos();
        http2.pump(now);
        send();
        for (int round = 0; socket.unsentBytes() == 0; round++) {
            http2.pump(now);
            if (out.isEmpty()) break;
            if (round == ROUNDS_PER_TURN) {
                onceMore();
                break;
            }
            send();
        }
        if (http2.isClosing()) closing(null);
        if (http2.isFinished()) {
            finish();
            return;
        }
        if (http2.wantsReading() && (tls == null || tls.wantsReading())) socket.resumeReading();
        else socket.pauseReading();
        seeToTimer();
    }

    private void finish() {
        if (tls != null) {
            tls.wrap();
            tls.close();
        }
        socket.closeAfterFlush();
    }

    private void send() {
        if (tls != null) tls.wrap();
        socket.flush();
        if (tls != null) http2.unsentBeyond(socket.unsentBytes());
    }

    /** A timer that is set too early costs one look; so it is only ever brought forward. */
    private void seeToTimer() {
        long wanted = http2.nextTimeNanos();
        if (wanted >= timerNanos) return;
        timerNanos = wanted;
        loop.timers().schedule(this, wanted);
    }
}
