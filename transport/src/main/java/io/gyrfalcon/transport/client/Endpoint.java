package io.gyrfalcon.transport.client;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.TurnTask;
import io.gyrfalcon.http2.ErrorCode;
import io.gyrfalcon.http2.GoAwayReason;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.time.Timer;
import io.gyrfalcon.traffic.connect.ConnectPlan;
import io.gyrfalcon.traffic.connect.Connectivity;
import io.gyrfalcon.transport.wire.StatusCode;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * One server of a target, from one loop: its connections, when they are made, and the calls that
 * wait for one. Loop-owned.
 */
/*
 * A server may have several addresses: an attempt tries them in order, and has failed when all
 * have.
 *
 * The first connection follows the plan: asked for, backed off, given up when overdue; the state
 * is its state. While one is up, calls that find no room wait, and a further connection is made for
 * them, one at a time, as long as fewer than the maximum are up. One that fails is not tried again
 * before the initial back-off is over; the endpoint stays READY. The state leaves READY with the
 * last connection that takes calls.
 */
@LoopOwned
public final class Endpoint extends Timer implements ConnectionEvents, TurnTask {
    private static final CallStatus LOST =
            CallStatus.of(StatusCode.UNAVAILABLE, "Connection takes no more calls");
    private static final CallStatus MOVED =
            CallStatus.of(StatusCode.UNAVAILABLE, "Connection closed, the server has moved");

    private final Loop loop;
    private final PoolSettings pool;
    private final EndpointEvents events;
    private final RandomGenerator random;
    private final ConnectPlan plan;
    private ClientSettings settings;
    private List<Destination> destinations;

    /** Which of them is connected to, or was last. */
    private int destinationIndex;

    /** Those that take calls, or will again: up and not closing. */
    private final List<ClientConnection> open = new ArrayList<>();

    private final ArrayDeque<PendingCall> waiting = new ArrayDeque<>();
    private @Nullable ClientConnection attempt;
    private boolean isSpare;
    private @Nullable CallStatus failedAtOnce;
    private long spareAtNanos = Long.MIN_VALUE;
    private long spareOverdueNanos;

    /** All that have not ended. */
    private final List<ClientConnection> alive = new ArrayList<>();

    /** Those before it have no room, and say when they have. */
    private int firstWithRoom;

    private boolean isShutDown;
    private boolean isTerminated;

    /**
     * An endpoint that nobody has asked for.
     *
     * @param settings of its connections
     * @param random for the jitter of its back-off
     */
    public Endpoint(
            Loop loop,
            Destination destination,
            ClientSettings settings,
            PoolSettings pool,
            RandomGenerator random,
            EndpointEvents events) {
        this(loop, List.of(destination), settings, pool, random, events);
    }

    /**
     * An endpoint that nobody has asked for.
     *
     * @param destinations the server's addresses, in the order in which they are tried; one or more
     * @param settings of its connections
     * @param random for the jitter of its back-off
     */
    public Endpoint(
            Loop loop,
            List<Destination> destinations,
            ClientSettings settings,
            PoolSettings pool,
            RandomGenerator random,
            EndpointEvents events) {
        this.loop = loop;
        this.destinations = checked(destinations);
        this.settings = settings;
        this.pool = pool;
        this.random = random;
        this.events = events;
        plan = new ConnectPlan(pool.backoff());
    }

    /** The state that was told last. */
    public Connectivity state() {
        return plan.state();
    }

    /** Where its connections go, or the last attempt went. */
    public Destination destination() {
        return destinations.get(destinationIndex);
    }

    /**
     * The server has other addresses. One that is in use stays so if it is among them; else its
     * connections end with their calls, and an attempt begins anew.
     *
     * @param next one or more
     */
    public void destinations(List<Destination> next) {
        Destination used = destination();
        destinations = checked(next);
        destinationIndex = 0;
        boolean isInUse =
                plan.state() == Connectivity.READY || plan.state() == Connectivity.CONNECTING;
        if (!isInUse) return;
        for (int i = 0; i < destinations.size(); i++) {
            Destination other = destinations.get(i);
            boolean isSame =
                    other.address().equals(used.address())
                            && Objects.equals(other.proxy(), used.proxy());
            if (!isSame) continue;
            destinationIndex = i;
            return;
        }
        if (plan.state() == Connectivity.CONNECTING) {
            giveUpAttempt(MOVED);
            open(false);
            return;
        }
        boolean isMoved = plan.onLost();
        letGo(MOVED);
        if (isMoved) tell(null);
    }

