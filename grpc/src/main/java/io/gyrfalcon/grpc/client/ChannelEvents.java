package io.gyrfalcon.grpc.client;

import io.grpc.ConnectivityState;

/** What a channel's exchange tells, on its loop. */
public interface ChannelEvents {
    /** The state is this one from now on. */
    void onState(ConnectivityState state);

    /** It was shut down, and its last call and connection have ended. The last event. */
    void onTerminated();
}
