package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.gyrfalcon.eventloop.Balanced;
import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;

/** Where loops carry calls, a connection's share of their load is what its calls cost. */
class CarriedLoadTest {
    private static final long LIGHT_NANOS = 400_000;
    private static final long HEAVY_NANOS = 4_000_000;

    private final EngineRig.Parts parts = new EngineRig.Parts();
    private int turning;

    private ServerMethodDefinition<String, String> method(String name, long nanos) {
        return ServerMethodDefinition.create(
                Methods.method("m.S/" + name, MethodType.UNARY),
                (call, headers) -> {
                    call.request(2);
                    return new ServerCall.Listener<>() {
                        @Override
                        public void onHalfClose() {
                            work(nanos);
                            call.sendHeaders(new Metadata());
                            call.sendMessage(name);
                            call.close(Status.OK, new Metadata());
                        }
                    };
                });
    }

    private EngineRig rig;

    private void work(long nanos) {
        rig.simulation.clock().advance(nanos);
        rig.simulation.poller(turning).useCpu(nanos);
    }

    @ParameterizedTest
    @EnumSource(names = {"RUNNER", "DIRECT"})
    void theOneWithHeavyCallsIsLeftAlone(Lane lane) {
        parts.lane = lane;
        parts.loops = 2;
        parts.isCarrying = true;
        parts.carrying = Carrying.ALWAYS;
        parts.services.add(
                ServerServiceDefinition.builder("m.S")
                        .addMethod(method("light", LIGHT_NANOS))
                        .addMethod(method("heavy", HEAVY_NANOS))
                        .build());
        rig = new EngineRig(parts);
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) clients.add(rig.client());
        placeAllOnTheFirst();
        Balanced.keep(rig.group);
        long end = rig.simulation.clock().nanoTime() + 3 * EngineRig.SECOND;
        for (int id = 1; rig.simulation.clock().nanoTime() < end; id += 2) {
            for (int i = 0; i < 3; i++) {
                String path = i == 0 ? "/m.S/heavy" : "/m.S/light";
                clients.get(i).request(id, path, false).message(id, true, "?").flush();
            }
            live();
            for (RawClient client : clients) {
                assertThat(client.lines(id)).last().asString().contains("grpc-status: 0");
            }
        }
        assertThat(rig.group.moves()).isEqualTo(2);
        assertThat(rig.peers.get(0).loop()).isSameAs(rig.group.loop(0));
        assertThat(rig.peers.get(1).loop()).isSameAs(rig.group.loop(1));
        assertThat(rig.peers.get(2).loop()).isSameAs(rig.group.loop(1));
        rig.close();
    }

    private void placeAllOnTheFirst() {
        for (Peer peer : rig.peers) {
            rig.simulation.on(
                    peer.loop(),
                    () -> {
                        if (peer.loop() != rig.loop) {
                            assertThat(peer.connection().moveTo(rig.loop)).isTrue();
                        }
                    });
        }
        rig.settle();
    }

    private void live() {
        for (int round = 0; round < 3; round++) {
            rig.simulation.network().deliverDue();
            for (turning = 0; turning < 2; turning++) rig.simulation.turn(turning);
        }
        rig.simulation.clock().advance(10_000);
    }
}
