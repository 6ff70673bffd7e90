package io.gyrfalcon.grpc.client;

import io.gyrfalcon.grpc.server.OutboundMessage;
import io.gyrfalcon.primitives.memory.OutOfSlabs;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;
import io.gyrfalcon.transport.client.ClientCall;

import org.jspecify.annotations.Nullable;

/** A message on its way to the loop, prefix included. Its owner is whoever took it last. */
final class Outgoing {
    final int bytes;
    final long plainBytes;
    private @Nullable Slab small;
    private @Nullable SlabChain large;

    /**
     * Takes the message over.
     *
     * @throws OutOfSlabs if there is no memory for it
     */
    Outgoing(OutboundMessage message, SlabPool pool) {
        bytes = message.frameBytes();
        plainBytes = message.plainBytes();
        if (message.isSmall()) {
            Slab slab = pool.take(bytes);
            message.copyTo(slab.segment(), 0);
            small = slab;
            return;
        }
        SlabChain chain = new SlabChain(pool);
        try {
            message.moveTo(chain);
        } catch (OutOfSlabs e) {
            chain.clear();
            throw e;
        }
        large = chain;
    }

    /** Sends it. On the loop; by {@link #drop} it is given back. */
    void send(ClientCall call, boolean isLast) {
        SlabChain target = call.beginMessage(bytes);
        Slab slab = small;
        SlabChain chain = large;
        if (slab != null) target.append(slab.segment(), 0, bytes);
        if (chain != null) chain.moveTo(target, bytes);
        call.endMessage(isLast);
    }

    /** Whether it can be sent once more: a large one is moved, not copied. */
    boolean isWhole() {
        return small != null;
    }

    /** Gives back what the message lies in. */
    void drop() {
        Slab slab = small;
        SlabChain chain = large;
        small = null;
        large = null;
        if (slab != null) slab.release();
        if (chain != null) chain.clear();
    }
}
