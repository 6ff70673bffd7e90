package io.gyrfalcon.grpc.client;

/** Where the calls of a channel go, as known at one moment. Loop-owned. */
@FunctionalInterface
interface CallPicker {
    /** Sends a call there, ends it, or has the exchange keep it until the next picker. */
    void place(Attempt call);
}
