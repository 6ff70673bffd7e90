package io.gyrfalcon.eventloop;

import io.gyrfalcon.eventloop.run.Carrier;

import org.jspecify.annotations.Nullable;

/**
 * What runners know of their loop. Classes, since the first lambda of a process costs its start.
 */
record CarriedLoop(Loop loop) implements Carrier.Host {
    @Override
    public void owned(@Nullable Thread owner) {
        loop.owned(owner);
    }

    @Override
    public void wakeUp() {
        loop.wakeUp();
    }

    @Override
    public void drive() {
        loop.drive();
    }

    /** What runners of the JDK's scheduler call at the end of a batch. */
    record Drained(Loop loop) implements Runnable {
        @Override
        public void run() {
            loop.wakeUpForMail();
        }
    }

    /** What runners of the JDK's scheduler call when more tasks wait than they have seen. */
    record WakeUp(Loop loop) implements Runnable {
        @Override
        public void run() {
            loop.wakeUp();
        }
    }
}
