package io.gyrfalcon.eventloop.run;

import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.Slab;

import org.jspecify.annotations.Nullable;

/** Tasks that wait for a carried runner, first come, first served. Grows; loop-owned. */
@HotPath
@LoopOwned
final class ReadyTasks {
    private @Nullable CarriedTask[] tasks = new CarriedTask[64];
    private @Nullable Slab[] freights = new Slab[64];
    private int[] labels = new int[64];
    private int head;
    private int count;

    void add(CarriedTask task, @Nullable Slab freight, int label) {
        if (count == tasks.length) grow();
        int at = (head + count) & (tasks.length - 1);
        tasks[at] = task;
        freights[at] = freight;
        labels[at] = label;
        count++;
    }

    private void grow() {
        int length = tasks.length;
        @Nullable CarriedTask[] moreTasks = new CarriedTask[2 * length];
        @Nullable Slab[] moreFreights = new Slab[2 * length];
        unwind(tasks, moreTasks, length);
        unwind(freights, moreFreights, length);
        tasks = moreTasks;
        freights = moreFreights;
        int[] moreLabels = new int[2 * length];
        unwind(labels, moreLabels, length);
        labels = moreLabels;
        head = 0;
    }

    /** Copies a full ring, from its head on, to the beginning of a larger one. */
    private void unwind(Object from, Object to, int length) {
        System.arraycopy(from, head, to, 0, length - head);
        System.arraycopy(from, 0, to, length - head, head);
    }

    boolean isEmpty() {
        return count == 0;
    }

    int count() {
        return count;
    }

    /** Moves the first task, if there is one, into the runner's hands. */
    boolean moveTo(CarriedRunner runner) {
        if (count == 0) return false;
        int at = head;
        runner.task = tasks[at];
        runner.freight = freights[at];
        runner.label = labels[at];
        tasks[at] = null;
        freights[at] = null;
        head = (at + 1) & (tasks.length - 1);
        count--;
        return true;
    }
}
