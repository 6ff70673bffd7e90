package io.gyrfalcon.grpc.client;

import io.grpc.Attributes;
import io.grpc.ClientTransportFilter;

import java.util.List;

/**
 * The transport filters of a channel, in the order of their addition. User code; see each call.
 *
 * @param filters none: connections need no filtering
 */
public record ClientFilters(List<ClientTransportFilter> filters) {
    public ClientFilters {
        filters = List.copyOf(filters);
    }

    boolean isEmpty() {
        return filters.isEmpty();
    }

    /**
     * A connection may carry calls, TLS included; not on a loop's own stack.
     *
     * @return the attributes of its calls
     * @throws RuntimeException as a filter throws; the connection is then given up
     */
    Attributes ready(Attributes attributes) {
        Attributes filtered = attributes;
        for (ClientTransportFilter filter : filters) {
            filtered = filter.transportReady(filtered);
            if (filtered == null) {
                throw new NullPointerException("Filter " + filter + " returned null");
            }
        }
        return filtered;
    }

    /**
     * A connection is gone that was ready; not on a loop's own stack.
     *
     * @param attributes what {@link #ready} has made
     */
    void terminated(Attributes attributes) {
        for (ClientTransportFilter filter : filters) filter.transportTerminated(attributes);
    }
}
