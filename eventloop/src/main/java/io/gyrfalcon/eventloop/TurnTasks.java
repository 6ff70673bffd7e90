package io.gyrfalcon.eventloop;

import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/** What is to be done at the end of a turn. Loop-owned. */
@LoopOwned
@HotPath
final class TurnTasks {
    private @Nullable TurnTask[] tasks = new TurnTask[16];
    private @Nullable TurnTask[] spare = new TurnTask[16];
    private int count;

    boolean isEmpty() {
        return count == 0;
    }

    /** Also from a task that runs: then for the next {@link #run}. */
    void add(TurnTask task) {
        if (count == tasks.length) tasks = Arrays.copyOf(tasks, count * 2);
        tasks[count++] = task;
    }

    /** Does what was added so far. */
    void run(Loop loop) {
        @Nullable TurnTask[] given = tasks;
        int givenCount = count;
        tasks = spare;
        spare = given;
        count = 0;
        for (int i = 0; i < givenCount; i++) {
            TurnTask task = given[i];
            given[i] = null;
            try {
                if (task != null) task.onTurnEnd(loop);
            } catch (Throwable failure) {
                Failures.log("a task at the end of a turn failed", failure);
            }
        }
    }
}
