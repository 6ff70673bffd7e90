package io.gyrfalcon.grpc.server;

import io.gyrfalcon.eventloop.Loop;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Recycled {@link OutboundMessage}s for user code off the loop, a handful: a message is lent for as
 * long as it is serialised, so there are no more in use than threads at work. Any thread.
 */
public final class Outbounds {
    private static final int IDLE_MAX = 64;

    private final ConcurrentLinkedQueue<OutboundMessage> idle = new ConcurrentLinkedQueue<>();
    private final AtomicInteger idleCount = new AtomicInteger();
    private final boolean isRecycling;

    /** None lent yet. */
    public Outbounds(boolean isRecycling) {
        this.isRecycling = isRecycling;
    }

    /** One that takes its slabs where any thread may. */
    public OutboundMessage lend(Loop loop) {
        @Nullable OutboundMessage known = idle.poll();
        if (known == null) return new OutboundMessage(loop.sharedSlabs());
        idleCount.decrementAndGet();
        return known;
    }

    /** It may be lent again. */
    public void giveBack(OutboundMessage message) {
        message.clear();
        if (!isRecycling || idleCount.get() >= IDLE_MAX) return;
        idleCount.incrementAndGet();
        idle.add(message);
    }
}
