package io.gyrfalcon.grpc.server;

/** Which set of limits holds where the user named none. */
public enum Profile {
    /** A trusted network: many long connections, many streams. */
    MESH(10, 0),
    /** The open network: anybody may connect. */
    EDGE(5, 100);

    private final int handshakeSeconds;
    private final int inflationMax;

    Profile(int handshakeSeconds, int inflationMax) {
        this.handshakeSeconds = handshakeSeconds;
        this.inflationMax = inflationMax;
    }

    /** How long a TLS handshake may take, and the HTTP/2 preface. */
    public long handshakeNanos() {
        return handshakeSeconds * 1_000_000_000L;
    }

    /** How many times its size a message may become once that is much; 0: any. */
    int inflationMax() {
        return inflationMax;
    }
}
