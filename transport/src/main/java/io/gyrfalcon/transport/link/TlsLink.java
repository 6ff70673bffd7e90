package io.gyrfalcon.transport.link;

import io.gyrfalcon.eventloop.Letter;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopSocket;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.tls.PlainSink;
import io.gyrfalcon.tls.TlsSession;

import java.lang.foreign.MemorySegment;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;

/** Between a socket and HTTP/2 where there is TLS. Loop-owned; delegated tasks run on runners. */
@LoopOwned
public final class TlsLink implements PlainSink, Letter {
    private final Secured connection;
    private final LoopSocket socket;
    private final TlsSession session;
    private final SlabChain plain;
    private boolean isEstablished;
    private boolean isTaskOut;
    private boolean isEnded;

    /**
     * @param engine of one end
     */
    public TlsLink(Secured connection, SSLEngine engine, LoopSocket socket) {
        this.connection = connection;
        this.socket = socket;
        Loop loop = socket.loop();
        session = new TlsSession(engine, loop.slabs(), loop.local(LoopScratch.LOCAL).tls());
        plain = new SlabChain(loop.slabs());
    }

    /** What waits to be encrypted. */
    public SlabChain plain() {
        return plain;
    }

    /** Whether the handshake is over and nothing is half done. */
    public boolean isQuiet() {
        return isEstablished && !isTaskOut && !isEnded && session.isQuiet() && plain.isEmpty();
    }

    /** Whether it can take what arrives: not while a task runs. */
    public boolean wantsReading() {
        return !isTaskOut;
    }

    /** Goes over to another loop, while quiet. */
    public void moveTo(Loop loop) {
        plain.takeFrom(loop.slabs());
        session.moveTo(loop.slabs(), loop.local(LoopScratch.LOCAL).tls());
    }

    /** The session: certificates of the peer, suite, protocol. */
    public SSLSession session() {
        return session.session();
    }

    /** Says the first word, at a client. */
    public void start() {
        onState(session.start(socket.outbox()));
        socket.flush();
    }

    /** Bytes have arrived. */
    public void onReceived(MemorySegment bytes, int length) {
        if (isEnded) return;
        onState(session.receive(bytes, 0, length, this, socket.outbox()));
    }

    @Override
    public void onPlain(MemorySegment bytes, long offset, int length) {
        establish();
        connection.onPlain(bytes, offset, length);
    }

    private void onState(TlsSession.State state) {
        switch (state) {
            case HANDSHAKING -> {}
            case ESTABLISHED -> establish();
            case NEEDS_TASK -> runTask();
            case CLOSED, FAILED -> {
                isEnded = true;
                socket.flush();
                connection.onTlsEnd(session.failure(), session.cause());
            }
        }
    }

    private void establish() {
        if (isEstablished) return;
        isEstablished = true;
        connection.onSecured();
    }

    /** Hands the task out once; what the peer sends meanwhile waits in the socket. */
    private void runTask() {
        if (isTaskOut) return;
        isTaskOut = true;
        socket.pauseReading();
        Loop loop = socket.loop();
        Runnable task = session.task();
        loop.runners()
                .submit(
                        () -> {
                            try {
                                task.run();
                            } finally {
                                loop.post(this);
                            }
                        });
    }

    @Override
    public void deliver(Loop loop) {
        isTaskOut = false;
        if (isEnded || socket.isClosed()) return;
        onState(session.onTaskDone(this, socket.outbox()));
        connection.onBatchEnd();
    }

    /** Encrypts what waits, once that is possible. */
    public void wrap() {
        if (isEstablished && !isEnded && !plain.isEmpty()) session.wrap(plain, socket.outbox());
    }

    /** Says close_notify. */
    public void close() {
        if (isEnded) return;
        isEnded = true;
        session.close(socket.outbox());
    }

    /** The socket is gone. */
    public void onClosed() {
        isEnded = true;
        plain.clear();
        session.discard();
    }
}
