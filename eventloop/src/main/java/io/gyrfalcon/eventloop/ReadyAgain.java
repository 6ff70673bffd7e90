package io.gyrfalcon.eventloop;

import io.gyrfalcon.eventloop.poll.Ready;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/** What had more to do than one turn allows. Loop-owned. */
@LoopOwned
@HotPath
final class ReadyAgain {
    private @Nullable Ready[] targets = new Ready[16];
    private @Nullable Ready[] spare = new Ready[16];
    private int count;

    boolean isEmpty() {
        return count == 0;
    }

    /** Also by one that is told: then for the next {@link #deliver}. */
    void add(Ready target) {
        if (count == targets.length) targets = Arrays.copyOf(targets, count * 2);
        targets[count++] = target;
    }

    /** Tells those that were added so far. */
    void deliver() {
        @Nullable Ready[] given = targets;
        int givenCount = count;
        targets = spare;
        spare = given;
        count = 0;
        int told = 0;
        try {
            while (told < givenCount) {
                Ready target = given[told];
                given[told++] = null;
                if (target != null) target.onReady(Ready.AGAIN);
            }
        } finally {
            while (told < givenCount) keep(given, told++);
        }
    }

    /** What a failure has left untold. */
    private void keep(@Nullable Ready[] given, int at) {
        Ready target = given[at];
        given[at] = null;
        if (target != null) add(target);
    }
}
