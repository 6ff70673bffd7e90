package io.gyrfalcon.grpc;

import io.grpc.BinaryLog;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.gyrfalcon.eventloop.Letter;
import io.gyrfalcon.eventloop.LoopGroup;
import io.gyrfalcon.grpc.client.Calls;
import io.gyrfalcon.grpc.client.ChannelEnd;
import io.gyrfalcon.grpc.client.ChannelEvents;
import io.gyrfalcon.grpc.client.ChannelOptions;
import io.gyrfalcon.grpc.client.Exchange;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A channel from build to termination. Any thread; its state is guarded by its lock. */
final class GyrfalconChannel extends ManagedChannel implements ChannelEvents {
    /** Somebody who wants to hear once of another state. */
    private record Waiting(ConnectivityState source, Runnable callback) {}

    private final ChannelOptions options;
    private final Exchange exchange;
    private final Calls calls;
    private final Channel intercepted;
    private final CountDownLatch terminated = new CountDownLatch(1);
    private final Object lock = new Object();
    private final List<Waiting> waiting = new ArrayList<>();
    private ConnectivityState state = ConnectivityState.IDLE;
    private boolean isShutdown;

    /** Uses the loops of the process, until it is terminated. */
    @SuppressWarnings("this-escape") // as a listener that hears nothing before the first call
    GyrfalconChannel(
            ChannelOptions options, @Nullable BinaryLog log, List<ClientInterceptor> interceptors) {
        this.options = options;
        exchange = exchange(options);
        calls = new Calls(exchange);
        Channel logged = log == null ? calls : log.wrapChannel(calls);
        intercepted = ClientInterceptors.intercept(logged, interceptors);
    }

    private Exchange exchange(ChannelOptions settled) {
        LoopGroup loops = LoopGroup.acquireShared();
        try {
            return new Exchange(loops.leastLoaded(), settled, this);
        } catch (RuntimeException | Error e) {
            LoopGroup.releaseShared();
            throw e;
        }
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions callOptions) {
        return intercepted.newCall(method, callOptions);
    }

    @Override
    public String authority() {
        return intercepted.authority();
    }

    @Override
    public ManagedChannel shutdown() {
        synchronized (lock) {
            if (isShutdown) return this;
            isShutdown = true;
        }
        calls.shutDown();
        // The loops have not ended: this channel holds them until it is terminated.
        post(_ -> exchange.shutdown());
        return this;
    }

    @Override
    public ManagedChannel shutdownNow() {
        shutdown();
        post(_ -> exchange.shutdownNow());
        return this;
    }

    /** What is not taken is for a channel that is terminated. */
    private void post(Letter letter) {
        exchange.loop().post(letter);
    }

    @Override
    public boolean isShutdown() {
        synchronized (lock) {
            return isShutdown;
        }
    }

    @Override
    public boolean isTerminated() {
        return terminated.getCount() == 0;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        return terminated.await(timeout, unit);
    }

    @Override
    public ConnectivityState getState(boolean requestConnection) {
        ConnectivityState seen;
        synchronized (lock) {
            seen = state;
        }
        if (requestConnection && seen == ConnectivityState.IDLE) post(_ -> exchange.connect());
        return seen;
    }

    @Override
    public void notifyWhenStateChanged(ConnectivityState source, Runnable callback) {
        if (callback == null) throw new NullPointerException("callback");
        if (source == null) throw new NullPointerException("source");
        synchronized (lock) {
            if (state == source) {
                waiting.add(new Waiting(source, callback));
                return;
            }
        }
        if (isTerminated()) options.offload().execute(callback);
        else options.lane().execute(exchange.loop(), callback);
    }

    @Override
    public void resetConnectBackoff() {
        post(_ -> exchange.resetBackoff());
    }

    @Override
    public void enterIdle() {
        post(_ -> exchange.goIdle());
    }

    @Override
    public void onState(ConnectivityState next) {
        List<Waiting> told;
        synchronized (lock) {
            if (state == next || state == ConnectivityState.SHUTDOWN) return;
            state = next;
            told = List.copyOf(waiting);
            waiting.clear();
        }
        for (Waiting one : told) {
            options.lane().executeAside(exchange.loop(), one.callback, _ -> {});
        }
    }

    @Override
    public void onTerminated() {
        ChannelEnd.then(terminated::countDown);
    }

    @Override
    public String toString() {
        return "GyrfalconChannel{target=" + options.target().text() + '}';
    }
}
