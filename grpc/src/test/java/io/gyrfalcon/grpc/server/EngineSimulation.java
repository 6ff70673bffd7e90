package io.gyrfalcon.grpc.server;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.fake.FakeClient;
import io.gyrfalcon.eventloop.fake.Weather;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.tls.Fixtures;
import io.gyrfalcon.tls.TlsSettings;
import io.gyrfalcon.transport.fixtures.EncryptedLink;
import io.gyrfalcon.transport.fixtures.Link;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** One seed's life of an engine: clients, calls, faults, and the end of all of it. One thread. */
final class EngineSimulation {
    private static final int STEPS_MAX = 20_000;
    private static final int DEPTH_MAX = 3;

    /** Of a key whose signatures are all of one length: so a seed always sends the same records. */
    private static final TlsSettings TLS = Fixtures.server("rsa");

    private final Random random;
    private final Random moves;
    private final EngineRig rig;
    private final ManualExecutor later = new ManualExecutor();
    private final List<SimClient> clients = new ArrayList<>();
    private final List<Witness> witnesses = new ArrayList<>();
    private final boolean isRefusing;
    private int depth;
    int handOvers;
    int moved;

    /** Connections whose client's output the network has ended. */
    int halfClosed;

    int answeredByTls;

    /** With more than one loop, connections move between them at random. */
    EngineSimulation(long seed, int loops) {
        random = new Random(seed);
        moves = new Random(~seed);
        EngineRig.Parts parts = new EngineRig.Parts();
        parts.seed = seed;
        parts.loops = loops;
        parts.lane = Lane.values()[(int) (seed % 3)];
        parts.isCarrying = random.nextInt(3) > 0;
        if (random.nextInt(3) > 0) parts.carrying = Carrying.ALWAYS;
        isRefusing = parts.lane == Lane.EXECUTOR && random.nextInt(4) == 0;
        if (parts.lane != Lane.EXECUTOR && random.nextInt(4) == 0) {
            parts.callExecutor = Suppliers.of(parts.executor, random);
        }
        parts.weather = weather();
        parts.http2 =
                Http2Settings.mesh().toBuilder()
                        .permitKeepAliveNanos(0)
                        .permitKeepAliveWithoutCalls(true)
                        .streamWindowBytes(
                                random.nextBoolean() ? 1 << 20 : 500 + random.nextInt(65_000))
                        .build();
        if (random.nextInt(8) == 0) parts.tls = TLS;
        parts.services.add(service());
        rig = new EngineRig(parts);
    }

    /** Chooses the user's executor for some calls. */
    private static final class Suppliers {
        static io.grpc.ServerCallExecutorSupplier of(ManualExecutor executor, Random random) {
            return new io.grpc.ServerCallExecutorSupplier() {
                @Override
                public <Q, R> java.util.concurrent.Executor getExecutor(
                        io.grpc.ServerCall<Q, R> call, io.grpc.Metadata metadata) {
                    return random.nextBoolean() ? executor : null;
                }
            };
        }
    }

    private Weather weather() {
        Weather weather = random.nextBoolean() ? Weather.calm() : Weather.rough();
        if (random.nextInt(3) == 0) weather = weather.withPieces(1 + random.nextInt(200));
        if (random.nextInt(3) == 0) weather = weather.withBuffer(500 + random.nextInt(5_000));
        if (random.nextInt(4) == 0) weather = weather.withFaults(fault(), fault());
        return weather;
    }

    /** How many pieces arrive for each that does not, or is the last. */
    private int fault() {
        return random.nextInt(3) == 0 ? 0 : 500 + random.nextInt(2_000);
    }

    private ServerServiceDefinition service() {
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder("sim.Service");
        ServerCallHandler<String, String> handler =
                (call, headers) -> {
                    Plan plan = Plan.of(Long.parseLong(headers.get(Witness.PLAN)));
                    Witness witness = new Witness(plan, call, later::execute, this::handOver);
                    witnesses.add(witness);
                    witness.start();
                    return witness;
                };
        for (MethodType type : MethodType.values()) {
            if (type == MethodType.UNKNOWN) continue;
            MethodDescriptor<String, String> method = Methods.method("sim.Service/" + type, type);
            service.addMethod(ServerMethodDefinition.create(method, handler));
        }
        return service.build();
    }

    /** What has become of everything. */
    List<String> story() {
        List<String> story = new ArrayList<>();
        for (SimClient client : clients) {
            for (SimClient.Call call : client.calls.values()) {
                story.add(call + " " + call.status + " " + call.resetCode);
            }
        }
        for (Witness witness : witnesses) story.add(witness.toString());
        story.add(handOvers + " hand-overs, " + moved + " moves");
        return story;
    }

