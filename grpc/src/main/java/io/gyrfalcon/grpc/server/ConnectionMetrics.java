package io.gyrfalcon.grpc.server;

import io.grpc.InternalTcpMetrics;
import io.grpc.LongCounterMetricInstrument;
import io.grpc.LongUpDownCounterMetricInstrument;
import io.grpc.MetricInstrument;
import io.grpc.MetricInstrumentRegistry;
import io.grpc.MetricSink;

import org.jspecify.annotations.Nullable;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/**
 * Tells metric sinks of connections: {@code grpc.tcp.connections_created} and {@code
 * grpc.tcp.connection_count}, with the labels of grpc-java's own transport; and passes on all that
 * it sees. Immutable; any thread. Sinks are user code, and are called aside.
 */
public final class ConnectionMetrics implements ConnectionWatch {
    private final List<MetricSink> sinks;
    private final ConnectionWatch next;

    private ConnectionMetrics(List<MetricSink> sinks, ConnectionWatch next) {
        this.sinks = sinks;
        this.next = next;
    }

    /** Tells these sinks of the connections of a client, with the same names. */
    public static ConnectionWatch of(List<MetricSink> sinks) {
        return before(NONE, sinks);
    }

    /** What another watches, told to these sinks as well. */
    static ConnectionWatch before(ConnectionWatch next, List<MetricSink> sinks) {
        return sinks.isEmpty() ? next : new ConnectionMetrics(sinks, next);
    }

    /** A connection that was told; its addresses may be gone when it is closed. Immutable. */
    private record Told(ConnectionView connection, List<String> labels, @Nullable Object token) {}

    @Override
    public Object onOpened(ConnectionView connection) {
        SocketAddress local = connection.localAddress();
        SocketAddress remote = connection.remoteAddress();
        List<String> labels = List.of(host(local), port(local), host(remote), port(remote));
        connection.aside(() -> opened(labels));
        return new Told(connection, labels, next.onOpened(connection));
    }

    @Override
    public void onClosed(@Nullable Object token) {
        if (!(token instanceof Told told)) return;
        next.onClosed(told.token);
        told.connection.aside(() -> count(-1, told.labels));
    }

    @Override
    public void onListening(List<SocketAddress> addresses) {
        next.onListening(addresses);
    }

    @Override
    public void onListenersClosed() {
        next.onListenersClosed();
    }

    @Override
    public void onTerminated() {
        next.onTerminated();
    }

    private void opened(List<String> labels) {
        LongCounterMetricInstrument created = InternalTcpMetrics.CONNECTIONS_CREATED_INSTRUMENT;
        for (MetricSink sink : sinks) {
            prepare(sink, created);
            sink.addLongCounter(created, 1, List.of(), labels);
        }
        count(1, labels);
    }

    private void count(long change, List<String> labels) {
        LongUpDownCounterMetricInstrument open = InternalTcpMetrics.CONNECTION_COUNT_INSTRUMENT;
        for (MetricSink sink : sinks) {
            prepare(sink, open);
            sink.addLongUpDownCounter(open, change, List.of(), labels);
        }
    }

    /** A sink learns of instruments when one that it does not know is used. */
    private static void prepare(MetricSink sink, MetricInstrument instrument) {
        if (sink.getMeasuresSize() > instrument.getIndex()) return;
        sink.updateMeasures(MetricInstrumentRegistry.getDefaultRegistry().getMetricInstruments());
    }

    private static String host(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) return "";
        return inet.getAddress() == null
                ? inet.getHostString()
                : inet.getAddress().getHostAddress();
    }

    private static String port(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? Integer.toString(inet.getPort()) : "";
    }
}
