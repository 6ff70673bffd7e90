package io.gyrfalcon.eventloop;

import io.gyrfalcon.eventloop.poll.Wire;
import io.gyrfalcon.primitives.memory.SlabChain;

import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;

/** A connection whose packets arrive on a given CPU, and nothing else. */
record ArrivingWire(int incomingCpu) implements Wire {
    @Override
    public int finishConnect() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int receive(MemorySegment target, int capacity) {
        return NOTHING;
    }

    @Override
    public boolean isDrainedByShortRead() {
        return true;
    }

    @Override
    public long send(SlabChain source) {
        return 0;
    }

    @Override
    public void shutdownOutput() {}

    @Override
    public int error() {
        return 0;
    }

    @Override
    public void close() {}

    @Override
    public SocketAddress localAddress() {
        throw new UnsupportedOperationException();
    }

    @Override
    public SocketAddress remoteAddress() {
        throw new UnsupportedOperationException();
    }
}
