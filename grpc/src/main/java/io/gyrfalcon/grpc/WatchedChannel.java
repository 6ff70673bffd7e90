package io.gyrfalcon.grpc;

import io.grpc.ManagedChannel;
import io.gyrfalcon.grpc.client.ForwardingChannel;

import org.jspecify.annotations.Nullable;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A channel as its user holds it: one that the user forgets without shutting it down is reported
 * once. Any thread.
 */
/*
 * Nothing of the engine points here, so that the garbage collector may find it. Forgotten ones are
 * looked for when another channel is made or shut down, as grpc-java does: no thread waits for
 * them. Where it was made is noted unless a property of grpc-java's name says no.
 */
final class WatchedChannel extends ForwardingChannel {
    private static final System.Logger LOG = System.getLogger("io.gyrfalcon.grpc");
    private static final String TRACKING = "io.grpc.ManagedChannel.enableAllocationTracking";
    private static final ReferenceQueue<WatchedChannel> QUEUE = new ReferenceQueue<>();
    private static final Set<Trail> TRAILS = ConcurrentHashMap.newKeySet();

    private final Trail trail;

    private WatchedChannel(ManagedChannel channel, Consumer<Forgotten> onForgotten) {
        super(channel);
        trail = new Trail(this, channel.toString(), onForgotten);
        TRAILS.add(trail);
    }

    /** Watches over a channel. */
    static ManagedChannel of(ManagedChannel channel) {
        return of(channel, WatchedChannel::report);
    }

    static ManagedChannel of(ManagedChannel channel, Consumer<Forgotten> onForgotten) {
        reportForgotten();
        return new WatchedChannel(channel, onForgotten);
    }

    /** Reports those that the garbage collector has found since. */
    static void reportForgotten() {
        for (Object found = QUEUE.poll(); found != null; found = QUEUE.poll()) {
            if (found instanceof Trail left) left.end();
        }
    }

    private static void report(Forgotten channel) {
        LOG.log(
                System.Logger.Level.ERROR,
                "*~*~*~ Previous channel "
                        + channel.name
                        + " was garbage collected without being shut down! ~*~*~*\n"
                        + "    Make sure to call shutdown()/shutdownNow()",
                channel.site);
    }

    /**
     * A channel that nobody can shut down any more. Immutable.
     *
     * @param site where it was made, or null where that was not noted
     */
    record Forgotten(String name, @Nullable RuntimeException site) {}

    /** What is left of a channel. Any thread. */
    private static final class Trail extends WeakReference<WatchedChannel> {
        private final Forgotten forgotten;
        private final Consumer<Forgotten> onForgotten;
        private final AtomicBoolean isOver = new AtomicBoolean();

        Trail(WatchedChannel of, String name, Consumer<Forgotten> onForgotten) {
            super(of, QUEUE);
            boolean isTracked = Boolean.parseBoolean(System.getProperty(TRACKING, "true"));
            forgotten =
                    new Forgotten(
                            name,
                            isTracked
                                    ? new RuntimeException("ManagedChannel allocation site")
                                    : null);
            this.onForgotten = onForgotten;
        }

        /** The user has not forgotten it. */
        void settle() {
            isOver.set(true);
            TRAILS.remove(this);
            clear();
        }

        void end() {
            TRAILS.remove(this);
            if (isOver.compareAndSet(false, true)) onForgotten.accept(forgotten);
        }
    }

    @Override
    public ManagedChannel shutdown() {
        trail.settle();
        reportForgotten();
        return super.shutdown();
    }

    @Override
    public ManagedChannel shutdownNow() {
        trail.settle();
        reportForgotten();
        return super.shutdownNow();
    }

    @Override
    public String toString() {
        return channel.toString();
    }
}
