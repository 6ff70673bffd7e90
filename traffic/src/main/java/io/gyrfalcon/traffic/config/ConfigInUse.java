package io.gyrfalcon.traffic.config;

import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

/**
 * The service config that a channel goes by while its resolver's answers come in: gRFC A21, as
 * grpc-java reads it. Loop-owned, or by one thread at a time.
 *
 * @param <C> what the caller makes of a config; equal ones are the same config
 */
@LoopOwned
public final class ConfigInUse<C> {
    /** What an answer means. */
    public enum Outcome {
        /** Another config counts from now on: calls of the old throttle are forgotten. */
        CHANGED,
        /** The same config counts. */
        SAME,
        /** There is nothing to go by: the whole answer counts as a failure of the resolver. */
        FAULT
    }

    private final @Nullable C fallback;
    private final C empty;
    private final boolean isLookedUp;
    private C current;
    private boolean isKnown;

    /**
     * Before any answer.
     *
     * @param fallback the channel's own config, for want of another
     * @param empty a config that says nothing
     * @param isLookedUp if not, what the resolver says is not even looked at
     */
    public ConfigInUse(@Nullable C fallback, C empty, boolean isLookedUp) {
        this.fallback = fallback;
        this.empty = empty;
        this.isLookedUp = isLookedUp;
        current = fallback == null ? empty : fallback;
        isKnown = !isLookedUp;
    }

    /** Whether calls may go by {@link #current}: if not, they wait for an answer. */
    public boolean isKnown() {
        return isKnown;
    }

    /** What counts now. */
    public C current() {
        return current;
    }

    /**
     * The resolver answered.
     *
     * @param config what came with it, if it could be read
     * @param isFault whether something came that could not be read
     */
    public Outcome onAnswer(@Nullable C config, boolean isFault) {
        if (!isLookedUp) return Outcome.SAME;
        if (config != null) return use(config);
        if (fallback != null) return use(fallback);
        if (!isFault) return use(empty);
        return isKnown ? Outcome.SAME : Outcome.FAULT;
    }

    private Outcome use(C next) {
        isKnown = true;
        if (next.equals(current)) return Outcome.SAME;
        current = next;
        return Outcome.CHANGED;
    }
}
