package io.gyrfalcon.eventloop;

import java.lang.foreign.MemorySegment;

/** An {@link Echo} that goes where it is sent, and notes its ways. */
class Nomad extends Echo {
    volatile boolean isQuiet = true;
    volatile int leavings;
    volatile int arrivals;
    volatile int strays;

    Nomad(LoopSocket socket) {
        super(socket);
    }

    private void check() {
        if (!socket.loop().inLoop() || !socket.isOn(socket.loop())) strays++;
    }

    @Override
    public void onReceived(MemorySegment segment, int length) {
        check();
        super.onReceived(segment, length);
    }

    @Override
    public void onBatchEnd() {
        check();
        super.onBatchEnd();
    }

    @Override
    public void onInputEnd() {
        check();
        super.onInputEnd();
    }

    @Override
    public boolean isQuiet() {
        check();
        return isQuiet;
    }

    @Override
    public void onLeaving() {
        check();
        leavings++;
    }

    @Override
    public void onArrived() {
        check();
        arrivals++;
    }
}