    private static List<Destination> checked(List<Destination> all) {
        if (!all.isEmpty()) return List.copyOf(all);
        throw new IllegalArgumentException("destinations: none (expected: 1 or more)");
    }

    /** Connections that have not ended. */
    public int connectionCount() {
        return alive.size();
    }

    /** Calls that wait for a connection to have room. */
    public int waitingCalls() {
        return waiting.size();
    }

    /** Somebody wants a connection: makes one, if the endpoint is IDLE. */
    public void connect() {
        if (plan.request(loop.nowNanos(), random.nextDouble())) begin();
    }

    /** Forgets earlier failures and tries again now, if the last attempt failed. */
    public void resetBackoff() {
        if (plan.resetBackoff(loop.nowNanos(), random.nextDouble())) begin();
    }

    /**
     * Opens a call now, or as soon as a connection has room.
     *
     * @return false when none is up: the call is still the caller's
     */
    public boolean start(PendingCall call) {
        if (plan.state() != Connectivity.READY) return false;
        ClientConnection connection = waiting.isEmpty() ? withRoom() : null;
        if (connection != null) {
            call.onConnection(connection);
        } else if (waiting.size() < pool.waitingCallsMax()) {
            waiting.add(call);
            makeRoom();
        } else {
            call.onFailed(
                    CallStatus.of(
                            StatusCode.RESOURCE_EXHAUSTED,
                            "more than "
                                    + pool.waitingCallsMax()
                                    + " calls wait for a connection"));
        }
        return true;
    }

    private @Nullable ClientConnection withRoom() {
        for (; firstWithRoom < open.size(); firstWithRoom++) {
            ClientConnection connection = open.get(firstWithRoom);
            if (connection.canOpen()) return connection;
        }
        return null;
    }

    /** Another connection, unless one is being made or there are enough. */
    private void makeRoom() {
        long now = loop.nowNanos();
        if (attempt != null || failedAtOnce != null || !isFull()) return;
        if (now < spareAtNanos) {
            loop.timers().schedule(this, spareAtNanos);
            return;
        }
        spareAtNanos = now + pool.backoff().initialNanos();
        spareOverdueNanos = now + pool.backoff().attemptNanosMin();
        open(true);
        loop.timers().schedule(this, spareOverdueNanos);
    }

    /**
     * Whether it is the limit of streams that calls wait for, and one more connection is allowed.
     */
    private boolean isFull() {
        if (alive.size() >= pool.connectionsMax()) return false;
        for (ClientConnection connection : open) {
            if (!connection.isFull()) return false;
        }
        return true;
    }

    private void serveWaiting() {
        for (PendingCall call = waiting.peek(); call != null; call = waiting.peek()) {
            ClientConnection connection = call.isWanted() ? withRoom() : null;
            if (connection == null && call.isWanted()) {
                makeRoom();
                return;
            }
            waiting.remove();
            if (connection != null) call.onConnection(connection);
        }
    }

    /** An attempt by the plan. */
    private void begin() {
        destinationIndex = 0;
        tell(null);
        open(false);
        seeToTimer();
    }

    private void open(boolean spare) {
        isSpare = spare;
        try {
            ClientConnection begun =
                    ClientConnection.open(
                            loop,
                            destination(),
                            spare ? spares() : settings,
                            events.connectionEvents(this));
            attempt = begun;
            alive.add(begun);
        } catch (IOException atOnce) {
            failedAtOnce = new CallStatus(StatusCode.UNAVAILABLE, "io exception", atOnce);
            loop.atTurnEnd(this);
        }
    }

    /** Further connections go when they are not needed any more. */
    private ClientSettings spares() {
        Http2Settings http2 =
                settings.http2().toBuilder().connectionIdleNanos(pool.spareIdleNanos()).build();
        return new ClientSettings(
                http2, settings.limits(), settings.socket(), settings.messageBytesMax());
    }

    @Override
    public void onTurnEnd(Loop on) {
        CallStatus failure = failedAtOnce;
        failedAtOnce = null;
        if (failure != null) onAttemptFailed(failure);
    }

    private void onAttemptFailed(CallStatus why) {
        if (isSpare) {
            if (!waiting.isEmpty()) makeRoom();
        } else if (plan.state() == Connectivity.CONNECTING && isMoreToTry()) {
            destinationIndex++;
            plan.onNextAddress(loop.nowNanos());
            open(false);
            seeToTimer();
        } else if (plan.onFailed()) {
            tell(why);
            seeToTimer();
        }
    }

    private boolean isMoreToTry() {
        return destinationIndex + 1 < destinations.size();
    }

