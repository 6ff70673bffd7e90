package io.gyrfalcon.grpc.server;

import io.grpc.Attributes;
import io.grpc.Status;
import io.gyrfalcon.eventloop.Letter;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.run.Carrier;
import io.gyrfalcon.transport.server.ServerConnection;

import org.jspecify.annotations.Nullable;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import javax.net.ssl.SSLSession;

/**
 * One connection as calls, filters and channelz see it. Loop-owned, but for what {@link
 * ConnectionView} shows, and the attributes, which are published before the first call runs.
 */
final class Peer implements ConnectionView {
    /** A tick of so many bits of nanoseconds is 67 ms; a number of them comes again in 9 years. */
    private static final int TICK_BITS = 26;

    final Calls calls;
    private final ServerConnection connection;
    private Scratch scratch;
    private volatile LoopScheduler scheduler;
    private volatile @Nullable Attributes attributes;

    private @Nullable Facts facts;

    // The strings of the last call: those that a header table keeps are the same objects again.
    private @Nullable String lastAuthority;
    private @Nullable String lastAcceptEncoding;

    /** What waits for the filters; {@code null} where there are none, or they have run. */
    private @Nullable List<Runnable> waiting;

    private boolean isFiltered = true;

    /**
     * The loop that has the connection; null on the way to another. Set to a loop by that loop
     * only: whatever other threads read here, it is no loop that they drive.
     */
    private @Nullable Loop here;

    private int onRunners;
    private @Nullable Object watchToken;
    private long startedCount;
    private long succeededCount;
    private long failedCount;
    private long sentCount;
    private long receivedCount;

    // When it last happened, in ticks: a connection has no bytes to waste.
    private int lastStarted;
    private int lastSent;
    private int lastReceived;

    Peer(Calls calls, ServerConnection connection) {
        this.calls = calls;
        this.connection = connection;
        Loop loop = connection.loop();
        here = loop;
        scratch = loop.local(Scratch.LOCAL);
        scheduler = LoopScheduler.of(loop);
    }

    /**
     * Where letters about its calls go; they look {@link #isOn} when they are there. Any thread.
     */
    Loop loop() {
        return connection.loop();
    }

    /**
     * The loop that has the connection, null while none has. True for whoever owns the loop that is
     * returned, or comes to own it; to others it means nothing.
     */
    @Nullable Loop here() {
        return here;
    }

    /** Whether that loop has the connection now. By that loop. */
    boolean isOn(Loop loop) {
        return here == loop;
    }

    /** A letter has come to a loop that does not have the connection any more, or not yet. */
    void passOn(Letter letter) {
        if (!loop().post(letter)) letter.onUndelivered();
    }

    /** Has something done on the loop that has the connection by then. */
    void post(Runnable action) {
        loop().post(new Errand(this, action));
    }

    private record Errand(Peer peer, Runnable action) implements Letter {
        @Override
        public void deliver(Loop on) {
            if (peer.isOn(on)) {
                action.run();
            } else {
                peer.passOn(this);
            }
        }
    }

    /** With what calls are cut where it is more than one call that ends. On the loop. */
    @Nullable Status loss() {
        Status closing = calls.closing();
        return closing == null ? CallFaults.loss(connection.lossText()) : closing;
    }

    /** A call goes to a runner that shares the loop's state. On the loop. */
    void toRunner() {
        onRunners++;
    }

    /** A call has come back from there. On the loop. */
    void fromRunner() {
        onRunners--;
    }

    /** Whether it is asked how long this connection's calls take. By the loop's owner. */
    boolean isSurveyed() {
        Loop on = here;
        return on != null && on.isSurveying();
    }

    /** User code of a call has run for so long. By the owner of the loop that carried it. */
    void spent(long nanos) {
        if (isSurveyed() && inLoop()) connection.spent(nanos);
    }

