package io.gyrfalcon.transport.server;

/** Where the calls of one {@code :path} go. Immutable; shared by connections and threads. */
public interface Route {

    /** Whether calls on this route look at request fields that the transport does not know. */
    boolean wantsFields();
}
