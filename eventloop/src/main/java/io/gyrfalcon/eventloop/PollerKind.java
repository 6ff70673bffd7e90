package io.gyrfalcon.eventloop;

/** Which mechanism tells a loop what is ready. */
public enum PollerKind {
    /** epoll where it can be used, else NIO with one line of warning. */
    AUTO,
    /** epoll through the Foreign Function and Memory API: Linux, native access enabled. */
    EPOLL,
    /** {@link java.nio.channels.Selector}: everywhere. */
    NIO
}
