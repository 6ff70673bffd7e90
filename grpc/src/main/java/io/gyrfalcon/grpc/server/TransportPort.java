package io.gyrfalcon.grpc.server;

import io.grpc.Status;
import io.gyrfalcon.transport.server.ServerTransport;

import java.net.SocketAddress;
import java.util.List;

/** A server's open end on the transport. Any thread. */
final class TransportPort implements ServerPort {
    private final ServerTransport transport;
    private final Calls calls;
    private final LoopLease lease;
    private final ConnectionWatch watch;

    TransportPort(ServerTransport transport, Calls calls, LoopLease lease, ConnectionWatch watch) {
        this.transport = transport;
        this.calls = calls;
        this.lease = lease;
        this.watch = watch;
    }

    @Override
    public List<SocketAddress> addresses() {
        return transport.addresses();
    }

    @Override
    public long requestsWithoutTe() {
        return transport.missingTeCount();
    }

    @Override
    public long connectionFaults() {
        return transport.faultCount();
    }

    @Override
    public void stopListening() {
        transport.stopListening();
        watch.onListenersClosed();
    }

    @Override
    public void drain() {
        transport.drain();
    }

    @Override
    public void closeNow(int statusCode, String text) {
        calls.closing(Status.fromCodeValue(statusCode).withDescription(text));
        transport.closeNow(text);
    }

    @Override
    public void onTerminated(Runnable task) {
        transport.onTerminated(() -> end(task));
    }

    /** Loops wait for their threads when they end, so not on one of them. */
    private void end(Runnable task) {
        Thread.startVirtualThread(
                () -> {
                    watch.onTerminated();
                    lease.release();
                    task.run();
                });
    }
}
