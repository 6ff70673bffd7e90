package io.gyrfalcon.transport.server;

import io.gyrfalcon.eventloop.SocketHandler;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** The handler of a connection that was accepted when its server had ended. Stateless. */
final class Late implements SocketHandler {
    static final Late HANDLER = new Late();

    private Late() {}

    @Override
    public void onReceived(MemorySegment bytes, int length) {}

    @Override
    public void onBatchEnd() {}

    @Override
    public void onInputEnd() {}

    @Override
    public void onDrained() {}

    @Override
    public void onClosed(@Nullable IOException cause) {}
}
