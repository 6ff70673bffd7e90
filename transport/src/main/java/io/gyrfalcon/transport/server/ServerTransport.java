package io.gyrfalcon.transport.server;

import io.gyrfalcon.eventloop.Acceptor;
import io.gyrfalcon.eventloop.Listener;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopGroup;
import io.gyrfalcon.eventloop.LoopSocket;
import io.gyrfalcon.eventloop.SocketHandler;
import io.gyrfalcon.http2.ErrorCode;
import io.gyrfalcon.tls.TlsSettings;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A running server: its listeners and connections. Any thread; the connections themselves are
 * reached by letters to their loops.
 */
public final class ServerTransport implements Acceptor {
    private static final long WIN_BACK_NANOS = 10_000_000L;
    private static final System.Logger LOG = System.getLogger("io.gyrfalcon.transport");

    private static final int GIVE_UP_SECONDS = 5;

    private final LoopGroup loops;
    private final ServerSettings settings;
    private final @Nullable TlsSettings tls;
    private final CallAcceptor acceptor;
    private final List<Listener> listeners = new ArrayList<>();
    private final ConnectionSet[] sets;

    /** Connections, and one for the listeners until they are closed: 0 is the end. */
    private final AtomicInteger holders = new AtomicInteger(1);

    /** Connections that were accepted, or are about to be. */
    private final AtomicInteger places = new AtomicInteger();

    private final AtomicBoolean isListening = new AtomicBoolean(true);
    private final AtomicLong missingTe = new AtomicLong();
    private final AtomicLong faults = new AtomicLong();
    private final Relief.Desk relief;
    private final AtomicLong wonBackNanos = new AtomicLong(Long.MIN_VALUE / 2);
    private volatile boolean isDraining;
    private volatile @Nullable String closingText;
    private @Nullable Runnable onTerminated;
    private boolean isTerminated;

    private ServerTransport(
            LoopGroup loops,
            ServerSettings settings,
            @Nullable TlsSettings tls,
            CallAcceptor acceptor) {
        this.loops = loops;
        this.settings = settings;
        this.tls = tls;
        this.acceptor = acceptor;
        sets = new ConnectionSet[loops.size()];
        for (int i = 0; i < sets.length; i++) {
            sets[i] = new ConnectionSet();
        }
        relief = new Relief.Desk(loops, sets);
    }

    /**
     * Listens on every address, or on none.
     *
     * @param tls {@code null} for plain text
     * @throws IOException an address cannot be listened on; it names the address and the reason
     */
    public static ServerTransport start(
            LoopGroup loops,
            List<SocketAddress> addresses,
            ServerSettings settings,
            @Nullable TlsSettings tls,
            CallAcceptor acceptor)
            throws IOException {
        ServerTransport server = new ServerTransport(loops, settings, tls, acceptor);
        try {
            for (SocketAddress address : addresses) {
                server.listeners.add(loops.listen(address, settings.listen(), server));
            }
        } catch (IOException e) {
            server.giveUp();
            throw e;
        }
        return server;
    }

