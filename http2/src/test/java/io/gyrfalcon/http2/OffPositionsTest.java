package io.gyrfalcon.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.http2.sim.Bench;
import io.gyrfalcon.http2.sim.FrameBytes;
import io.gyrfalcon.http2.sim.PairSimulation;
import io.gyrfalcon.http2.sim.Simulation;
import io.gyrfalcon.primitives.flags.FlagOverride;
import io.gyrfalcon.primitives.flags.Flags;

import org.junit.jupiter.api.Test;

class OffPositionsTest {
    private static final int SEEDS = 50;

    @Test
    void theCatalogueNamesAllFlags() {
        new Http2Flags().declareAll();
        assertThat(Flags.declared())
                .contains(
                        Http2Flags.BDP_PROBE, Http2Flags.DIRECT_DATA, Http2Flags.STREAM_RECYCLING);
    }

    @Test
    void withoutTheProbeNoPingIsSent() {
        try (FlagOverride off = Flags.override(Http2Flags.BDP_PROBE, false);
                Bench bench = Bench.open(Http2Settings.mesh(), Http2Limits.mesh())) {
            bench.send(new FrameBytes().headers(1, Bench.request(), false));
            FrameBytes much = new FrameBytes();
            for (int i = 0; i < 60; i++) much.data(1, 16_384, false);
            assertThat(bench.send(much).sent()).doesNotContain("PING");
        }
    }

    @Test
    void withoutDirectDataEveryMessagePassesItsQueueAndGivesTheSame() {
        try (FlagOverride off = Flags.override(Http2Flags.DIRECT_DATA, false);
                Bench bench = Bench.open()) {
            bench.send(new FrameBytes().headers(1, Bench.request(), true));
            bench.headers(bench.stream(1), false);
            assertThat(bench.server.beginData(bench.stream(1), 3)).isNotSameAs(bench.out);
            bench.server.endData(bench.stream(1), false);
            bench.data(bench.stream(1), 20, true);
            assertThat(bench.sent()).containsExactly("HEADERS 1", "DATA 1 20 end");
            simulate();
        }
    }

    @Test
    void withoutRecyclingEveryStreamIsNew() {
        try (FlagOverride off = Flags.override(Http2Flags.STREAM_RECYCLING, false);
                Bench bench = Bench.open()) {
            assertThat(secondStream(bench)).isFalse();
            simulate();
        }
        try (Bench bench = Bench.open()) {
            assertThat(secondStream(bench)).isTrue();
        }
    }

    private static void simulate() {
        for (long seed = 0; seed < SEEDS; seed++) {
            Simulation.run(seed);
            PairSimulation.run(seed);
        }
    }

    /** Whether the second stream is the object of the first. */
    private static boolean secondStream(Bench bench) {
        bench.send(new FrameBytes().headers(1, Bench.request(), true));
        Stream first = bench.stream(1);
        bench.headers(first, true);
        bench.frames();
        bench.server.release(first);
        bench.send(new FrameBytes().headers(3, Bench.request(), true));
        return bench.stream(3) == first;
    }
}
