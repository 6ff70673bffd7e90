package io.gyrfalcon.grpc.client;

/** Looks for the servers of a target, from when its channel wakes until it rests. Loop-owned. */
interface Resolution {
    /** Looks for the first time; what is found is told at once, or later. */
    void start();

    /** Looks again, if what was found may have changed. */
    void refresh();

    /** Tells nothing more. */
    void close();
}