    @Override
    public void onReady(ClientConnection connection) {
        attempt = null;
        open.add(connection);
        if (!isSpare && plan.onConnected()) tell(null);
        serveWaiting();
    }

    @Override
    public void onOpenable(ClientConnection connection) {
        int at = open.indexOf(connection);
        if (at >= 0 && at < firstWithRoom) firstWithRoom = at;
        serveWaiting();
    }

    /** gRFC A8: a server that finds our pings too many is pinged half as often from now on. */
    @Override
    public void onGoAway(ClientConnection connection, long errorCode, String debug) {
        if (errorCode == ErrorCode.ENHANCE_YOUR_CALM.code()
                && debug.equals(GoAwayReason.TOO_MANY_PINGS)) {
            long nanos = settings.http2().keepAliveNanos();
            long doubled = nanos > Long.MAX_VALUE / 2 ? Http2Settings.NEVER : 2 * nanos;
            settings =
                    new ClientSettings(
                            settings.http2().toBuilder().keepAliveNanos(doubled).build(),
                            settings.limits(),
                            settings.socket(),
                            settings.messageBytesMax());
        }
    }

    @Override
    public void onClosing(ClientConnection connection, @Nullable CallStatus why) {
        leave(connection, why);
    }

    @Override
    public void onClosed(ClientConnection connection, CallStatus status) {
        alive.remove(connection);
        if (connection == attempt) {
            attempt = null;
            onAttemptFailed(status);
        } else if (!waiting.isEmpty()) {
            serveWaiting();
        }
        if (isShutDown) terminate();
    }

    /** The connection takes no more calls. */
    private void leave(ClientConnection connection, @Nullable CallStatus why) {
        if (!open.remove(connection)) return;
        firstWithRoom = 0;
        if (!open.isEmpty()) {
            if (!waiting.isEmpty()) serveWaiting();
            return;
        }
        giveUpAttempt(why == null ? LOST : why);
        if (plan.onLost()) tell(why);
        failWaiting(why == null ? LOST : why);
    }

    private void failWaiting(CallStatus why) {
        PendingCall[] calls = waiting.toArray(new PendingCall[0]);
        waiting.clear();
        for (PendingCall call : calls) {
            if (call.isWanted()) call.onFailed(why);
        }
    }

    @Override
    protected void onTimer(long nowNanos) {
        ClientConnection overdue = attempt;
        boolean isLate = isSpare ? nowNanos >= spareOverdueNanos : plan.isOverdue(nowNanos);
        if (overdue != null && isLate) {
            overdue.close(CallStatus.of(StatusCode.UNAVAILABLE, "connecting took too long"));
        } else if (plan.onTime(nowNanos, random.nextDouble())) {
            begin();
        } else {
            if (!waiting.isEmpty()) serveWaiting();
            seeToTimer();
        }
    }

    private void seeToTimer() {
        long wake = plan.wakeAtNanos();
        if (wake != Long.MAX_VALUE) loop.timers().schedule(this, wake);
    }

    private void tell(@Nullable CallStatus why) {
        events.onState(this, plan.state(), why);
    }

    // The end.

    /** Nobody needs a connection: those that there are take no more calls and end with theirs. */
    public void goIdle() {
        boolean isMoved = plan.goIdle();
        letGo(CallStatus.of(StatusCode.UNAVAILABLE, "Channel is idle"));
        if (isMoved) tell(null);
    }

    /** No more connections and no more calls; those that are open may end. */
    public void shutdown(CallStatus why) {
        if (isShutDown) return;
        isShutDown = true;
        loop.timers().cancel(this);
        boolean isMoved = plan.shutDown();
        letGo(why);
        if (isMoved) tell(null);
        terminate();
    }

    /** Gives up the attempt, lets connections end with their calls, fails the calls that wait. */
    private void letGo(CallStatus why) {
        giveUpAttempt(why);
        ClientConnection[] all = open.toArray(new ClientConnection[0]);
        open.clear();
        firstWithRoom = 0;
        for (ClientConnection connection : all) connection.shutdown();
        failWaiting(why);
    }

    private void giveUpAttempt(CallStatus why) {
        ClientConnection begun = attempt;
        attempt = null;
        failedAtOnce = null;
        if (begun != null) begun.close(why);
    }

    /** Closes every connection at once: calls that are open end with this status. */
    public void closeNow(CallStatus why) {
        shutdown(why);
        for (ClientConnection connection : alive.toArray(new ClientConnection[0])) {
            connection.close(why);
        }
    }

    private void terminate() {
        if (!alive.isEmpty() || isTerminated) return;
        isTerminated = true;
        events.onTerminated(this);
    }
}
