package io.gyrfalcon.transport.client;

import io.gyrfalcon.traffic.connect.Connectivity;

import org.jspecify.annotations.Nullable;

/** What an endpoint tells, on its loop. */
public interface EndpointEvents {
    /**
     * The endpoint's state is another one.
     *
     * @param why what failed, or ended the last connection; else {@code null}
     */
    void onState(Endpoint endpoint, Connectivity state, @Nullable CallStatus why);

    /**
     * Who hears of a connection that is begun: the endpoint, or somebody who hands on what it has
     * to hear.
     *
     * @param own the endpoint's
     */
    default ConnectionEvents connectionEvents(ConnectionEvents own) {
        return own;
    }

    /** It was shut down and its last connection has ended. The last event. */
    void onTerminated(Endpoint endpoint);
}
