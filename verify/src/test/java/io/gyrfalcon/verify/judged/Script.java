package io.gyrfalcon.verify.judged;

import java.io.IOException;

/** What a server does with one connection. Runs on a thread of its own, and may block. */
interface Script {
    /** Plays until the connection, or the script, is at its end; the connection is then closed. */
    void play(Wire wire) throws IOException;
}
