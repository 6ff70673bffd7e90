package io.gyrfalcon.traffic.retry;

/** How far an attempt came before it ended. */
public enum Progress {
    /** A server's application may have seen it, or there was nowhere to send it. */
    PROCESSED,
    /** It reached a server that promises that no application saw it: REFUSED_STREAM, GOAWAY. */
    REFUSED,
    /** It never left us. */
    MISCARRIED,
    /** Balancing dropped it. */
    DROPPED
}
