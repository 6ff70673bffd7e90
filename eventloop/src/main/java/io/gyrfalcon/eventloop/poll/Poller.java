package io.gyrfalcon.eventloop.poll;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.SocketOptions;

import java.io.IOException;
import java.net.SocketAddress;

/**
 * Tells one loop which of its sockets are ready. Loop-owned, except for {@link #wakeUp} and {@link
 * #listen}.
 *
 * <p>All implementations behave alike: edge-triggered, see {@link Ready#onReady}.
 */
public interface Poller {
    /** What {@link #threadCpuNanos} says where it knows nothing. */
    long UNKNOWN = -1;

    /**
     * Waits until something is ready, {@link #wakeUp} is called or the time is over.
     *
     * @param nanosMax 0: only looks; {@link Long#MAX_VALUE}: waits for ever. Never returns more
     *     than 1 ms early or late of its own accord
     * @return how many sockets {@link #deliver} will tell
     */
    int await(long nanosMax);

    /** Tells what {@link #await} found. A target that was removed in the meantime hears nothing. */
    void deliver();

    /** Ends the current or the next {@link #await}. Any thread. */
    void wakeUp();

    /**
     * Opens a listening socket, not yet registered. Any thread.
     *
     * @param shared whether other sockets may be bound to the same address at the same time
     *     (SO_REUSEPORT)
     * @throws IOException when the address cannot be bound, with the address and the system's
     *     reason
     */
    Port listen(SocketAddress address, ListenOptions options, boolean shared) throws IOException;

    /**
     * Begins to connect, without waiting. The wire is not registered yet; once it is, the first
     * thing that is told about it says that {@link Wire#finishConnect} knows how it went.
     * Loop-owned.
     *
     * @throws IOException when it fails at once, with the address and the system's reason
     */
    Wire connect(SocketAddress address, SocketOptions options) throws IOException;

    /**
     * Starts telling {@code target} about a wire that a port of the same kind of poller has
     * accepted, or that this poller connects.
     */
    void register(Wire wire, Ready target) throws IOException;

    /** Starts telling {@code target} about waiting connections. */
    void register(Port port, Ready target) throws IOException;

    /** Stops telling about a wire and leaves it open, so that another poller can take it. */
    void deregister(Wire wire);

    /** Forgets a port. */
    void deregister(Port port);

    /**
     * CPU time that the calling thread has used so far, or {@link #UNKNOWN} where that cannot be
     * told, or not yet.
     */
    long threadCpuNanos();

    /** Calls {@link Ready#onPollerEnd} of everything that is registered. */
    void endTargets();

    /** Releases what the poller itself holds. */
    void close();
}
