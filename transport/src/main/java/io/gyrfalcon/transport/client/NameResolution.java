package io.gyrfalcon.transport.client;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.time.Timer;
import io.gyrfalcon.traffic.connect.BackoffSettings;
import io.gyrfalcon.traffic.connect.ConnectBackoff;
import io.gyrfalcon.transport.wire.StatusCode;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;

/** The addresses of one name: looked up off the loop, kept for a while. Loop-owned. */
/*
 * One look-up at a time. What was found holds for the time to live: whoever asks meanwhile has
 * heard it already. A failure is repeated by the back-off of connections, or as soon as somebody
 * asks again.
 */
@LoopOwned
public final class NameResolution extends Timer {
    private final Loop loop;
    private final String host;
    private final int port;
    private final long ttlNanos;
    private final NameLookup lookup;
    private final Executor offload;
    private final RandomGenerator random;
    private final NameEvents events;
    private final ConnectBackoff backoff;
    private boolean isLookingUp;
    private boolean isFresh;
    private long foundNanos;
    private long startedNanos;
    private boolean isClosed;

    /**
     * A name that was not looked up yet.
     *
     * @param ttlNanos how long what was found holds; 0 = not at all
     * @param lookup run by {@code offload}
     * @param random for the jitter of the back-off
     */
    public NameResolution(
            Loop loop,
            String host,
            int port,
            long ttlNanos,
            NameLookup lookup,
            Executor offload,
            RandomGenerator random,
            NameEvents events) {
        this.loop = loop;
        this.host = host;
        this.port = port;
        this.ttlNanos = ttlNanos;
        this.lookup = lookup;
        this.offload = offload;
        this.random = random;
        this.events = events;
        backoff = new ConnectBackoff(BackoffSettings.standard());
    }

    /** Looks the name up, unless that is going on or what was found still holds. */
    public void refresh() {
        if (isClosed || isLookingUp || holds()) return;
        isLookingUp = true;
        startedNanos = loop.nowNanos();
        loop.timers().cancel(this);
        try {
            offload.execute(this::lookUp);
        } catch (RejectedExecutionException refused) {
            onDone(null, refused);
        }
    }

    private boolean holds() {
        return isFresh && loop.nowNanos() - foundNanos < ttlNanos;
    }

    /** Off the loop. */
    private void lookUp() {
        List<SocketAddress> found = null;
        Throwable failure = null;
        try {
            found = lookup.lookUp(host, port);
            if (found.isEmpty()) throw new UnknownHostException(host);
        } catch (IOException | RuntimeException e) {
            found = null;
            failure = e;
        }
        List<SocketAddress> addresses = found;
        Throwable why = failure;
        loop.post(_ -> onDone(addresses, why));
    }

    private void onDone(@Nullable List<SocketAddress> addresses, @Nullable Throwable failure) {
        isLookingUp = false;
        if (isClosed) return;
        if (addresses != null) {
            isFresh = true;
            foundNanos = loop.nowNanos();
            backoff.reset();
            events.onAddresses(List.copyOf(addresses));
            return;
        }
        isFresh = false;
        long again = startedNanos + backoff.nextNanos(random.nextDouble());
        loop.timers().schedule(this, Math.max(again, loop.nowNanos()));
        events.onFailure(
                new CallStatus(StatusCode.UNAVAILABLE, "Unable to resolve host " + host, failure));
    }

    @Override
    protected void onTimer(long nowNanos) {
        refresh();
    }

    /** Tells nothing more. */
    public void close() {
        isClosed = true;
        loop.timers().cancel(this);
    }
}