    /** Whether no runner of the loop has a call of this connection. On the loop. */
    boolean isQuiet() {
        return onRunners == 0;
    }

    /** The connection leaves the loop that calls this. */
    void onLeaving() {
        here = null;
    }

    /** The connection has come to the loop that calls this. */
    void onArrived() {
        Loop loop = connection.loop();
        here = loop;
        scratch = loop.local(Scratch.LOCAL);
        scheduler = LoopScheduler.of(loop);
    }

    /** Whether the calling thread owns the connection now. */
    boolean inLoop() {
        Loop loop = here();
        return loop != null && loop.inLoop();
    }

    /** What the calls of a connection say of themselves, most of them the same. Immutable. */
    record Facts(Peer peer, @Nullable String authority, @Nullable String acceptEncoding) {}

    /** Facts of a call that begins. On the loop. */
    Facts facts(@Nullable String authority, @Nullable String acceptEncoding) {
        Facts known = facts;
        if (known != null && isLast(authority, acceptEncoding)) return known;
        lastAuthority = authority;
        lastAcceptEncoding = acceptEncoding;
        if (known != null
                && Objects.equals(known.authority, authority)
                && Objects.equals(known.acceptEncoding, acceptEncoding)) {
            return known;
        }
        Facts made = new Facts(this, authority, acceptEncoding);
        facts = made;
        return made;
    }

    @SuppressWarnings("ReferenceEquality") // what is not the same object is compared in full
    private boolean isLast(@Nullable String authority, @Nullable String acceptEncoding) {
        return authority == lastAuthority && acceptEncoding == lastAcceptEncoding;
    }

    /** What the loop's calls use in turn. On the loop. */
    Scratch scratch() {
        return scratch;
    }

    /** Where deadlines of this connection's calls are kept. Any thread. */
    LoopScheduler scheduler() {
        return scheduler;
    }

    ServerConnection connection() {
        return connection;
    }

    boolean isSecure() {
        return connection.tlsSession() != null;
    }

    /** What the transport knows, and what filters have made of it. Any thread. */
    Attributes attributes() {
        Attributes known = attributes;
        if (known == null) {
            known =
                    ConnectionAttributes.of(
                            connection.localAddress(),
                            connection.remoteAddress(),
                            connection.tlsSession());
            attributes = known;
        }
        return known;
    }

    /** Whether a call of this route is its loop's own runners'. On the loop. */
    boolean carries(MethodRoute route) {
        return waiting == null && calls.isCarried(loop(), route);
    }

    /** Runs a task of a call in its lane, after the filters. */
    void execute(CallLane lane, Runnable task) {
        if (waiting != null && inLoop()) {
            List<Runnable> queue = waiting;
            if (queue != null) {
                queue.add(() -> execute(lane, task));
                return;
            }
        }
        Loop loop = loop();
        Carrier carrier = lane.isUsers() ? loop.carrier() : null;
        if (carrier == null || !inLoop()) {
            hand(lane, task);
        } else if (task instanceof Dispatch call) {
            carrier.submit(call, null, CarriedCall.TO_EXECUTOR);
        } else {
            lane.executeAside(loop, task, refused -> onRefused(task, refused));
        }
    }

    /** Gives a task to its lane: not on the stack of a loop that carries, if that is user code. */
    void hand(CallLane lane, Runnable task) {
        try {
            lane.execute(loop(), task);
        } catch (Throwable refused) {
            onRefused(task, refused);
        }
    }

    /** The user's executor does not take the task: it is ended where there is always room. */
    private void onRefused(Runnable task, Throwable cause) {
        calls.onRejected(cause);
        if (task instanceof Dispatch call) call.onRefused();
        CallLane.RUNNER.execute(loop(), task);
    }

    /** Runs a task of a call in its lane, when that suits the lane. On the loop. */
    void executeLater(CallLane lane, Runnable task) {
        if (waiting != null || lane.isUsers() || !calls.isCompletingLazily()) {
            execute(lane, task);
            return;
        }
        try {
            lane.executeLater(loop(), task);
        } catch (Throwable refused) {
            onRefused(task, refused);
        }
    }

