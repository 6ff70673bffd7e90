package io.gyrfalcon.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.http2.sim.Bench;
import io.gyrfalcon.http2.sim.ClientBench;
import io.gyrfalcon.http2.sim.FrameBytes;
import io.gyrfalcon.http2.sim.RecordingClientEvents;
import io.gyrfalcon.http2.sim.RecordingEvents;

import org.junit.jupiter.api.Test;

import java.util.Random;
import java.util.function.Consumer;

class FuzzTest {
    private static final int SEEDS = 2_000;

    @Test
    void nothingThatAClientSendsThrowsOrLeaks() {
        forEachSeed(FuzzTest::run);
    }

    @Test
    void nothingThatAServerSendsThrowsOrLeaks() {
        forEachSeed(FuzzTest::runClient);
    }

    private static void forEachSeed(Consumer<Random> run) {
        Long one = Long.getLong("gyrfalcon.fuzz.seed");
        long first = one == null ? 0 : one;
        long end = one == null ? SEEDS : one + 1;
        for (long seed = first; seed < end; seed++) {
            try {
                run.accept(new Random(seed));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "seed " + seed + " (replay: -Dgyrfalcon.fuzz.seed=" + seed + ")", e);
            }
        }
    }

    private static void run(Random random) {
        RecordingEvents events = new RecordingEvents();
        try (Bench bench = Bench.open(Http2Settings.mesh(), Http2Limits.edge(), events)) {
            byte[] bytes = frames(bench, random).toByteArray();
            for (int i = random.nextInt(6); i > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            int cut = random.nextInt(bytes.length);
            bench.send(java.util.Arrays.copyOf(bytes, cut));
            for (Stream s : java.util.List.copyOf(events.streams.values())) {
                bench.headers(s, false);
                bench.data(s, random.nextInt(40_000), random.nextBoolean());
            }
            bench.send(java.util.Arrays.copyOfRange(bytes, cut, bytes.length));
            bench.sentOnce();
            bench.later(20 * Bench.SECOND);
            bench.sentOnce();
        }
        long opened = events.log.stream().filter(e -> e.startsWith("request")).count();
        long closed = events.log.stream().filter(e -> e.startsWith("closed")).count();
        assertThat(closed).isGreaterThanOrEqualTo(opened);
    }

    private static void runClient(Random random) {
        RecordingClientEvents events = new RecordingClientEvents();
        int opened = 0;
        try (ClientBench bench =
                ClientBench.open(ClientBench.settings().build(), Http2Limits.mesh(), events)) {
            for (; opened < 20 && bench.client.canOpen(); opened++) {
                Stream s = bench.request(random.nextBoolean());
                if (random.nextBoolean()) bench.data(s, random.nextInt(20_000), false);
            }
            byte[] bytes = answers(random).toByteArray();
            for (int i = random.nextInt(6); i > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            int cut = random.nextInt(bytes.length);
            bench.send(java.util.Arrays.copyOf(bytes, cut));
            bench.frames();
            bench.send(java.util.Arrays.copyOfRange(bytes, cut, bytes.length));
            bench.later(20 * Bench.SECOND);
            bench.frames();
            assertThat(bench.client.openStreams()).isLessThanOrEqualTo(20);
        }
        assertThat(events.log.stream().filter(e -> e.startsWith("closed"))).hasSize(opened);
    }

    private static FrameBytes answers(Random random) {
        FrameBytes bytes = new FrameBytes();
        for (int id = 1; id < 40; id += 2) {
            byte[] head = Bench.literals(":status", "200", "a", "b".repeat(random.nextInt(200)));
            byte[] trailers = Bench.literals("grpc-status", "0");
            switch (random.nextInt(10)) {
                case 0 -> bytes.frame(1, 1, id, head).continuation(id, new byte[1], true);
                case 1 -> bytes.headers(id, Bench.literals(":status", "100"), false);
                case 2 -> bytes.settings(4, random.nextInt(), 3, random.nextInt(50));
                case 3 -> bytes.padded(id, 30, 20, random.nextBoolean()).rst(id, 7);
                case 4 -> bytes.ping(1, random.nextBoolean()).windowUpdate(id, 5);
                case 5 -> bytes.frame(random.nextInt(12), random.nextInt(256), id, head);
                case 6 -> bytes.header(random.nextInt(20_000), random.nextInt(10), 0, id);
                case 7 -> bytes.frame(7, 0, 0, new byte[8 + random.nextInt(4)]);
                case 8 -> bytes.headers(id, trailers, true);
                default ->
                        bytes.headers(id, head, false)
                                .data(id, 90, false)
                                .headers(id, trailers, true);
            }
        }
        return bytes;
    }

    private static FrameBytes frames(Bench bench, Random random) {
        FrameBytes bytes = new FrameBytes();
        for (int id = 1; id < 30; id += 2) {
            bytes.headers(
                    id, bench.indexed(FieldBlock.of(":method", "POST", ":path", "/a")), false);
            byte[] request = Bench.request("a", "b".repeat(random.nextInt(200)));
            switch (random.nextInt(8)) {
                case 0 -> bytes.frame(1, 1, id, request).continuation(id, new byte[1], true);
                case 1 -> bytes.headers(id + 20, request, true).windowUpdate(id, 5);
                case 2 -> bytes.settings(4, random.nextInt(), 1, random.nextInt(5_000));
                case 3 -> bytes.padded(id, 30, 20, random.nextBoolean()).rst(id, 8);
                case 4 -> bytes.ping(1, random.nextBoolean()).priority(id, 3);
                case 5 -> bytes.frame(random.nextInt(12), random.nextInt(256), id, request);
                case 6 -> bytes.header(random.nextInt(20_000), random.nextInt(10), 0, id);
                default -> bytes.headers(id + 40, request, false).data(id + 40, 90, true);
            }
        }
        return bytes;
    }
}
