package io.gyrfalcon.transport.server;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopSocket;
import io.gyrfalcon.eventloop.SocketHandler;
import io.gyrfalcon.eventloop.TurnTask;
import io.gyrfalcon.http2.ErrorCode;
import io.gyrfalcon.http2.ServerSide;
import io.gyrfalcon.http2.Stream;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;
import io.gyrfalcon.primitives.time.Timer;
import io.gyrfalcon.tls.TlsSettings;
import io.gyrfalcon.transport.link.Secured;
import io.gyrfalcon.transport.link.TlsLink;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;

import javax.net.ssl.SSLSession;

/** One accepted connection: its socket, TLS and HTTP/2 put together. Loop-owned. */
@LoopOwned
public final class ServerConnection extends Timer implements SocketHandler, TurnTask, Secured {
    /** An output of 64 KiB, less what may be too little room in it for one more frame. */
    private static final int FLUSH_BYTES = 60 * 1024;

    private static final long FLUSH_NANOS = 100_000;
    private static final int CLOCK_STRIDE_MAX = 8;

    /** How often one flush fills the output again before others have their turn. */
    private static final int ROUNDS_PER_TURN = 16;

    private final ServerTransport server;
    private final LoopSocket socket;
    private LoopShare share;
    private final SlabChain out;
    private final ServerSide http2;
    private final ServerCalls calls;
    private final @Nullable TlsLink tls;

    private @Nullable Object attachment;
    private long timerNanos = Long.MAX_VALUE;
    private final boolean isCarrying;
    private final boolean isFlushingEarly = TransportFlags.EARLY_FLUSH.isOn();

    // When what is being read had arrived: the clock is looked at once, if anybody asks.
    private boolean isArrivalKnown;
    private long arrivedNanos;

    // The clock of a batch: when the oldest unsent answer was seen, and when it was looked at.
    private boolean isGathering;
    private long gatheredNanos;
    private long lookedNanos;
    private int clockStride = CLOCK_STRIDE_MAX;
    private int writesToClock;

    private boolean isInBatch;
    private boolean isAwaitingFlush;
    private boolean isMoving;
    private boolean isConnected;
    private boolean isClosed;
    private boolean isInputOver;

    @Nullable ServerConnection previous;
    @Nullable ServerConnection next;

    ServerConnection(ServerTransport server, LoopSocket socket) {
        this.server = server;
        this.socket = socket;
        Loop loop = socket.loop();
        isCarrying = loop.carrier() != null;
        share = loop.local(LoopShare.LOCAL);
        TlsSettings secure = server.tls();
        tls = secure == null ? null : new TlsLink(this, secure.newEngine(), socket);
        out = tls == null ? socket.outbox() : tls.plain();
        calls = new ServerCalls(this, share, server.acceptor());
        ServerSettings settings = server.settings();
        http2 =
                new ServerSide(
                        settings.http2(),
                        settings.limits(),
                        calls,
                        loop.slabs(),
                        out,
                        share.http2,
                        loop.nowNanos());
    }

    /** Begins to talk. */
    void open() {
        if (tls == null) {
            onSecured();
            flush();
        } else {
            timerNanos = loop().nowNanos() + server.settings().handshakeNanos();
            loop().timers().schedule(this, timerNanos);
        }
    }

    /** Plain text, or the handshake has ended. */
    @Override
    public void onSecured() {
        isConnected = true;
        timerNanos = Long.MAX_VALUE;
        loop().timers().cancel(this);
        http2.start(loop().nowNanos());
        server.acceptor().onConnected(this);
        if (server.isDraining()) http2.shutdown(loop().nowNanos());
    }

    /**
     * The loop that has the connection, or is about to: where letters for it go. Any thread.
     * Whoever gets one looks whether {@link #isOn} is still so, and passes it on where it is not.
     */
    public Loop loop() {
        return socket.loop();
    }

    /** Whether that loop has the connection now. By that loop. */
    public boolean isOn(Loop loop) {
        return socket.isOn(loop);
    }

    /**
     * Goes to another loop of the same group, if nothing of it is half done. By its loop, outside
     * of any call for this connection. Calls in flight go along.
     *
     * @return false if it stays for now
     */
    public boolean moveTo(Loop target) {
        return socket.moveTo(target);
    }

    /** As {@link LoopSocket#spent}. */
    public void spent(long nanos) {
        socket.spent(nanos);
    }