    /** Has the filters see the connection; calls wait meanwhile. On the loop. */
    void filter(TransportFilters filters, CallLane lane) {
        waiting = new ArrayList<>();
        Attributes plain = attributes();
        lane.executeAside(
                loop(),
                () -> runFilters(filters, plain),
                refused -> {
                    calls.onRejected(refused);
                    post(() -> filtered(true));
                });
    }

    private void runFilters(TransportFilters filters, Attributes plain) {
        boolean isRefused = false;
        try {
            attributes = filters.ready(plain);
        } catch (Throwable t) {
            isRefused = true;
            calls.onFilterThrown(t);
        }
        boolean isClosing = isRefused;
        post(() -> filtered(isClosing));
    }

    private void filtered(boolean isRefused) {
        List<Runnable> queue = waiting;
        waiting = null;
        if (isRefused) {
            isFiltered = false;
            connection.refuse("A transport filter has refused the connection");
        }
        // Calls of a refused connection are cancelled by now, and end as such.
        if (queue == null) return;
        for (Runnable task : queue) {
            task.run();
        }
    }

    /** What filters returned; {@code null} if they have not. */
    @Nullable Attributes filteredAttributes() {
        return waiting == null && isFiltered ? attributes : null;
    }

    void watched(@Nullable Object token) {
        watchToken = token;
    }

    @Nullable Object watchToken() {
        return watchToken;
    }

    /** A call begins. The addresses are looked up with the first: later the socket may be gone. */
    void onCall() {
        if (attributes == null) attributes();
        startedCount++;
        lastStarted = ticks(loop().nowNanos());
    }

    void ended(boolean isOk) {
        if (isOk) {
            succeededCount++;
        } else {
            failedCount++;
        }
    }

    void countSent() {
        sentCount++;
        lastSent = ticks(loop().nowNanos());
    }

    void countReceived() {
        receivedCount++;
        lastReceived = ticks(loop().nowNanos());
    }

    @Override
    public SocketAddress localAddress() {
        return connection.localAddress();
    }

    @Override
    public SocketAddress remoteAddress() {
        return connection.remoteAddress();
    }

    @Override
    public @Nullable SSLSession tlsSession() {
        return connection.tlsSession();
    }

    @Override
    public long callsStarted() {
        return startedCount;
    }

    @Override
    public long callsSucceeded() {
        return succeededCount;
    }

    @Override
    public long callsFailed() {
        return failedCount;
    }

    @Override
    public long lastCallStartedNanos() {
        return startedCount == 0 ? 0 : sinceEpoch(lastStarted);
    }

    private static int ticks(long nanos) {
        return (int) (nanos >> TICK_BITS);
    }

    private long sinceEpoch(int then) {
        long ago = (long) (ticks(loop().clock().nanoTime()) - then) << TICK_BITS;
        return System.currentTimeMillis() * 1_000_000 - ago;
    }

    @Override
    public long messagesSent() {
        return sentCount;
    }

    @Override
    public long messagesReceived() {
        return receivedCount;
    }

    @Override
    public long lastMessageSentNanos() {
        return sentCount == 0 ? 0 : sinceEpoch(lastSent);
    }

    @Override
    public long lastMessageReceivedNanos() {
        return receivedCount == 0 ? 0 : sinceEpoch(lastReceived);
    }

    @Override
    public long keepAlivesSent() {
        return connection.keepAlivesSent();
    }

    @Override
    public long localWindowBytes() {
        return connection.receiveWindowBytes();
    }

    @Override
    public long remoteWindowBytes() {
        return connection.sendWindowBytes();
    }

    @Override
    public void aside(Runnable task) {
        CallLane.RUNNER.execute(loop(), task);
    }
}
