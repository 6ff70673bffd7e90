package io.gyrfalcon.grpc.client;

import io.grpc.ConnectivityState;

/** What a balancer tells, on the channel's loop. */
interface BalancerEvents {
    /** The state is this one, and calls go there, from now on. */
    void onPicker(ConnectivityState state, CallPicker picker);

    /** The resolver should look again. */
    void onStale();
}
