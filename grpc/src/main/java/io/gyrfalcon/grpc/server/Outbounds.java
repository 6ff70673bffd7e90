package io.gyrfalcon.grpc.server;

import io.gyrfalcon.eventloop.Loop;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Outbound messages, each lent to one thread while it frames a message. A message is lent only as
 * long as it is serialised, so there are no more in use than threads at work. Any thread.
 */
public final class Outbounds {
    /** A power of two. */
    private static final int IDLE_MAX = 64;

    private static final int PROBES = 4;

    /** Threads look from places of their own on, which spreads them. */
    private final AtomicReferenceArray<@Nullable OutboundMessage> idle =
            new AtomicReferenceArray<>(IDLE_MAX);

    private final boolean isRecycling;

    /** None lent yet. */
    public Outbounds(boolean isRecycling) {
        this.isRecycling = isRecycling;
    }

    /** One that takes its slabs where any thread may. */
    public OutboundMessage lend(Loop loop) {
        int place = place();
        for (int i = 0; i < PROBES; i++) {
            int at = (place + i) & (IDLE_MAX - 1);
            if (idle.get(at) == null) continue;
            OutboundMessage known = idle.getAndSet(at, null);
            if (known != null) return known;
        }
        return new OutboundMessage(loop.sharedSlabs());
    }

    /** It may be lent again. */
    public void giveBack(OutboundMessage message) {
        message.clear();
        if (!isRecycling) return;
        int place = place();
        for (int i = 0; i < PROBES; i++) {
            if (idle.compareAndSet((place + i) & (IDLE_MAX - 1), null, message)) return;
        }
    }

    private static int place() {
        return (int) Thread.currentThread().threadId();
    }
}
