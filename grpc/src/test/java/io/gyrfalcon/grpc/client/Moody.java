package io.gyrfalcon.grpc.client;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.time.Timer;
import io.gyrfalcon.transport.server.CallAcceptor;
import io.gyrfalcon.transport.server.CallEvents;
import io.gyrfalcon.transport.server.Route;
import io.gyrfalcon.transport.server.ServerCall;
import io.gyrfalcon.transport.server.ServerConnection;

import java.lang.foreign.MemorySegment;
import java.util.Random;

/**
 * A server's calls that send back every message and end when the request does, or fail, or take
 * their time, as chance has it. One thread.
 */
final class Moody implements CallAcceptor {
    private static final FieldBlock HEAD =
            FieldBlock.of(":status", "200", "content-type", "application/grpc");
    private static final int UNAVAILABLE = 14;

    private final Loop loop;
    private final Random random;

    Moody(Loop loop, Random random) {
        this.loop = loop;
        this.random = random;
    }

    @Override
    public Route route(String path) {
        return path.startsWith("/s.S/") ? () -> false : null;
    }

    @Override
    public CallEvents onCall(ServerCall call) {
        return new Answer(call, random.nextInt(10));
    }

    @Override
    public void onConnected(ServerConnection connection) {}

    @Override
    public void onDisconnected(ServerConnection connection) {}

    /** One call: fails at its end where the mood is 0 or 1, is late where it is 2 or 3. */
    private final class Answer extends Timer implements CallEvents {
        private final ServerCall call;
        private final int mood;
        private boolean hasEnded;

        Answer(ServerCall call, int mood) {
            this.call = call;
            this.mood = mood;
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
            if (!hasEnded && mood > 1) echo(bytes, offset, length);
            if (home != null) home.release();
            if (last) onHalfClose();
        }

        private void echo(MemorySegment bytes, long offset, int length) {
            if (!call.hasSentHeaders()) call.sendHeaders(HEAD, null, 0);
            SlabChain chain = call.beginMessage(5 + length);
            byte[] prefix = {
                0, (byte) (length >> 24), (byte) (length >> 16), (byte) (length >> 8), (byte) length
            };
            chain.append(prefix, 0, 5);
            chain.append(bytes, offset, length);
            call.endMessage();
        }

        @Override
        public void onHalfClose() {
            if (hasEnded || isScheduled()) return;
            boolean isLate = mood == 2 || mood == 3;
            if (isLate) loop.timers().schedule(this, loop.nowNanos() + random.nextInt(500_000_000));
            else end();
        }

        @Override
        protected void onTimer(long nowNanos) {
            end();
        }

        private void end() {
            if (hasEnded) return;
            hasEnded = true;
            call.sendTrailers(mood > 1 ? 0 : UNAVAILABLE, null, 0);
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
            hasEnded = true;
            loop.timers().cancel(this);
            call.release();
        }
    }
}
