package io.gyrfalcon.eventloop;

import io.gyrfalcon.primitives.flags.Flag;
import io.gyrfalcon.primitives.flags.FlagCatalog;

/** The flags of this module. Immutable. */
public final class LoopFlags implements FlagCatalog {
    /** epoll instead of NIO where it can be used. */
    public static final Flag EPOLL =
            Flag.declare(
                    "epoll",
                    "loops wait in epoll through the Foreign Function and Memory API",
                    "group of loops",
                    true,
                    "loops wait in a java.nio.channels.Selector");

    /** One listening socket per loop. */
    public static final Flag SO_REUSEPORT =
            Flag.declare(
                    "so-reuseport",
                    "every loop listens on a socket of its own; the kernel spreads connections",
                    "listener",
                    false,
                    "one loop accepts; connections go to the loop that has fewest");

    /** One hand-over of tasks per turn. */
    public static final Flag RUNNER_BATCHING =
            Flag.declare(
                    "runner-batching",
                    "tasks of one turn are handed to a runner together",
                    "loop",
                    true,
                    "every task wakes a runner of its own");

    /** No second recv after a short one. */
    public static final Flag SHORT_READ_IS_DRAINED =
            Flag.declare(
                    "short-read-is-drained",
                    "a TCP read that did not fill the buffer has emptied the socket",
                    "loop",
                    true,
                    "every read is repeated until the socket says that it is empty");

    /** One system call for output that lies in several slabs. */
    public static final Flag WRITEV =
            Flag.declare(
                    "writev",
                    "output that lies in several slabs leaves in one system call",
                    "loop",
                    true,
                    "one system call per slab");

    /** Connections that go where less is to do. */
    public static final Flag CONNECTION_MOVES =
            Flag.declare(
                    "connection-moves",
                    "busy connections move from the busiest loop to the idlest",
                    "group of loops",
                    true,
                    "a connection stays on the loop that it was placed on");

    /** Letters of runners that do not wake the loop. */
    public static final Flag QUIET_LETTERS =
            Flag.declare(
                    "quiet-letters",
                    "answers of a batch of tasks wake the loop once, with the last one",
                    "loop",
                    true,
                    "every answer wakes a loop that sleeps");

    /** Loops that look instead of sleeping, where their settings say so. */
    public static final Flag IDLE_SPINNING =
            Flag.declare(
                    "idle-spinning",
                    "a loop whose idle policy is adaptive or spin looks without sleeping",
                    "loop",
                    true,
                    "every loop sleeps until something happens, whatever its idle policy");

    /** Runners on the loop itself. */
    public static final Flag CARRIED_RUNNERS =
            Flag.declare(
                    "carried-runners",
                    "loops carry the virtual threads of their runners themselves",
                    "group of loops",
                    true,
                    "the JDK's scheduler carries them");

    /** A loop is taken from user code that holds it. */
    public static final Flag HAND_OVER =
            Flag.declare(
                    "hand-over",
                    "a spare thread takes a loop that user code has held for 2 ms",
                    "group of loops",
                    true,
                    "a loop waits for the user code that it carries");

    /** Made by ServiceLoader. */
    public LoopFlags() {}

    @Override
    public void declareAll() {
        // Loading this class has declared them.
    }
}
