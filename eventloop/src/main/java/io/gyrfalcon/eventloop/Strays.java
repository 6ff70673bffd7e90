package io.gyrfalcon.eventloop;

import io.gyrfalcon.eventloop.machine.SystemFiles;
import io.gyrfalcon.eventloop.poll.ThreadAffinity;

import org.jspecify.annotations.Nullable;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Sets threads free that were started on a pinned loop and have inherited its CPU. A thread of its
 * own; {@link #end} is for any thread.
 */
final class Strays extends Thread {
    /*
     * A thread runs where the one that started it may run. The JDK starts carriers of virtual
     * threads from whichever thread has work for them, user code starts pools from handlers: on a
     * pinned loop all of them would share its CPU for good. Nothing tells us of such a start, so
     * the process's threads are looked at, often at first, then once a second.
     */
    private static final long PAUSE_MIN_MILLIS = 20;
    private static final long PAUSE_MAX_MILLIS = 1000;

    private final Set<List<Integer>> places;
    private final List<Integer> everywhere;
    private final CountDownLatch ending = new CountDownLatch(1);

    private Strays(Set<List<Integer>> places, List<Integer> everywhere) {
        super(null, null, "gyrfalcon-strays", 0, false);
        this.places = places;
        this.everywhere = everywhere;
        setDaemon(true);
    }

    /** Starts watching; null where none of these places confines those that are started there. */
    static @Nullable Strays watch(List<Place> all) {
        Set<List<Integer>> confining = new HashSet<>();
        for (Place place : all) {
            if (!place.cpus().equals(place.everywhere())) confining.add(place.cpus());
        }
        if (confining.isEmpty()) return null;
        Strays strays = new Strays(confining, all.getFirst().everywhere());
        strays.start();
        return strays;
    }

    @Override
    public void run() {
        long pause = PAUSE_MIN_MILLIS;
        try {
            while (!ending.await(pause, TimeUnit.MILLISECONDS)) {
                sweep();
                pause = Math.min(pause * 2, PAUSE_MAX_MILLIS);
            }
        } catch (InterruptedException e) {
            interrupt();
        }
    }

    private void sweep() {
        for (int thread : SystemFiles.ofMachine().numbered("proc/self/task", "")) {
            if (ThreadAffinity.isPinned(thread)) continue;
            if (places.contains(ThreadAffinity.of(thread))) ThreadAffinity.set(thread, everywhere);
        }
    }

    void end() {
        ending.countDown();
    }
}
