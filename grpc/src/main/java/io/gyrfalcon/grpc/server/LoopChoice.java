package io.gyrfalcon.grpc.server;

import io.gyrfalcon.eventloop.IdlePolicy;
import io.gyrfalcon.eventloop.Pinning;
import io.gyrfalcon.eventloop.PollerKind;

import org.jspecify.annotations.Nullable;

/**
 * Which loops a server wants. Immutable.
 *
 * @param count how many of its own; 0: as many as suit this machine
 * @param poller how they learn what is ready
 * @param idle what they do without work; null: as the process has it
 * @param pinning on which CPUs they run; null: as the process has it
 */
public record LoopChoice(
        int count, PollerKind poller, @Nullable IdlePolicy idle, @Nullable Pinning pinning) {
    private static final LoopChoice SHARED = new LoopChoice(0, PollerKind.AUTO, null, null);

    /** Checks the count. */
    public LoopChoice {
        if (count < 0) throw new IllegalArgumentException("loops: " + count + " (expected: >= 0)");
    }

    /** The loops of the process: what a server gets that wishes for nothing. */
    public static LoopChoice shared() {
        return SHARED;
    }

    /** Whether the loops of the process will do. */
    boolean isShared() {
        return equals(SHARED);
    }

    /** This choice with another number of loops. */
    public LoopChoice withCount(int loops) {
        return new LoopChoice(loops, poller, idle, pinning);
    }

    /** This choice with another poller. */
    public LoopChoice withPoller(PollerKind kind) {
        return new LoopChoice(count, kind, idle, pinning);
    }

    /** This choice with another idle policy. */
    public LoopChoice withIdle(IdlePolicy policy) {
        return new LoopChoice(count, poller, policy, pinning);
    }

    /** This choice with loops on other CPUs. */
    public LoopChoice withPinning(Pinning where) {
        return new LoopChoice(count, poller, idle, where);
    }
}
