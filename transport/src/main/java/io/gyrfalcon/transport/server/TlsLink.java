package io.gyrfalcon.transport.server;

import io.gyrfalcon.eventloop.Letter;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopSocket;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.tls.PlainSink;
import io.gyrfalcon.tls.TlsSession;
import io.gyrfalcon.tls.TlsSettings;

import java.lang.foreign.MemorySegment;

import javax.net.ssl.SSLSession;

/** Between a socket and HTTP/2 where there is TLS. Loop-owned; delegated tasks run on runners. */
@LoopOwned
final class TlsLink implements PlainSink, Letter {
    private final ServerConnection connection;
    private final LoopSocket socket;
    private final TlsSession session;
    private final SlabChain plain;
    private boolean isEstablished;
    private boolean isTaskOut;
    private boolean isEnded;

    TlsLink(ServerConnection connection, TlsSettings settings, LoopShare share, LoopSocket socket) {
        this.connection = connection;
        this.socket = socket;
        Loop loop = socket.loop();
        session = new TlsSession(settings.newEngine(), loop.slabs(), share.tls());
        plain = new SlabChain(loop.slabs());
    }

    /** What waits to be encrypted. */
    SlabChain plain() {
        return plain;
    }

    SSLSession session() {
        return session.session();
    }

    void onReceived(MemorySegment bytes, int length) {
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
                connection.abandon();
            }
        }
    }

    private void establish() {
        if (isEstablished) return;
        isEstablished = true;
        connection.onSecured();
    }

    /** Hands the task out once, however often bytes arrive while it runs. */
    private void runTask() {
        if (isTaskOut) return;
        isTaskOut = true;
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

    void wrap() {
        if (isEstablished && !isEnded && !plain.isEmpty()) session.wrap(plain, socket.outbox());
    }

    void close() {
        if (isEnded) return;
        isEnded = true;
        session.close(socket.outbox());
    }

    void onClosed() {
        isEnded = true;
        plain.clear();
        session.discard();
    }
}
