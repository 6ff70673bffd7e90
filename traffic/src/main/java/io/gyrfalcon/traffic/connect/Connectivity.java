package io.gyrfalcon.traffic.connect;

/** How reachable an address, an endpoint or a channel is: gRPC's connectivity states. */
public enum Connectivity {
    /** Nobody has asked for a connection. */
    IDLE,
    /** A connection is being made. */
    CONNECTING,
    /** A connection is up. */
    READY,
    /** Connecting failed; it will be tried again after a while. */
    TRANSIENT_FAILURE,
    /** Closed for good. */
    SHUTDOWN
}