    void run() {
        for (int i = 0; i < 1 + random.nextInt(4); i++) clients.add(client());
        int steps = 50 + random.nextInt(250);
        for (int i = 0; i < steps; i++) step();
        rig.parts.executor.isRefusing = false;
        finish();
        for (SimClient client : clients) if (client.isHalfClosed()) halfClosed++;
        end();
        check();
    }

    private SimClient client() {
        FakeClient wire = rig.connect();
        Link link = rig.parts.tls == null ? Link.plain(wire) : new EncryptedLink(wire);
        return new SimClient(wire, link, random);
    }

    private void step() {
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3, 4 -> clients.get(random.nextInt(clients.size())).act();
            case 5, 6 -> runTasks(1 + random.nextInt(5));
            case 7 -> rig.simulation.clock().advance(random.nextInt(3_000_000));
            default -> turn();
        }
        if (random.nextInt(400) == 0) clients.get(random.nextInt(clients.size())).drop();
        if (isRefusing) rig.parts.executor.isRefusing = random.nextInt(10) == 0;
    }

    private void turn() {
        rig.simulation.network().deliverDue();
        if (rig.parts.loops > 1) move();
        rig.simulation.turn(nextLoop());
    }

    private int nextLoop() {
        return rig.parts.loops == 1 ? 0 : moves.nextInt(rig.parts.loops);
    }

    /**
     * Lets connections go to other loops where they are quiet, with whatever their calls are at.
     */
    private void move() {
        if (rig.peers.isEmpty() || moves.nextInt(3) > 0) return;
        Peer peer = rig.peers.get(moves.nextInt(rig.peers.size()));
        Loop target = rig.group.loop(moves.nextInt(rig.parts.loops));
        rig.simulation.on(
                peer.loop(),
                () -> {
                    if (peer.inLoop() && peer.connection().moveTo(target)) moved++;
                });
    }

    /** In user code: now and then the loop is taken from it, and goes on without it. */
    private void handOver() {
        if (!rig.parts.isCarrying || depth == DEPTH_MAX || random.nextInt(10) > 0) return;
        depth++;
        int turns = random.nextInt(4);
        boolean isTaken =
                rig.simulation.handOver(
                        () -> {
                            for (int i = 0; i < turns; i++) turn();
                        });
        if (isTaken) handOvers++;
        depth--;
    }

    private void runTasks(int count) {
        for (int i = 0; i < count; i++) {
            ManualExecutor from = random.nextBoolean() ? later : rig.parts.executor;
            if (random.nextInt(4) > 0) {
                rig.offLoop(from::runOne);
            } else if (from == later) {
                from.runOne();
            }
        }
    }

    /** Everybody does what is left to do. */
    private void finish() {
        for (int i = 0; i < STEPS_MAX; i++) {
            boolean isDone = true;
            for (SimClient client : clients) {
                client.finish();
                isDone &= client.isDone();
            }
            if (isDone) return;
            runTasks(3);
            turn();
            rig.simulation.clock().advance(100_000);
        }
        for (SimClient client : clients) {
            for (SimClient.Call call : client.unanswered()) {
                throw new AssertionError(call + " has no end, " + client + ": " + witnessOf(call));
            }
        }
    }

    private void end() {
        for (SimClient client : clients) {
            if (!client.isLost()) client.drop();
        }
        for (int i = 0; i < 30; i++) {
            rig.runFor(EngineRig.SECOND);
            while (!later.isEmpty()) {
                rig.offLoop(later::runOne);
                rig.settle();
            }
        }
        if (rig.server.connectionCount() != 0) throw new AssertionError("connections left");
        rig.close();
    }

    private Witness witnessOf(SimClient.Call call) {
        for (Witness witness : witnesses) {
            if (witness.plan.equals(call.plan)) return witness;
        }
        return null;
    }

    private void check() {
        for (Witness witness : witnesses) {
            if (witness.problem != null) throw new AssertionError(witness.problem);
            if (witness.completed + witness.cancelled != 1) {
                throw new AssertionError("not ended once: " + witness);
            }
            if (!witness.context.isCancelled()) {
                throw new AssertionError("context left open: " + witness);
            }
        }
        for (SimClient client : clients) {
            for (SimClient.Call call : client.calls.values()) {
                client.check(call, rig.parts.executor.refused > 0);
                checkEnd(client, call);
                if (call.isAnswered && rig.parts.tls != null) answeredByTls++;
            }
        }
    }

    /** What the server was told of the end against what the client saw of it. */
    private void checkEnd(SimClient client, SimClient.Call call) {
        Witness witness = witnessOf(call);
        if (call.isAnswered) {
            if (witness == null || witness.completed == 1) return;
            throw new AssertionError("answered, and not complete: " + witness);
        }
        if (witness == null || client.isLost() && call.resetCode < 0 && !call.isReset) return;
        if (call.resetCode >= 0 && witness.cancelled != 1) {
            throw new AssertionError("reset by the server, and not cancelled: " + witness);
        }
    }
}
