package io.gyrfalcon.transport.client;

import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.transport.server.CallAcceptor;
import io.gyrfalcon.transport.server.CallEvents;
import io.gyrfalcon.transport.server.Route;
import io.gyrfalcon.transport.server.ServerCall;
import io.gyrfalcon.transport.server.ServerConnection;

import java.lang.foreign.MemorySegment;

/** A server's calls that send back every message, and end when the request does. One thread. */
final class Answering implements CallAcceptor {
    private static final FieldBlock HEAD =
            FieldBlock.of(":status", "200", "content-type", "application/grpc");

    int calls;
    int resets;

    @Override
    public Route route(String path) {
        return () -> false;
    }

    @Override
    public CallEvents onCall(ServerCall call) {
        calls++;
        return new Echo(call);
    }

    @Override
    public void onConnected(ServerConnection connection) {}

    @Override
    public void onDisconnected(ServerConnection connection) {}

    private final class Echo implements CallEvents {
        private final ServerCall call;
        private boolean hasEnded;

        Echo(ServerCall call) {
            this.call = call;
        }

        @Override
        public void onStart() {}

        @Override
        public void onMessage(
                MemorySegment bytes,
                long offset,
                int length,
                boolean compressed,
                Slab home,
                boolean last) {
            if (!hasEnded) {
                if (!call.hasSentHeaders()) call.sendHeaders(HEAD, null, 0);
                SlabChain chain = call.beginMessage(5 + length);
                byte[] prefix = {
                    0,
                    (byte) (length >> 24),
                    (byte) (length >> 16),
                    (byte) (length >> 8),
                    (byte) length
                };
                chain.append(prefix, 0, 5);
                chain.append(bytes, offset, length);
                call.endMessage();
            }
            if (home != null) home.release();
            if (last) onHalfClose();
        }

        @Override
        public void onHalfClose() {
            if (hasEnded) return;
            hasEnded = true;
            call.sendTrailers(0, null, 0);
        }

        @Override
        public boolean wantsMessages() {
            return true;
        }

        @Override
        public void onReady() {}

        @Override
        public void onSent() {}

        @Override
        public void onBroken(int code, String description) {
            hasEnded = true;
            call.sendTrailers(code, null, 0);
        }

        @Override
        public void onClosed(boolean reset) {
            if (reset) resets++;
            call.release();
        }
    }
}
