package io.gyrfalcon.eventloop;

import io.gyrfalcon.eventloop.poll.Errno;
import io.gyrfalcon.eventloop.poll.Port;
import io.gyrfalcon.eventloop.poll.Ready;
import io.gyrfalcon.eventloop.poll.Wire;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.time.Timer;

import java.io.IOException;

/**
 * One listening socket on its loop: accepts, and places connections on the loops that have fewest.
 * Loop-owned.
 */
@LoopOwned
final class Door extends Timer implements Ready, Letter {
    /*
     * Out of descriptors
     *
     * Acceptance pauses, 10 ms at first, twice as long each time, up to 1 s; connections wait in
     * the kernel's queue meanwhile. When the longest pause did not help either, those that wait are
     * turned away by means of the descriptor that the port holds in reserve, so that clients hear a
     * refusal instead of nothing. So does it after any failure that is not known to pass with the
     * connection that had it: no readiness will tell of those that wait behind it.
     */
    private static final int ACCEPTS_PER_TURN = 64;
    private static final long PAUSE_MIN_NANOS = 10_000_000L;
    private static final long PAUSE_MAX_NANOS = 1_000_000_000L;

    private final Port port;
    private final Loop home;
    private final Targets targets;
    private final Acceptor acceptor;
    private long pauseNanos;
    private boolean isFull;

    Door(Port port, Loop home, Targets targets, Acceptor acceptor) {
        this.port = port;
        this.home = home;
        this.targets = targets;
        this.acceptor = acceptor;
    }

    Port port() {
        return port;
    }

    /** Starts accepting. On the loop. */
    @Override
    public void deliver(Loop loop) {
        try {
            home.poller().register(port, this);
        } catch (IOException failure) {
            Failures.log("a listening socket could not be watched", failure);
            port.close();
        }
    }

    @Override
    public void onUndelivered() {
        port.close();
    }

    /** Any thread. The address is free when this returns. */
    void close() {
        port.close();
        if (home.inLoop()) {
            forget(home);
        } else {
            home.post(this::forget);
        }
    }

    private void forget(Loop loop) {
        loop.timers().cancel(this);
        loop.poller().deregister(port);
    }

    @Override
    public void onReady(int what) {
        if (!isScheduled()) accept();
    }

    @Override
    protected void onTimer(long nowNanos) {
        accept();
    }

    @Override
    public void onPollerEnd() {
        home.timers().cancel(this);
        port.close();
    }

    private void accept() {
        for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
            if (!acceptor.takePlace()) {
                pauseFull();
                return;
            }
            Wire wire = port.accept();
            if (wire != null) {
                pauseNanos = 0;
                place(wire);
                continue;
            }
            acceptor.givePlaceBack();
            if (!goesOnAfter(-port.code())) return;
        }
        home.again(this);
    }

    private boolean goesOnAfter(int errno) {
        if (errno == Errno.EAGAIN) {
            isFull = false;
            pauseNanos = 0;
            return false;
        }
        if (errno == Errno.ECONNABORTED || errno == Errno.EPROTO || errno == Errno.EINTR)
            return true;
        pause(errno);
        return false;
    }

    private void pause(int errno) {
        long before = pauseNanos;
        pauseNanos = Math.min(PAUSE_MAX_NANOS, Math.max(PAUSE_MIN_NANOS, before * 2));
        home.timers().schedule(this, home.nowNanos() + pauseNanos);
        if (before == 0) {
            Failures.warn("accepting pauses: " + Errno.text(errno));
        } else if (before == PAUSE_MAX_NANOS && Errno.isExhaustion(errno)) {
            int turnedAway = port.shed();
            if (turnedAway > 0) {
                Failures.warn(turnedAway + " connections turned away: " + Errno.text(errno));
            }
        }
    }

    /** As many connections as may be: the next waits in the backlog until one has gone. */
    private void pauseFull() {
        home.timers().schedule(this, home.nowNanos() + PAUSE_MIN_NANOS);
        if (!isFull) Failures.warn("accepting pauses: as many connections as allowed");
        isFull = true;
    }

    private void place(Wire wire) {
        Loop target = targets.choose(wire);
        target.connectionPlaced();
        if (target == home) {
            target.adopt(wire, acceptor);
            return;
        }
        if (!target.post(new Placement(wire, acceptor))) {
            target.connectionGone();
            wire.close();
            acceptor.givePlaceBack();
        }
    }

    /** A connection on its way to its loop. */
    private record Placement(Wire wire, Acceptor acceptor) implements Letter {
        @Override
        public void deliver(Loop loop) {
            loop.adopt(wire, acceptor);
        }

        @Override
        public void onUndelivered() {
            wire.close();
            acceptor.givePlaceBack();
        }
    }
}
