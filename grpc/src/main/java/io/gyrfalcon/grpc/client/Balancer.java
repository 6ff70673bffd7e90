package io.gyrfalcon.grpc.client;

import io.grpc.Status;

/** A balancing policy at work in one channel. Loop-owned. */
interface Balancer {
    /** The servers by now, and what the policy is configured with. */
    void onResolved(Resolved resolved, Balancing config);

    /** The resolver failed. */
    void onUnresolved(Status why);

    /** Somebody wants a connection without calling. */
    void requestConnection();

    /** Lets its connections go, once their calls have ended. It publishes nothing any more. */
    void shutDown();
}
