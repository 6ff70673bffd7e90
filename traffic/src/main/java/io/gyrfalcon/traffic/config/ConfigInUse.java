package io.gyrfalcon.traffic.config;

import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

/**
 * The service config that a channel goes by while its resolver's answers come in: gRFC A21, as
 * grpc-java reads it. Loop-owned.
 */
@LoopOwned
public final class ConfigInUse {
    /** What an answer means. */
    public enum Outcome {
        /** Another config counts from now on: calls of the old throttle are forgotten. */
        CHANGED,
        /** The same config counts. */
        SAME,
        /** There is nothing to go by: the whole answer counts as a failure of the resolver. */
        FAULT
    }

    private final @Nullable ServiceConfig fallback;
    private final boolean isLookedUp;
    private ServiceConfig current;
    private boolean isKnown;

    /**
     * Before any answer.
     *
     * @param fallback the channel's own config, for want of another
     * @param isLookedUp if not, what the resolver says is not even looked at
     */
    public ConfigInUse(@Nullable ServiceConfig fallback, boolean isLookedUp) {
        this.fallback = fallback;
        this.isLookedUp = isLookedUp;
        current = fallback == null ? ServiceConfig.EMPTY : fallback;
        isKnown = !isLookedUp;
    }

    /** Whether calls may go by {@link #current}: if not, they wait for an answer. */
    public boolean isKnown() {
        return isKnown;
    }

    /** What counts now. */
    public ServiceConfig current() {
        return current;
    }

    /**
     * The resolver answered.
     *
     * @param config what came with it, if it could be read
     * @param isFault whether something came that could not be read
     */
    public Outcome onAnswer(@Nullable ServiceConfig config, boolean isFault) {
        if (!isLookedUp) return Outcome.SAME;
        if (config != null) return use(config);
        if (fallback != null) return use(fallback);
        if (!isFault) return use(ServiceConfig.EMPTY);
        return isKnown ? Outcome.SAME : Outcome.FAULT;
    }

    private Outcome use(ServiceConfig next) {
        isKnown = true;
        if (next.equals(current)) return Outcome.SAME;
        current = next;
        return Outcome.CHANGED;
    }
}
