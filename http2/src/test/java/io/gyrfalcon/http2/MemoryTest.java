package io.gyrfalcon.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.http2.sim.Bench;
import io.gyrfalcon.http2.sim.FrameBytes;
import io.gyrfalcon.http2.sim.RecordingEvents;
import io.gyrfalcon.primitives.memory.OutOfSlabs;
import io.gyrfalcon.primitives.memory.Slab;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

class MemoryTest {
    private static final FrameBytes REQUEST = new FrameBytes().headers(1, Bench.request(), false);

    private final RecordingEvents events = new RecordingEvents();
    private final Bench bench =
            new Bench(Http2Settings.mesh(), Bench.LIMITS, events, 40L * (64 << 10));
    private final Deque<Slab> hoard = new ArrayDeque<>();
    private Slab input;

    /** A connection with one stream; afterwards no slab is left to take. */
    private Stream exhaust(FrameBytes then) {
        bench.server.start();
        bench.send(new FrameBytes().preface().settings().settingsAck());
        bench.send(REQUEST);
        bench.frames();
        byte[] bytes = then.toByteArray();
        input = bench.slabs.take(Math.max(1, bytes.length));
        input.segment()
                .asSlice(0, bytes.length)
                .copyFrom(java.lang.foreign.MemorySegment.ofArray(bytes));
        for (int size : new int[] {64 << 10, 16 << 10, 4 << 10, 1 << 10}) hoard(size);
        return bench.stream(1);
    }

    private void hoard(int size) {
        try {
            while (true) hoard.push(bench.slabs.take(size));
        } catch (OutOfSlabs e) {
            assertThat(hoard).isNotEmpty();
        }
    }

    @AfterEach
    void close() {
        if (input != null) input.release();
        for (Slab slab : hoard) slab.release();
        bench.close();
    }

    private void assertEnded() {
        bench.server.pump(bench.now);
        assertThat(bench.server.isFinished()).isTrue();
        assertThat(bench.server.openStreams()).isZero();
        assertThat(events.log)
                .containsSubsequence("reset 1 ENHANCE_YOUR_CALM", "closed 1")
                .endsWith("error ENHANCE_YOUR_CALM out of memory");
        assertThat(bench.out.isEmpty()).isTrue();
    }

    private void assertEnds(Consumer<Stream> sending) {
        sending.accept(exhaust(new FrameBytes()));
        assertEnded();
    }

    @Test
    void aReplyThatFindsNoMemoryEndsTheConnection() {
        FrameBytes ping = new FrameBytes().ping(1, false);
        exhaust(ping);
        bench.server.receive(input.segment(), 0, ping.size(), bench.now);
        assertEnded();
    }

    @Test
    void aFrameThatCannotBeKeptEndsTheConnection() {
        FrameBytes cut = new FrameBytes().headers(3, Bench.request(), true);
        exhaust(cut);
        bench.server.receive(input.segment(), 0, cut.size() - 1, bench.now);
        assertEnded();
    }

    @Test
    void headersThatFindNoMemoryEndTheConnection() {
        assertEnds(s -> bench.headers(s, true));
    }

    @Test
    void aResetThatFindsNoMemoryEndsTheConnection() {
        exhaust(new FrameBytes());
        bench.server.reset(bench.stream(1), ErrorCode.CANCEL);
        bench.server.pump(bench.now);
        assertThat(bench.server.isFinished()).isTrue();
        assertThat(events.log).endsWith("error ENHANCE_YOUR_CALM out of memory");
    }

    @Test
    void creditThatFindsNoMemoryEndsTheConnection() {
        assertEnds(s -> bench.server.consumed(s, 600_000));
    }

    @Test
    void aTimerThatFindsNoMemoryEndsTheConnection() {
        assertEnds(s -> bench.server.onTime(bench.now + 7_200 * Bench.SECOND));
    }

    @Test
    void dataThatFindsNoMemoryDoesNotBegin() {
        Stream s = exhaust(new FrameBytes());
        assertThatThrownBy(() -> bench.server.beginData(s, 100)).isInstanceOf(OutOfSlabs.class);
        hoard.pop().release();
        bench.headers(s, false);
        bench.server.reset(s, ErrorCode.CANCEL);
        assertThat(bench.sent()).containsExactly("HEADERS 1", "RST_STREAM 1 8");
    }

    @Test
    void goAwayWithoutMemoryEndsInSilence() {
        exhaust(new FrameBytes());
        bench.server.goAway(ErrorCode.NO_ERROR, "");
        bench.server.pump(bench.now);
        assertThat(bench.server.isFinished()).isTrue();
        assertThat(events.log).endsWith("reset 1 NO_ERROR", "closed 1");
    }

    @Test
    void aPrefaceOrAShutdownThatFindsNoMemoryEndsTheConnection() {
        exhaust(new FrameBytes());
        bench.server.start();
        bench.server.shutdown(bench.now);
        assertEnded();
    }
}
