package io.gyrfalcon.grpc.server;

/** Where user code of a server runs. */
public enum Lane {
    /** On the engine's runners; blocking is safe. */
    RUNNER,
    /** On the loop itself, by {@code directExecutor()}; the user promises not to block. */
    DIRECT,
    /** On the executor that the user gave. */
    EXECUTOR
}
