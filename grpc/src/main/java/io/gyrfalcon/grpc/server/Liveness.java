package io.gyrfalcon.grpc.server;

/**
 * How long things may last, in nanoseconds; Long.MAX_VALUE: for ever.
 *
 * @param handshakeNanos for a TLS handshake, and for the HTTP/2 preface that follows it
 * @param keepAliveNanos without a byte received until a PING is sent
 * @param keepAliveTimeoutNanos for the answer to it
 * @param permitKeepAliveNanos shortest time between a peer's PINGs
 * @param isKeepAlivePermittedWithoutCalls whether they may come while no call is open
 * @param idleNanos without a call until the connection is closed
 * @param ageNanos of a connection until it is closed, before jitter of 10 % either way
 * @param graceNanos for open calls after that
 */
public record Liveness(
        long handshakeNanos,
        long keepAliveNanos,
        long keepAliveTimeoutNanos,
        long permitKeepAliveNanos,
        boolean isKeepAlivePermittedWithoutCalls,
        long idleNanos,
        long ageNanos,
        long graceNanos) {}
