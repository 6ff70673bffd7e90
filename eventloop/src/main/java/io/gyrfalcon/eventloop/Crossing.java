package io.gyrfalcon.eventloop;

/**
 * A socket on its way from one loop to another: it belongs to this letter until that is delivered.
 */
final class Crossing implements Letter {
    private final LoopSocket socket;
    private final Loop from;
    private final Loop target;

    /** The target has ended: it goes back where it came from. */
    private boolean isReturning;

    Crossing(LoopSocket socket, Loop from, Loop target) {
        this.socket = socket;
        this.from = from;
        this.target = target;
    }

    @Override
    public void deliver(Loop on) {
        if (on != target) {
            target.connectionGone();
            on.connectionPlaced();
        }
        on.catchUp();
        socket.arrive(on);
    }

    @Override
    public void onUndelivered() {
        if (!isReturning) {
            isReturning = true;
            if (from.post(this)) return;
        }
        socket.lose(target);
    }
}
