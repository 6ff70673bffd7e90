package io.gyrfalcon.grpc;

import io.grpc.Context;
import io.grpc.InternalServer;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.gyrfalcon.grpc.server.Promotion;
import io.gyrfalcon.grpc.server.ServerOptions;
import io.gyrfalcon.grpc.server.ServerPort;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A server from build to termination. Any thread; its state is guarded by its lock. */
public final class GyrfalconServer extends Server {
    private final ServerOptions options;
    private final ServerPort.Opener opener;
    private final Context root;
    private final Object lock = new Object();
    private @Nullable ServerPort port;
    private boolean isShutdown;
    private boolean isShutdownNow;
    private boolean isTerminated;

    @SuppressWarnings("this-escape") // as a value that is read when the first call is served
    GyrfalconServer(ServerOptions options, ServerPort.Opener opener) {
        this.options = options;
        this.opener = opener;
        this.root = Context.ROOT.fork().withValue(InternalServer.SERVER_CONTEXT_KEY, this);
    }

    @Override
    public Server start() throws IOException {
        ServerPort opened;
        synchronized (lock) {
            if (port != null) throw new IllegalStateException("Already started");
            if (isShutdown) throw new IllegalStateException("Shutting down");
            opened = opener.open(options, root);
            port = opened;
        }
        opened.onTerminated(this::onTerminated);
        return this;
    }

    private void onTerminated() {
        synchronized (lock) {
            isTerminated = true;
            lock.notifyAll();
        }
    }

    @Override
    public int getPort() {
        for (SocketAddress address : getListenSockets()) {
            if (address instanceof InetSocketAddress inet) return inet.getPort();
        }
        return -1;
    }

    @Override
    public List<SocketAddress> getListenSockets() {
        synchronized (lock) {
            ServerPort opened = port;
            if (opened == null) throw new IllegalStateException("Not started");
            if (isTerminated) throw new IllegalStateException("Already terminated");
            return Collections.unmodifiableList(opened.addresses());
        }
    }

    @Override
    public List<ServerServiceDefinition> getServices() {
        List<ServerServiceDefinition> registered = getImmutableServices();
        List<ServerServiceDefinition> others = options.methods().fallbackServices();
        if (others.isEmpty()) return registered;
        List<ServerServiceDefinition> all = new ArrayList<>(registered.size() + others.size());
        all.addAll(registered);
        all.addAll(others);
        return Collections.unmodifiableList(all);
    }

    /**
     * By full name of each registered method: whether its calls are carried by their loops now, and
     * what was measured of them.
     */
    public Map<String, Promotion.Counts> promotions() {
        return options.methods().promotions();
    }

    /** Requests without {@code te: trailers} so far, which are served; 0 before the start. */
    public long requestsWithoutTe() {
        synchronized (lock) {
            return port == null ? 0 : port.requestsWithoutTe();
        }
    }

    /** Connections that were ended so far for a fault of their peer; 0 before the start. */
    public long connectionFaults() {
        synchronized (lock) {
            return port == null ? 0 : port.connectionFaults();
        }
    }

    @Override
    public List<ServerServiceDefinition> getImmutableServices() {
        return options.methods().services();
    }

    @Override
    public List<ServerServiceDefinition> getMutableServices() {
        return Collections.unmodifiableList(options.methods().fallbackServices());
    }

    @Override
    public Server shutdown() {
        ServerPort opened;
        synchronized (lock) {
            if (isShutdown) return this;
            isShutdown = true;
            opened = port;
            if (opened == null) {
                isTerminated = true;
                lock.notifyAll();
                return this;
            }
        }
        opened.stopListening();
        opened.drain();
        return this;
    }

    @Override
    public Server shutdownNow() {
        shutdown();
        ServerPort opened;
        synchronized (lock) {
            if (isShutdownNow) return this;
            isShutdownNow = true;
            opened = port;
        }
        if (opened != null) {
            opened.closeNow(Status.Code.UNAVAILABLE.value(), "Server shutdownNow invoked");
        }
        return this;
    }

    @Override
    public boolean isShutdown() {
        synchronized (lock) {
            return isShutdown;
        }
    }

    @Override
    public boolean isTerminated() {
        synchronized (lock) {
            return isTerminated;
        }
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        synchronized (lock) {
            long start = System.nanoTime();
            long nanos = unit.toNanos(timeout);
            while (!isTerminated) {
                long left = nanos - (System.nanoTime() - start);
                if (left <= 0) break;
                TimeUnit.NANOSECONDS.timedWait(lock, left);
            }
            return isTerminated;
        }
    }

    @Override
    public void awaitTermination() throws InterruptedException {
        synchronized (lock) {
            while (!isTerminated) {
                lock.wait();
            }
        }
    }

    @Override
    public String toString() {
        return "GyrfalconServer{addresses=" + options.addresses() + '}';
    }
}
