package io.gyrfalcon.eventloop.poll;

/** What a poller tells about its sockets. Loop-owned: called by {@link Poller#deliver}. */
public interface Ready {
    /** There is something to receive, or to accept. */
    int INPUT = 1;

    /** The socket takes output again. */
    int OUTPUT = 2;

    /** The peer has ended its output; what it sent before may still wait. */
    int INPUT_END = 4;

    /** Both directions are over. */
    int HANG_UP = 8;

    /** The socket has failed; {@link Wire#error()} says how. */
    int BROKEN = 16;

    /** Nothing new: the loop gives the turn that was asked for. */
    int AGAIN = 32;

    /**
     * Something has changed. Edge-triggered: said once, until the socket has been used to the end
     * of what it offers.
     *
     * @param what a sum of the constants of this interface
     */
    void onReady(int what);

    /** The poller is about to close: everything of this loop ends. */
    void onPollerEnd();
}
