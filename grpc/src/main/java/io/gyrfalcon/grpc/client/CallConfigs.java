package io.gyrfalcon.grpc.client;

import io.grpc.Status;
import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The config that new calls go by, and the calls that began before there was one: these stay here
 * until they have ended. Loop-owned, but for {@link #current}.
 */
@LoopOwned
final class CallConfigs {
    private static final int DELAYED_MAX = 100_000;

    private final Set<DelayedCall<?, ?>> delayed = new LinkedHashSet<>();
    private volatile @Nullable CallConfig current;

    /**
     * Before any answer of a resolver.
     *
     * @param known what calls go by already, or {@code null}: they wait for an answer
     */
    CallConfigs(@Nullable CallConfig known) {
        current = known;
    }

    /** What calls go by; {@code null}: that is not known yet. Any thread. */
    @Nullable CallConfig current() {
        return current;
    }

    /** A call waits, or goes on at once. */
    void admit(DelayedCall<?, ?> call) {
        if (delayed.size() == DELAYED_MAX) {
            String text = "more than " + DELAYED_MAX + " calls wait for a name";
            call.end(Status.RESOURCE_EXHAUSTED.withDescription(text));
            return;
        }
        delayed.add(call);
        CallConfig known = current;
        if (known != null) call.goOn(known);
    }

    /** A call has ended. */
    void remove(DelayedCall<?, ?> call) {
        delayed.remove(call);
    }

    /** Whether there is no call that began early and has not ended. */
    boolean isEmpty() {
        return delayed.isEmpty();
    }

    /** Calls go by this from now on. */
    void use(CallConfig next) {
        boolean isFirst = current == null;
        current = next;
        if (!isFirst) return;
        for (DelayedCall<?, ?> call : delayed) call.goOn(next);
    }

    /** Ends all that wait still. */
    void abort(Status why) {
        for (DelayedCall<?, ?> call : delayed) call.end(why);
    }
}
