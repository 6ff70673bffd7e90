package io.gyrfalcon.http2.sim;

import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.http2.Http2Scratch;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.http2.ServerSide;
import io.gyrfalcon.primitives.memory.Budget;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;

/**
 * One run of a client against the server side over a network that cuts and delays, in one thread,
 * on a clock of its own; everything follows from the seed. Not thread-safe.
 */
public final class Simulation {
    private static final int STEPS = 80;
    private static final int SETTLE_STEPS_MAX = 20_000;

    private final long seed;
    private final Random random;
    private final SlabPool slabs = SlabPool.forLoop(new Budget(256 << 20));
    private final SlabChain out = new SlabChain(slabs);
    private final ScriptedServer app;
    private final ScriptedClient client;
    private final ServerSide server;
    private final FrameParser parser = new FrameParser();
    private final ByteArrayOutputStream toServer = new ByteArrayOutputStream();
    private final ByteArrayOutputStream toClient = new ByteArrayOutputStream();
    private long now = 1_000_000_000_000L;

    private Simulation(long seed, Arena arena) {
        this.seed = seed;
        random = new Random(seed);
        slabs.ownedBy(Thread.currentThread());
        app = new ScriptedServer(random);
        client = new ScriptedClient(random, arena);
        Http2Settings.Builder settings = Http2Settings.mesh().toBuilder();
        if (random.nextBoolean()) settings.streamWindowBytes(1 + random.nextInt(100_000));
        if (random.nextBoolean()) settings.connectionWindowBytes(65_535 + random.nextInt(100_000));
        Http2Limits limits = Http2Limits.mesh().toBuilder().streamsMax(100).build();
        server =
                new ServerSide(
                        settings.build(),
                        limits,
                        app,
                        slabs,
                        out,
                        new Http2Scratch(slabs, seed),
                        now);
        app.server = server;
    }

    /**
     * Runs one seed.
     *
     * @throws AssertionError naming the seed, when something does not hold
     */
    public static String run(long seed) {
        try (Arena arena = Arena.ofConfined()) {
            return new Simulation(seed, arena).run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed + " (replay: -Dgyrfalcon.sim.seed=" + seed + "): " + e, e);
        }
    }

    private String run() {
        int ending = random.nextInt(8);
        FrameBytes first = new FrameBytes();
        client.start(first);
        toServer.writeBytes(first.toByteArray());
        server.start();
        int steps = random.nextInt(STEPS);
        for (int i = 0; i < steps; i++) step(false);
        if (ending == 0) {
            server.abort();
        } else if (ending == 1) {
            server.onInputEnd(now);
        } else {
            if (ending == 2) server.shutdown(now);
            settle();
        }
        return end(ending);
    }

    private void step(boolean finish) {
        now += random.nextInt(3_000_000);
        FrameBytes bytes = new FrameBytes();
        if (finish) client.finish(bytes);
        else client.act(bytes);
        toServer.writeBytes(bytes.toByteArray());
        if (random.nextInt(4) > 0) deliverToServer();
        app.step(finish);
        if (random.nextInt(4) > 0) server.pump(now);
        takeFromServer();
        if (random.nextInt(4) > 0) deliverToClient();
        if (server.nextTimeNanos() <= now) server.onTime(now);
    }

    private void settle() {
        for (int i = 0; i < SETTLE_STEPS_MAX; i++) {
            step(true);
            server.pump(now);
            boolean isRead = toServer.size() == 0 || server.isFinished();
            boolean isQuiet = isRead && toClient.size() == 0 && out.isEmpty() && app.isIdle();
            if (isQuiet && !client.hasMoreToSend() && client.unanswered().isEmpty()) return;
        }
        throw new AssertionError(
                "does not come to rest: unanswered "
                        + client.unanswered()
                        + ", server has "
                        + server.openStreams());
    }

    /** One piece of what is on its way, of any size, byte by byte at times. */
    private void deliverToServer() {
        byte[] all = toServer.toByteArray();
        if (all.length == 0 || server.isFinished()) return;
        int n = random.nextInt(5) == 0 ? 1 : 1 + random.nextInt(all.length);
        if (random.nextBoolean()) n = all.length;
        n = Math.min(n, 64 << 10);
        toServer.reset();
        toServer.write(all, n, all.length - n);
        boolean isBytewise = n < 400 && random.nextInt(6) == 0;
        int piece = isBytewise ? 1 : n;
        for (int at = 0; at < n; at += piece) receive(all, at, piece);
    }

    private void receive(byte[] all, int at, int n) {
        Slab slab = slabs.take(n);
        MemorySegment.copy(all, at, slab.segment(), ValueLayout.JAVA_BYTE, 0, n);
        server.receive(slab.segment(), 0, n, now);
        // Whoever still looks at these bytes would see it.
        slab.segment().asSlice(0, n).fill((byte) 0xee);
        slab.release();
    }

    private void takeFromServer() {
        int max = random.nextInt(5) == 0 ? random.nextInt(100) : 200_000;
        if (out.bytes() > (64 << 10) + (32 << 10)) {
            throw new AssertionError("output runs ahead: " + out.bytes());
        }
        toClient.writeBytes(FrameParser.take(out, max));
    }

    private void deliverToClient() {
        byte[] all = toClient.toByteArray();
        toClient.reset();
        int n = random.nextInt(3) == 0 ? random.nextInt(all.length + 1) : all.length;
        toClient.write(all, n, all.length - n);
        FrameBytes replies = new FrameBytes();
        for (Frame f : parser.parse(Arrays.copyOf(all, n))) client.onFrame(f, replies);
        toServer.writeBytes(replies.toByteArray());
    }

    private String end(int ending) {
        check(!app.hasFailed, "an honest client was refused");
        if (ending > 1) {
            check(client.unanswered().isEmpty(), "unanswered " + client.unanswered());
        }
        server.abort();
        out.clear();
        check(server.openStreams() == 0, "streams left");
        check(
                slabs.outstanding() == 0,
                "slabs left: " + slabs.outstanding() + slabs.describeOutstanding());
        slabs.close();
        return seed
                + ": "
                + app.requests
                + " requests, "
                + app.answered
                + " answered, "
                + app.resets
                + " reset, "
                + app.closedStreams()
                + " closed, "
                + client.completed
                + " seen";
    }

    private static void check(boolean isTrue, String what) {
        if (!isTrue) throw new AssertionError(what);
    }
}
