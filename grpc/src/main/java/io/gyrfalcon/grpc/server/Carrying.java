package io.gyrfalcon.grpc.server;

/** Whether the calls of a method run on runners that their loop carries itself. */
public enum Carrying {
    /** Once they are measured to be short, and for as long as they are. */
    MEASURED,
    /** From the first call on, however long they take. */
    ALWAYS,
    /** Never: the JDK's scheduler carries them. */
    NEVER
}