    /** What the server was started with. */
    public ServerSettings settings() {
        return server.settings();
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

    /** What the acceptor keeps with the connection. */
    public @Nullable Object attachment() {
        return attachment;
    }

    public void attach(Object kept) {
        attachment = kept;
    }

    /** Whether {@link CallAcceptor#onConnected} was told of it. */
    public boolean isConnected() {
        return isConnected;
    }

    /** Calls whose slot is taken. */
    public int openStreams() {
        return http2.openStreams();
    }

    /** What the peer may still send on the connection. A plain look, for any thread. */
    public int receiveWindowBytes() {
        return http2.receiveWindowBytes();
    }

    /** What we may still send on the connection. A plain look, for any thread. */
    public int sendWindowBytes() {
        return http2.sendWindowBytes();
    }

    /** How many keepalive pings the peer was sent. A plain look, for any thread. */
    public int keepAlivesSent() {
        return http2.keepAlivesSent();
    }

    /**
     * Why its calls end all at once: what is known of a fault, nothing of a peer that is gone;
     * {@code null} where it goes on. On the loop.
     */
    public @Nullable String lossText() {
        if (http2.hasFailed()) return http2.faultText();
        return isClosed || isInputOver ? "" : null;
    }

    /** Whether memory is so short that no new work should begin; sees to it that it is won back. */
    boolean isShortOfMemory() {
        if (!loop().slabs().budget().isTight()) return false;
        server.winBackMemory(loop());
        return loop().slabs().budget().isTight();
    }

    /**
     * An instant at which the bytes that are being read had arrived. That of the loop's turn is
     * earlier: a timeout that counted from there could end before that of the peer.
     */
    long arrivedNanos() {
        if (!isArrivalKnown) {
            arrivedNanos = loop().clock().nanoTime();
            isArrivalKnown = true;
        }
        return arrivedNanos;
    }

    LoopShare share() {
        return share;
    }

    ServerSide http2() {
        return http2;
    }

    void countMissingTe() {
        server.countMissingTe();
    }

    void onFault(ErrorCode code, String text) {
        server.onFault(this, code, text);
    }

    // The socket's side.

    @Override
    public void onReceived(MemorySegment bytes, int length) {
        isInBatch = true;
        isArrivalKnown = false;
        if (tls == null) {
            onPlain(bytes, 0, length);
        } else {
            tls.onReceived(bytes, length);
        }
    }

    @Override
    public void onPlain(MemorySegment bytes, long offset, int length) {
        http2.receive(bytes, offset, length, loop().nowNanos());
        if (!http2.wantsReading()) offerReplies();
    }

    /** Sends, within a batch, so many replies that only what the socket leaves may count. */
    private void offerReplies() {
        if (isClosed) return;
        send();
        if (!http2.wantsReading()) socket.pauseReading();
    }

    @Override
    public void onBatchEnd() {
        share.startFresh();
        isInBatch = false;
        isGathering = false;
        writesToClock = 0;
        flush();
    }

    @Override
    public void onInputEnd() {
        isInputOver = true;
        http2.onInputEnd(loop().nowNanos());
        flush();
    }

    @Override
    public void onDrained() {
        flush();
    }

    @Override
    public void onClosed(@Nullable IOException cause) {
        if (isClosed) return;
        isClosed = true;
        loop().timers().cancel(this);
        if (tls != null) tls.onClosed();
        try {
            http2.abort();
        } finally {
            server.onClosed(this);
        }
    }

    @Override
    public boolean isQuiet() {
        return isConnected
                && !isClosed
                && !isInBatch
                && !isAwaitingFlush
                && out.isEmpty()
                && http2.isQuiet()
                && (tls == null || tls.isQuiet())
                && server.acceptor().isQuiet(this);
    }

    @Override
    public void onLeaving() {
        isMoving = true;
        loop().timers().cancel(this);
        server.onLeaving(this);
    }

    @Override
    public void onArrived() {
        isMoving = false;
        Loop on = loop();
        SlabPool slabs = on.slabs();
        share = on.local(LoopShare.LOCAL);
        calls.use(share);
        out.takeFrom(slabs);
        if (tls != null) tls.moveTo(on);
        http2.moveTo(slabs, share.http2);
        http2.forEachStream(stream -> takeFrom(slabs, stream));
        if (timerNanos != Long.MAX_VALUE) on.timers().schedule(this, timerNanos);
        server.onArrived(this);
    }

    private static void takeFrom(SlabPool slabs, Stream stream) {
        if (stream.attachment() instanceof ServerCall call) call.takeFrom(slabs);
    }

    /** Whether no loop has it. */
    boolean isMoving() {
        return isMoving;
    }

    @Override
    protected void onTimer(long nowNanos) {
        timerNanos = Long.MAX_VALUE;
        if (!isConnected) {
            socket.close();
            return;
        }
        http2.onTime(nowNanos);
        flush();
    }

    // Output.

    /** Fields that begin an answer were written: what belongs to them follows. */
    void begun() {
        if (out.bytes() >= FLUSH_BYTES) send();
        if (!isInBatch) onceMore();
    }

    /**
     * A message or the end of an answer was written. In a batch it leaves at the batch's end, else
     * at the turn's; earlier once enough has gathered, or for long enough, so that the first answer
     * of a long batch does not wait for the last handler. Where the loop carries runners, the
     * handlers of a batch run after it.
     */
    void written() {
        boolean isEnough = out.bytes() >= FLUSH_BYTES;
        if (isEnough) send();
        if (!isInBatch) {
            onceMore();
            if (!isCarrying) return;
        }
        if (!isEnough && isFlushingEarly && --writesToClock < 0) lookAtClock();
    }

    /** Window was given to the peer. */
    void credited() {
        if (!isInBatch) onceMore();
    }

    /**
     * Looks at the clock at the first write of a batch, then at every one where handlers are slow
     * and at fewer and fewer where they are not.
     */
    private void lookAtClock() {
        long now = loop().clock().nanoTime();
        if (!isGathering) {
            isGathering = true;
            gatheredNanos = now;
        } else if (now - lookedNanos > FLUSH_NANOS / CLOCK_STRIDE_MAX) {
            clockStride = 1;
        } else {
            clockStride = Math.min(2 * clockStride, CLOCK_STRIDE_MAX);
        }
        lookedNanos = now;
        writesToClock = clockStride - 1;
        if (now - gatheredNanos <= FLUSH_NANOS) return;
        gatheredNanos = now;
        send();
    }

    @Override
    public void onTurnEnd(Loop on) {
        isAwaitingFlush = false;
        isGathering = false;
        writesToClock = 0;
        flush();
    }

    /** Lets HTTP/2 write what it holds back, sends, and sees to the next timer. */
    void flush() {
        if (isClosed) return;
        long now = loop().nowNanos();
        if (isConnected) http2.pump(now);
        send();
        if (isConnected) sendMore(now);
        if (http2.isFinished()) {
            if (tls != null) {
                tls.wrap();
                tls.close();
            }
            socket.closeAfterFlush();
            return;
        }
        seeToReading();
        seeToTimer();
    }

    /** What waited for room in the output: as long as the socket takes all of it. */
    private void sendMore(long now) {
        for (int round = 0; socket.unsentBytes() == 0; round++) {
            http2.pump(now);
            if (out.isEmpty()) return;
            if (round == ROUNDS_PER_TURN) {
                onceMore();
                return;
            }
            send();
        }
    }

    private void onceMore() {
        if (isAwaitingFlush) return;
        isAwaitingFlush = true;
        loop().atTurnEnd(this);
    }

    private void send() {
        if (tls == null) {
            socket.flush();
            return;
        }
        tls.wrap();
        socket.flush();
        http2.unsentBeyond(socket.unsentBytes());
    }

    private void seeToReading() {
        if (http2.wantsReading() && (tls == null || tls.wantsReading())) {
            socket.resumeReading();
        } else {
            socket.pauseReading();
        }
    }

    /** A timer that is set too early costs one look; so it is only ever brought forward. */
    private void seeToTimer() {
        if (!isConnected) return;
        long wanted = http2.nextTimeNanos();
        if (wanted >= timerNanos) return;
        timerNanos = wanted;
        loop().timers().schedule(this, wanted);
    }

    // The server's side.

    void drain() {
        if (!isConnected) {
            socket.close();
            return;
        }
        http2.shutdown(loop().nowNanos());
        flush();
    }

    /** Ends the connection at once: every open call is reset. */
    void closeNow(String text) {
        http2.cancelAll(text);
        send();
        socket.close();
    }

    /** The most bytes of one call that wait for the peer to take them. */
    long stalledBytes() {
        return isConnected && !isClosed ? http2.stalledBytes() : 0;
    }

    /** Cancels the call of {@link #stalledBytes}. */
    void shedStalled() {
        http2.shedStalled();
        flush();
    }

    /** Ends the connection for a reason of the server's own; open calls are reset. */
    public void refuse(String text) {
        http2.goAway(ErrorCode.NO_ERROR, text);
        flush();
    }

    /** Closes without a further word. */
    @Override
    public void onTlsEnd(@Nullable String failure, @Nullable Exception cause) {
        socket.closeAfterFlush();
    }
}
