package io.gyrfalcon.grpc.client;

import io.grpc.Attributes;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.grpc.server.CallLane;
import io.gyrfalcon.grpc.server.ConnectionAttributes;
import io.gyrfalcon.grpc.server.ConnectionView;
import io.gyrfalcon.grpc.server.ConnectionWatch;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.transport.client.CallStatus;
import io.gyrfalcon.transport.client.ClientConnection;
import io.gyrfalcon.transport.client.ConnectionEvents;
import io.gyrfalcon.transport.wire.StatusCode;

import org.jspecify.annotations.Nullable;

import java.net.SocketAddress;

import javax.net.ssl.SSLSession;

/**
 * A channel's connection as {@code io.grpc} sees it: its attributes, the filters that make them,
 * and what is counted. Loop-owned; others may look at it at any time.
 */
/*
 * Between the connection and its endpoint, which hears of it once the filters have passed it. What
 * they refuse is closed.
 */
@LoopOwned
final class Link implements ConnectionEvents, ConnectionView {
    private final Loop loop;
    private final ClientFilters filters;
    private final ConnectionWatch metrics;
    private final ChannelWatch watch;
    private final ConnectionEvents endpoint;
    private @Nullable ClientConnection connection;
    private Attributes attributes = Attributes.EMPTY;
    private @Nullable Object token;
    private @Nullable Object metricsToken;
    private boolean isPassed;
    private boolean isClosing;

    // Written by the loop alone.
    private long started;
    private long succeeded;
    private long failed;
    private long sent;
    private long received;
    private long startedNanos;
    private long sentNanos;
    private long receivedNanos;

    /** A connection that is being made. */
    Link(Loop loop, ChannelOptions options, ChannelWatch watch, ConnectionEvents endpoint) {
        this.loop = loop;
        filters = options.filters();
        metrics = options.naming().metrics().connections();
        this.watch = watch;
        this.endpoint = endpoint;
    }

    /** What calls are told of their connection. */
    static @Nullable Link of(ClientConnection connection) {
        return connection.attachment() instanceof Link link ? link : null;
    }

    Attributes attributes() {
        return attributes;
    }

    // What the connection says.

    @Override
    public void onReady(ClientConnection ready) {
        connection = ready;
        ready.attach(this);
        attributes =
                ConnectionAttributes.of(
                        ready.localAddress(), ready.remoteAddress(), ready.tlsSession());
        token = watch.onOpened(this);
        metricsToken = metrics.onOpened(this);
        if (filters.isEmpty()) pass(ready, attributes);
        else aside(() -> filter(ready, attributes));
    }

    /** On a runner. */
    private void filter(ClientConnection ready, Attributes known) {
        try {
            Attributes filtered = filters.ready(known);
            loop.post(_ -> pass(ready, filtered));
        } catch (RuntimeException thrown) {
            CallStatus why =
                    new CallStatus(StatusCode.UNAVAILABLE, "A transport filter has failed", thrown);
            loop.post(_ -> ready.close(why));
        }
    }

    private void pass(ClientConnection ready, Attributes filtered) {
        attributes = filtered;
        if (isClosing) {
            if (!filters.isEmpty()) aside(() -> filters.terminated(filtered));
            return;
        }
        isPassed = true;
        endpoint.onReady(ready);
    }

    @Override
    public void onOpenable(ClientConnection openable) {
        if (isPassed) endpoint.onOpenable(openable);
    }

    @Override
    public void onGoAway(ClientConnection going, long errorCode, String debug) {
        endpoint.onGoAway(going, errorCode, debug);
    }

    @Override
    public void onClosing(ClientConnection closing, @Nullable CallStatus why) {
        isClosing = true;
        endpoint.onClosing(closing, why);
    }

    @Override
    public void onClosed(ClientConnection closed, CallStatus status) {
        isClosing = true;
        watch.onClosed(token);
        metrics.onClosed(metricsToken);
        Attributes last = attributes;
        if (isPassed && !filters.isEmpty()) aside(() -> filters.terminated(last));
        endpoint.onClosed(closed, status);
    }

    // What calls say.

    void onCallStarted() {
        started++;
        startedNanos = loop.nowNanos();
        watch.onCallStarted(startedNanos);
    }

    void onCallEnded(boolean isOk) {
        if (isOk) succeeded++;
        else failed++;
        watch.onCallEnded(isOk);
    }

    void countSent() {
        sent++;
        sentNanos = loop.nowNanos();
    }

    void countReceived() {
        received++;
        receivedNanos = loop.nowNanos();
    }

    // Any thread.

    private ClientConnection known() {
        ClientConnection ready = connection;
        assert ready != null;
        return ready;
    }

    @Override
    public SocketAddress localAddress() {
        return known().localAddress();
    }

    @Override
    public SocketAddress remoteAddress() {
        return known().remoteAddress();
    }

    @Override
    public @Nullable SSLSession tlsSession() {
        return known().tlsSession();
    }

    @Override
    public long callsStarted() {
        return started;
    }

    @Override
    public long callsSucceeded() {
        return succeeded;
    }

    @Override
    public long callsFailed() {
        return failed;
    }

    @Override
    public long lastCallStartedNanos() {
        return started == 0 ? 0 : sinceEpoch(startedNanos);
    }

    @Override
    public long messagesSent() {
        return sent;
    }

    @Override
    public long messagesReceived() {
        return received;
    }

    @Override
    public long lastMessageSentNanos() {
        return sent == 0 ? 0 : sinceEpoch(sentNanos);
    }

    @Override
    public long lastMessageReceivedNanos() {
        return received == 0 ? 0 : sinceEpoch(receivedNanos);
    }

    private long sinceEpoch(long nanos) {
        return System.currentTimeMillis() * 1_000_000 - (loop.clock().nanoTime() - nanos);
    }

    @Override
    public long keepAlivesSent() {
        return known().keepAlivesSent();
    }

    @Override
    public long localWindowBytes() {
        return known().receiveWindowBytes();
    }

    @Override
    public long remoteWindowBytes() {
        return known().sendWindowBytes();
    }

    @Override
    public void aside(Runnable task) {
        CallLane.RUNNER.execute(loop, task);
    }
}
