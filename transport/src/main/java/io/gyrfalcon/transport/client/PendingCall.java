package io.gyrfalcon.transport.client;

/** A call that is to be opened on some connection of an endpoint. Loop-owned. */
public interface PendingCall {
    /** Whether anybody still waits for it; one that was given up is dropped. */
    boolean isWanted();

    /** The connection takes a call now: {@link ClientConnection#call} it. */
    void onConnection(ClientConnection connection);

    /** No connection of the endpoint will take it; the server has not heard of it. */
    void onFailed(CallStatus status);
}
