package io.gyrfalcon.grpc.client;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.OutOfSlabs;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.time.Timer;
import io.gyrfalcon.traffic.balance.Failure;
import io.gyrfalcon.traffic.connect.BackoffSettings;
import io.gyrfalcon.traffic.connect.ConnectBackoff;
import io.gyrfalcon.traffic.connect.Connectivity;
import io.gyrfalcon.transport.client.CallStatus;
import io.gyrfalcon.transport.client.ClientCall;
import io.gyrfalcon.transport.client.ClientCallEvents;
import io.gyrfalcon.transport.client.ClientConnection;
import io.gyrfalcon.transport.client.Endpoint;
import io.gyrfalcon.transport.client.PendingCall;
import io.gyrfalcon.transport.client.RequestHeads;
import io.gyrfalcon.transport.client.ResponseHead;
import io.gyrfalcon.transport.wire.FaultText;
import io.gyrfalcon.transport.wire.StatusCode;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.random.RandomGenerator;

/**
 * The health of one endpoint, as its server says, from when it is READY until it is not.
 * Loop-owned.
 */
/*
 * gRFC A17. A call to Watch stays open while the endpoint is ready; each message is the server's
 * state from now on. One that ends is begun again, at once if the server had said anything on it,
 * else after a while. A server that does not know the method counts as healthy.
 */
@LoopOwned
final class HealthWatch extends Timer implements PendingCall, ClientCallEvents {
    /** Hears of the health of an endpoint. */
    @FunctionalInterface
    interface Events {
        /** It is this from now on. */
        void onHealth(Connectivity health, @Nullable Failure why);
    }

    private static final System.Logger LOG = System.getLogger("io.gyrfalcon.grpc");
    private static final String PATH = "/grpc.health.v1.Health/Watch";

    private final Loop loop;
    private final Endpoint endpoint;
    private final String service;
    private final FieldBlock head;
    private final RandomGenerator random;
    private final Events events;
    private final ConnectBackoff backoff = new ConnectBackoff(BackoffSettings.standard());
    private @Nullable ClientCall call;
    private Connectivity told = Connectivity.CONNECTING;
    private long startedNanos;
    private boolean hasAnswered;
    private boolean isOver;

    HealthWatch(Exchange exchange, Endpoint endpoint, String service, Events events) {
        ChannelOptions options = exchange.options();
        loop = exchange.loop();
        random = exchange.random();
        this.endpoint = endpoint;
        this.service = service;
        this.events = events;
        boolean isSecure = options.tls() != null;
        head = RequestHeads.of(isSecure, options.authority(), PATH, options.userAgent(), null);
    }

    /** Asks the server. */
    void start() {
        hasAnswered = false;
        startedNanos = loop.nowNanos();
        if (told != Connectivity.READY) tell(Connectivity.CONNECTING, null);
        // One that is not ready is about to say so, and this is over then.
        endpoint.start(this);
    }

    /** Asks no more. */
    void stop() {
        isOver = true;
        loop.timers().cancel(this);
        ClientCall open = call;
        call = null;
        if (open != null) {
            open.cancel(CallStatus.of(StatusCode.CANCELLED, "Client stops health check"));
        }
    }

    @Override
    public boolean isWanted() {
        return !isOver;
    }

    @Override
    public void onConnection(ClientConnection connection) {
        ClientCall opened = connection.call(head, null, 0, this);
        call = opened;
        if (opened.hasEnded()) return;
        byte[] request = HealthMessages.request(service);
        try {
            opened.beginMessage(request.length).append(request, 0, request.length);
            opened.endMessage(true);
        } catch (OutOfSlabs e) {
            opened.cancel(CallStatus.of(StatusCode.RESOURCE_EXHAUSTED, FaultText.NO_MEMORY));
        }
    }

    @Override
    public void onFailed(CallStatus status) {
        if (!isOver) onStreamEnd(status);
    }

    @Override
    public void onHead(ResponseHead head) {}

    @Override
    public void onMessage(
            MemorySegment bytes, long offset, int length, boolean compressed, @Nullable Slab home) {
        int status =
                compressed
                        ? HealthMessages.UNREADABLE
                        : HealthMessages.status(bytes, offset, length);
        if (home != null) home.release();
        ClientCall open = call;
        if (open == null) return;
        if (status == HealthMessages.UNREADABLE) {
            open.cancel(CallStatus.of(StatusCode.INTERNAL, "The server's health is unreadable"));
            return;
        }
        hasAnswered = true;
        backoff.reset();
        if (status == HealthMessages.SERVING) {
            tell(Connectivity.READY, null);
            return;
        }
        String name = HealthMessages.name(status);
        fail("Health-check service responded " + name + " for '" + service + "'");
    }

    @Override
    public boolean wantsMessages() {
        return true;
    }

    @Override
    public void onReady() {}

    @Override
    public void onEnd(
            CallStatus status,
            byte @Nullable [][] trailers,
            int trailerCount,
            boolean isUnprocessed) {
        call = null;
        if (!isOver) onStreamEnd(status);
    }

    private void onStreamEnd(CallStatus status) {
        if (status.code() == StatusCode.UNIMPLEMENTED) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "Health-check with {0} is disabled. Server returned: {1}",
                    endpoint.destination().address(),
                    Statuses.of(status));
            tell(Connectivity.READY, null);
            return;
        }
        long nextNanos = startedNanos + backoff.nextNanos(random.nextDouble());
        fail(
                "Health-check stream unexpectedly closed with "
                        + Statuses.of(status)
                        + " for '"
                        + service
                        + "'");
        if (isOver) return;
        if (hasAnswered) backoff.reset();
        loop.timers().schedule(this, hasAnswered ? loop.nowNanos() : nextNanos);
    }

    @Override
    protected void onTimer(long nowNanos) {
        start();
    }

    private void fail(String text) {
        tell(Connectivity.TRANSIENT_FAILURE, Failure.unavailable(text, null));
    }

    private void tell(Connectivity health, @Nullable Failure why) {
        told = health;
        events.onHealth(health, why);
    }
}