    /** Ends what the addresses before the one that failed have accepted, and waits for it. */
    private void giveUp() {
        CountDownLatch ended = new CountDownLatch(1);
        stopListening();
        closeNow("the server could not start");
        onTerminated(ended::countDown);
        try {
            if (!ended.await(GIVE_UP_SECONDS, TimeUnit.SECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "connections outlast a failed start");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Where it listens, or listened: with real ports. */
    public List<SocketAddress> addresses() {
        List<SocketAddress> addresses = new ArrayList<>();
        for (Listener listener : listeners) {
            addresses.add(listener.address());
        }
        return List.copyOf(addresses);
    }

    /** Closes the listening sockets before it returns. */
    public void stopListening() {
        if (!isListening.compareAndSet(true, false)) return;
        for (Listener listener : listeners) {
            listener.close();
        }
        letGo();
    }

    /** Asks every peer to begin no more calls, and lets those in flight end. */
    public void drain() {
        isDraining = true;
        for (int i = 0; i < sets.length; i++) {
            ConnectionSet set = sets[i];
            loops.loop(i).post(loop -> set.drain());
        }
    }

    /** Closes every connection at once. Calls in flight are cancelled. */
    public void closeNow(String text) {
        isDraining = true;
        closingText = text;
        for (int i = 0; i < sets.length; i++) {
            ConnectionSet set = sets[i];
            loops.loop(i).post(loop -> set.closeNow(text));
        }
    }

    /** Connections that are open now. */
    public int connectionCount() {
        int count = holders.get();
        return isListening.get() ? count - 1 : count;
    }

    /** Requests without {@code te: trailers} so far. They are served. */
    public long missingTeCount() {
        return missingTe.get();
    }

    /** Connections that were ended for a fault of the peer so far. */
    public long faultCount() {
        return faults.get();
    }

    /**
     * Runs once when nothing listens and no connection is left, on whichever thread ends it; at
     * once if that is so already. One at the most.
     */
    public void onTerminated(Runnable action) {
        synchronized (this) {
            if (!isTerminated) {
                onTerminated = action;
                return;
            }
        }
        action.run();
    }

    @Override
    public boolean takePlace() {
        int count;
        do {
            count = places.get();
            if (count == settings.connectionsMax()) return false;
        } while (!places.compareAndSet(count, count + 1));
        return true;
    }

    @Override
    public void givePlaceBack() {
        places.decrementAndGet();
    }

    @Override
    public SocketHandler onAccepted(LoopSocket socket) {
        if (!hold()) {
            givePlaceBack();
            socket.close();
            return Late.HANDLER;
        }
        ServerConnection connection = new ServerConnection(this, socket);
        sets[socket.loop().index()].add(connection);
        try {
            connection.open();
            String text = closingText;
            if (text != null) connection.closeNow(text);
        } catch (Throwable failure) {
            LOG.log(System.Logger.Level.ERROR, "a connection could not be opened", failure);
            socket.close();
        }
        return connection;
    }

    /** Takes hold of the server for a connection; false where the server has ended meanwhile. */
    private boolean hold() {
        int count;
        do {
            count = holders.get();
            if (count == 0) return false;
        } while (!holders.compareAndSet(count, count + 1));
        return true;
    }

    /** By the loop that a connection leaves. */
    void onLeaving(ServerConnection connection) {
        sets[connection.loop().index()].remove(connection);
        acceptor.onLeaving(connection);
    }

    /** By the loop that a connection has come to: what all were told meanwhile, it is told now. */
    void onArrived(ServerConnection connection) {
        sets[connection.loop().index()].add(connection);
        acceptor.onArrived(connection);
        String text = closingText;
        if (text != null) {
            connection.closeNow(text);
        } else if (isDraining) {
            connection.drain();
        }
    }

    void onClosed(ServerConnection connection) {
        if (!connection.isMoving()) sets[connection.loop().index()].remove(connection);
        try {
            acceptor.onDisconnected(connection);
        } finally {
            givePlaceBack();
            letGo();
        }
    }

    /**
     * Memory is short: looks for calls whose peers take nothing, the largest first. Not more often
     * than it may help.
     */
    void winBackMemory(Loop on) {
        long now = on.nowNanos();
        long last = wonBackNanos.get();
        if (now - last < WIN_BACK_NANOS || !wonBackNanos.compareAndSet(last, now)) return;
        relief.search(now);
    }

    void onFault(ServerConnection connection, ErrorCode code, String text) {
        faults.incrementAndGet();
        if (!LOG.isLoggable(System.Logger.Level.DEBUG)) return;
        LOG.log(
                System.Logger.Level.DEBUG,
                "connection from " + connection.remoteAddress() + " ended: " + code + ", " + text);
    }

    void countMissingTe() {
        if (missingTe.getAndIncrement() != 0) return;
        LOG.log(
                System.Logger.Level.WARNING,
                "request without `te: trailers`: a proxy on its way may not pass on trailers");
    }

    ServerSettings settings() {
        return settings;
    }

    @Nullable TlsSettings tls() {
        return tls;
    }

    CallAcceptor acceptor() {
        return acceptor;
    }

    boolean isDraining() {
        return isDraining;
    }

    private void letGo() {
        if (holders.decrementAndGet() > 0) return;
        for (int i = 0; i < sets.length; i++) {
            loops.loop(i).post(loop -> loop.local(LoopShare.LOCAL).head.forget(acceptor));
        }
        Runnable action;
        synchronized (this) {
            isTerminated = true;
            action = onTerminated;
        }
        if (action != null) action.run();
    }
}
