package io.gyrfalcon.grpc.server;

/** Which set of limits holds where the user named none. */
public enum Profile {
    /** A trusted network: many long connections, many streams. */
    MESH,
    /** The open network: anybody may connect. */
    EDGE
}
