package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** An executor of the user's that takes tasks and does not run them, or runs them very late. */
final class DroppedTasksTest {
    private final List<String> log = new ArrayList<>();
    private final EngineRig.Parts parts = new EngineRig.Parts();
    private final EngineRig rig = new EngineRig(prepared());
    private final RawClient client = rig.client();

    private EngineRig.Parts prepared() {
        parts.lane = Lane.EXECUTOR;
        parts.limits = Http2Limits.mesh().toBuilder().streamsMax(2).build();
        parts.services.add(
                ServerServiceDefinition.builder("a.B")
                        .addMethod(
                                Methods.method("a.B/S", MethodType.BIDI_STREAMING),
                                (call, headers) -> started(call))
                        .build());
        return parts;
    }

    private ServerCall.Listener<String> started(ServerCall<String, String> call) {
        log.add("start");
        call.request(10);
        return new ServerCall.Listener<>() {
            @Override
            public void onHalfClose() {
                log.add("halfClose");
                call.sendHeaders(new Metadata());
                call.close(Status.OK, new Metadata());
            }

            @Override
            public void onComplete() {
                log.add("complete");
            }

            @Override
            public void onCancel() {
                log.add("cancel");
            }
        };
    }

    /** What has been sent arrives; the executor does nothing. */
    private void arrive() {
        client.flush();
        rig.simulation.settle();
    }

    private void reset(int... ids) {
        for (int id : ids) {
            client.request(id, "/a.B/S", false).message(id, false, "x".repeat(50));
        }
        arrive();
        for (int id : ids) client.out().rst(id, 8);
        arrive();
    }

    private void callEnds(int id) {
        client.request(id, "/a.B/S", true);
        arrive();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void slotsAndSlabsOfDroppedCallsComeBackAfterAWhile() {
        reset(1, 3);
        parts.executor.drop();
        client.lines();
        callEnds(5);
        assertThat(client.lines()).containsExactly("RST_STREAM 5 7");
        long held = rig.loop.slabs().outstanding();
        rig.simulation.runFor(Abandonment.WAIT_NANOS + EngineRig.SECOND);
        assertThat(rig.loop.slabs().outstanding()).isEqualTo(held - 2);
        client.request(7, "/a.B/S", true);
        rig.go(client);
        assertThat(client.lines(7)).hasSize(2);
        assertThat(log).containsExactly("start", "halfClose", "complete");
    }

    @Test
    void aDroppedCompletionFreesItsSlotToo() {
        for (int id = 1; id < 5; id += 2) {
            callEnds(id);
            rig.offLoop(parts.executor::runOne);
            rig.simulation.settle();
            parts.executor.drop();
        }
        assertThat(log).containsExactly("start", "halfClose", "start", "halfClose");
        rig.simulation.runFor(Abandonment.WAIT_NANOS + EngineRig.SECOND);
        client.request(7, "/a.B/S", true);
        rig.go(client);
        assertThat(log).hasSize(7).endsWith("complete");
    }

    @Test
    void aClientThatHasItsAnswerIsNotRefusedForACompletionThatWaits() {
        for (int id = 1; id < 11; id += 2) {
            callEnds(id);
            rig.offLoop(parts.executor::runOne);
            rig.simulation.settle();
            parts.executor.drop();
            assertThat(client.lines(id)).as("stream %d", id).hasSize(2);
        }
        assertThat(log).hasSize(10).doesNotContain("complete");
    }

    @Test
    void aTaskThatIsLateAndNotLostStillTells() {
        callEnds(1);
        rig.offLoop(parts.executor::runOne);
        rig.simulation.settle();
        reset(3);
        rig.simulation.runFor(Abandonment.WAIT_NANOS + EngineRig.SECOND);
        assertThat(log).containsExactly("start", "halfClose");
        rig.settle();
        assertThat(log).containsExactly("start", "halfClose", "complete");
    }

    @Test
    void callsWhoseTasksRunFreeTheirSlotsAtOnce() {
        reset(1, 3);
        rig.settle();
        client.lines();
        callEnds(5);
        rig.settle();
        assertThat(client.lines(5)).hasSize(2);
        assertThat(parts.executor.isEmpty()).isTrue();
    }
}
