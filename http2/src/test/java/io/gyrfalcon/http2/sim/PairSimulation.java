package io.gyrfalcon.http2.sim;

import io.gyrfalcon.http2.ClientSide;
import io.gyrfalcon.http2.ErrorCode;
import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.http2.Http2Scratch;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.http2.ServerSide;
import io.gyrfalcon.primitives.memory.Budget;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;

import java.util.Random;

/**
 * One run of the client side against the server side over a network that cuts and delays, in one
 * thread, on a clock of its own; everything follows from the seed. Not thread-safe.
 */
public final class PairSimulation {
    private static final int STEPS = 120;
    private static final int SETTLE_STEPS_MAX = 20_000;

    /** What happens to the connection between its steps and its end. */
    private enum Turn {
        NOTHING,
        SERVER_SHUTS_DOWN,
        CLIENT_SHUTS_DOWN,
        SERVER_GOES_AWAY,
        CLIENT_GOES_AWAY,
        CONNECTION_IS_LOST
    }

    private final long seed;
    private final Random random;
    private final SlabPool slabs = SlabPool.forLoop(new Budget(256 << 20));
    private final SlabChain clientOut = new SlabChain(slabs);
    private final SlabChain serverOut = new SlabChain(slabs);
    private final Pipe toServer;
    private final Pipe toClient;
    private final ScriptedServer app;
    private final Caller caller;
    private final ServerSide server;
    private final ClientSide client;
    private boolean isLost;
    private long now = 1_000_000_000_000L;

    private PairSimulation(long seed) {
        this.seed = seed;
        random = new Random(seed);
        slabs.ownedBy(Thread.currentThread());
        toServer = new Pipe(random);
        toClient = new Pipe(random);
        app = new ScriptedServer(random);
        caller = new Caller(random);
        Http2Scratch scratch = new Http2Scratch(slabs, seed);
        Http2Limits limits =
                Http2Limits.mesh().toBuilder().streamsMax(1 + random.nextInt(60)).build();
        server =
                new ServerSide(
                        windows(Http2Settings.mesh().toBuilder()),
                        limits,
                        app,
                        slabs,
                        serverOut,
                        scratch,
                        now);
        client =
                new ClientSide(
                        windows(ClientBench.settings()),
                        Http2Limits.mesh(),
                        caller,
                        slabs,
                        clientOut,
                        scratch,
                        now);
        app.server = server;
        caller.client = client;
    }

    private Http2Settings windows(Http2Settings.Builder settings) {
        if (random.nextBoolean()) settings.streamWindowBytes(1 + random.nextInt(100_000));
        if (random.nextBoolean()) settings.connectionWindowBytes(65_535 + random.nextInt(100_000));
        return settings.build();
    }

    /**
     * Runs one seed.
     *
     * @throws AssertionError naming the seed, when something does not hold
     */
    public static String run(long seed) {
        try {
            return new PairSimulation(seed).run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed + " (replay: -Dgyrfalcon.sim.seed=" + seed + "): " + e, e);
        }
    }

    private String run() {
        client.start(now);
        server.start(now);
        steps();
        Turn[] turns = Turn.values();
        Turn turn = turns[random.nextInt(turns.length)];
        take(turn);
        steps();
        settle();
        return end(turn);
    }

    private void steps() {
        int steps = random.nextInt(STEPS);
        for (int i = 0; i < steps; i++) step(false);
    }

    private void take(Turn turn) {
        switch (turn) {
            case NOTHING -> {}
            case SERVER_SHUTS_DOWN -> server.shutdown(now);
            case CLIENT_SHUTS_DOWN -> client.shutdown(now);
            case SERVER_GOES_AWAY -> server.goAway(ErrorCode.NO_ERROR, "now");
            case CLIENT_GOES_AWAY -> client.goAway(ErrorCode.NO_ERROR, "now");
            case CONNECTION_IS_LOST -> lose();
        }
    }

    /** What is on its way is lost, and both sides learn of it. */
    private void lose() {
        isLost = true;
        server.abort();
        client.abort();
    }

    private void step(boolean finish) {
        now += random.nextInt(3_000_000);
        if (isLost) return;
        if (finish) caller.finish();
        else caller.act();
        app.step(finish);
        if (random.nextInt(4) > 0) client.pump(now);
        if (random.nextInt(4) > 0) server.pump(now);
        checkAhead(clientOut);
        checkAhead(serverOut);
        toServer.fill(clientOut);
        toClient.fill(serverOut);
        if (random.nextInt(4) > 0 && server.wantsReading()) {
            toServer.deliver(slabs, (b, at, n) -> server.receive(b, at, n, now));
        }
        if (random.nextInt(4) > 0 && client.wantsReading()) {
            toClient.deliver(slabs, (b, at, n) -> client.receive(b, at, n, now));
        }
        if (server.nextTimeNanos() <= now) server.onTime(now);
        if (client.nextTimeNanos() <= now) client.onTime(now);
        if (isOver()) lose();
    }

    /** Whether one side has closed, and the other has read all of it. */
    private boolean isOver() {
        boolean isServerGone = server.isFinished() && serverOut.isEmpty() && toClient.isEmpty();
        boolean isClientGone = client.isFinished() && clientOut.isEmpty() && toServer.isEmpty();
        return isServerGone || isClientGone;
    }

    private static void checkAhead(SlabChain out) {
        check(out.bytes() <= 112 << 10, "output runs ahead: " + out.bytes());
    }

    private void settle() {
        for (int i = 0; i < SETTLE_STEPS_MAX && !isLost; i++) {
            step(true);
            server.pump(now);
            client.pump(now);
            boolean isQuiet =
                    toServer.isEmpty()
                            && toClient.isEmpty()
                            && clientOut.isEmpty()
                            && serverOut.isEmpty();
            if (isQuiet && app.isIdle() && caller.isIdle()) return;
        }
        check(
                isLost,
                "does not come to rest: client has "
                        + caller.left()
                        + ", server "
                        + app.left()
                        + ", on their way "
                        + (clientOut.bytes() + serverOut.bytes())
                        + toServer.isEmpty()
                        + toClient.isEmpty());
    }

    private String end(Turn turn) {
        check(!app.hasFailed, "the server found fault with the client");
        check(caller.failure.isEmpty(), "the client found fault: " + caller.failure);
        check(turn != Turn.NOTHING || caller.isEstablished, "not established");
        for (int id : caller.unprocessed) {
            check(!app.asked.contains(id), "processed, but not so the client knows: " + id);
        }
        server.abort();
        client.abort();
        clientOut.clear();
        serverOut.clear();
        check(server.openStreams() + client.openStreams() == 0, "streams left");
        check(slabs.outstanding() == 0, "slabs left: " + slabs.describeOutstanding());
        slabs.close();
        return seed
                + ": "
                + turn
                + ", "
                + app.requests
                + " requests, "
                + caller.answered
                + " answered, "
                + caller.resets
                + " reset, "
                + caller.unprocessed.size()
                + " unprocessed, "
                + caller.goAways
                + " GOAWAY";
    }

    private static void check(boolean isTrue, String what) {
        if (!isTrue) throw new AssertionError(what);
    }
}
