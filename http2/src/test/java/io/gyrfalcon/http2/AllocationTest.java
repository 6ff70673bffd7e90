package io.gyrfalcon.http2;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;

import io.gyrfalcon.http2.frame.FrameHeader;
import io.gyrfalcon.http2.hpack.Field;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.http2.sim.Bench;
import io.gyrfalcon.http2.sim.ClientBench;
import io.gyrfalcon.http2.sim.FrameBytes;
import io.gyrfalcon.http2.sim.RecordingClientEvents;
import io.gyrfalcon.http2.sim.RecordingEvents;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabChain;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;

class AllocationTest {
    private static final int BATCH = 50;
    private static final FieldBlock REQUEST =
            FieldBlock.of(
                    ":method",
                    "POST",
                    ":scheme",
                    "http",
                    ":path",
                    "/helloworld.Greeter/SayHello",
                    ":authority",
                    "localhost:50051",
                    "content-type",
                    "application/grpc",
                    "te",
                    "trailers",
                    "user-agent",
                    "test",
                    "grpc-accept-encoding",
                    "gzip",
                    "a",
                    "b",
                    "c",
                    "d");
    private static final FieldBlock HEAD =
            FieldBlock.of(":status", "200", "content-type", "application/grpc");

    /** Answers and remembers nothing. */
    private static final class Answering extends RecordingEvents {
        private static final byte[] BODY = new byte[18];
        private ServerSide server;
        private int closed;

        @Override
        public void onField(Stream stream, Field field, boolean trailers) {}

        @Override
        public void onRequest(Stream stream, boolean endStream) {}

        @Override
        public void onData(Stream s, MemorySegment bytes, long at, int n, boolean end) {
            server.consumed(s, n);
            server.sendHeaders(s, HEAD, null, 0, false);
            SlabChain chain = server.beginData(s, BODY.length);
            chain.append(BODY, 0, BODY.length);
            server.endData(s, false);
            server.sendHeaders(s, Bench.TRAILERS, null, 0, true);
        }

        @Override
        public void onSent(Stream stream) {}

        @Override
        public void onClosed(Stream stream) {
            closed++;
            server.release(stream);
        }
    }

    @Test
    void aUnaryExchangeAllocatesNothingInSteadyState() {
        Answering events = new Answering();
        try (Bench bench = Bench.open(Http2Settings.mesh(), Bench.LIMITS, events)) {
            events.server = bench.server;
            bench.send(new FrameBytes().windowUpdate(0, 1 << 30));
            bench.send(
                    new FrameBytes().headers(1, bench.indexed(REQUEST), false).data(1, 20, true));
            byte[] block = bench.indexed(REQUEST);
            assertThat(block).hasSize(10);
            FrameBytes batch = new FrameBytes();
            for (int i = 0; i < BATCH; i++) batch.headers(0, block, false).data(0, 20, true);
            Slab slab = bench.slabs.take(batch.size());
            MemorySegment bytes = slab.segment();
            byte[] all = batch.toByteArray();
            MemorySegment.copy(all, 0, bytes, ValueLayout.JAVA_BYTE, 0, all.length);

            long least = Long.MAX_VALUE;
            for (int round = 0; round < 40 && least > 0; round++) {
                least = Math.min(least, allocatedBy(() -> exchange(bench, bytes, all.length)));
            }
            assertThat(least).isZero();
            assertThat(events.closed).isGreaterThan(40 * BATCH);
            assertThat(events.log).isEmpty();
            slab.release();
        }
    }

    private int nextId = 3;

    private static long allocatedBy(Runnable exchange) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 40; i++) exchange.run();
        long after = threads.getCurrentThreadAllocatedBytes();
        long again = threads.getCurrentThreadAllocatedBytes();
        return after - before - (again - after);
    }

    private void exchange(Bench bench, MemorySegment bytes, int length) {
        long one = length / BATCH;
        for (int i = 0; i < BATCH; i++) {
            bytes.set(FrameHeader.INT, i * one + FrameHeader.ID_OFFSET, nextId);
            bytes.set(FrameHeader.INT, i * one + 19 + FrameHeader.ID_OFFSET, nextId);
            nextId += 2;
        }
        bench.server.receive(bytes, 0, length, bench.now);
        bench.server.pump(bench.now);
        bench.out.consume(bench.out.bytes());
    }

    /** Answers nothing and remembers nothing. */
    private static final class Calling extends RecordingClientEvents {
        private ClientSide client;
        private int closed;

        @Override
        public void onField(Stream stream, Field field, boolean trailers) {}

        @Override
        public void onResponse(Stream stream, boolean endStream) {}

        @Override
        public void onData(Stream s, MemorySegment bytes, long at, int n, boolean end) {
            client.consumed(s, n);
        }

        @Override
        public void onTrailers(Stream stream) {}

        @Override
        public void onSent(Stream stream) {}

        @Override
        public void onClosed(Stream stream) {
            closed++;
            client.release(stream);
        }
    }

    @Test
    void aUnaryCallAllocatesNothingInSteadyState() {
        Calling events = new Calling();
        Http2Settings settings = ClientBench.settings().build();
        try (ClientBench bench = ClientBench.open(settings, Bench.LIMITS, events)) {
            events.client = bench.client;
            bench.send(new FrameBytes().windowUpdate(0, 1 << 30));
            FrameBytes answers = new FrameBytes();
            byte[] head = {(byte) 0x88};
            byte[] trailers = Bench.literals("grpc-status", "0");
            for (int i = 0; i < BATCH; i++) {
                answers.headers(0, head, false).data(0, 20, false).headers(0, trailers, true);
            }
            byte[] all = answers.toByteArray();
            Slab slab = bench.slabs.take(all.length);
            MemorySegment bytes = slab.segment();
            MemorySegment.copy(all, 0, bytes, ValueLayout.JAVA_BYTE, 0, all.length);

            long least = Long.MAX_VALUE;
            for (int round = 0; round < 40 && least > 0; round++) {
                least = Math.min(least, allocatedBy(() -> calls(bench, bytes, all.length)));
            }
            assertThat(least).isZero();
            assertThat(events.closed).isGreaterThan(40 * BATCH);
            assertThat(events.log).isEmpty();
            slab.release();
        }
    }

    private static final byte[] BODY = new byte[18];

    private static void calls(ClientBench bench, MemorySegment bytes, int length) {
        long one = length / BATCH;
        for (int i = 0; i < BATCH; i++) {
            Stream s = bench.client.open(ClientBench.REQUEST, null, 0, false);
            SlabChain chain = bench.client.beginData(s, BODY.length);
            chain.append(BODY, 0, BODY.length);
            bench.client.endData(s, true);
            bytes.set(FrameHeader.INT, i * one + FrameHeader.ID_OFFSET, s.id());
            bytes.set(FrameHeader.INT, i * one + 10 + FrameHeader.ID_OFFSET, s.id());
            bytes.set(FrameHeader.INT, i * one + 39 + FrameHeader.ID_OFFSET, s.id());
        }
        bench.client.pump(bench.now);
        bench.out.consume(bench.out.bytes());
        bench.client.receive(bytes, 0, length, bench.now);
        bench.client.pump(bench.now);
        bench.out.consume(bench.out.bytes());
    }
}
