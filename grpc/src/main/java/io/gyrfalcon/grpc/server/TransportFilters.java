package io.gyrfalcon.grpc.server;

import io.grpc.Attributes;
import io.grpc.ServerTransportFilter;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** The transport filters of a server, in the order of their addition. User code; see each call. */
public final class TransportFilters {
    private final ServerTransportFilter[] filters;

    public TransportFilters(List<ServerTransportFilter> filters) {
        this.filters = filters.toArray(new ServerTransportFilter[0]);
    }

    /** Whether a connection needs no filtering. */
    public boolean isEmpty() {
        return filters.length == 0;
    }

    /**
     * A connection may carry calls, TLS included; not on a loop's own stack.
     *
     * @return the attributes of its calls
     * @throws RuntimeException as a filter throws; the connection is then refused
     */
    public Attributes ready(Attributes attributes) {
        Attributes filtered = attributes;
        for (ServerTransportFilter filter : filters) {
            filtered = filter.transportReady(filtered);
            if (filtered == null) {
                throw new NullPointerException("Filter " + filter + " returned null");
            }
        }
        return filtered;
    }

    /**
     * A connection is gone; not on a loop's own stack.
     *
     * @param attributes what {@link #ready} returned; null if it was never ready
     */
    public void terminated(@Nullable Attributes attributes) {
        for (ServerTransportFilter filter : filters) {
            filter.transportTerminated(attributes);
        }
    }
}
