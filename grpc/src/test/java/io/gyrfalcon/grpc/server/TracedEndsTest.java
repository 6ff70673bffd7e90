package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;

/** What tracers are told of calls that are cut. */
class TracedEndsTest extends ScriptedCalls {
    private final List<String> ends = new ArrayList<>();

    @BeforeEach
    void trace() {
        parts.tracers.add(
                new ServerStreamTracer.Factory() {
                    @Override
                    public ServerStreamTracer newServerStreamTracer(String name, Metadata headers) {
                        return new ServerStreamTracer() {
                            @Override
                            public void streamClosed(Status status) {
                                ends.add(status.getCode() + " " + status.getDescription());
                            }
                        };
                    }
                });
    }

    private RawClient begun(Lane lane, String... more) {
        RawClient client = start(lane);
        client.request(1, "/a.B/S", false, more);
        rig.go(client);
        assertThat(calls).hasSize(1);
        return client;
    }

    @ParameterizedTest
    @EnumSource
    void aKeepaliveThatIsNotAnswered(Lane lane) {
        parts.http2 =
                parts.http2.toBuilder()
                        .keepAliveNanos(EngineRig.SECOND)
                        .keepAliveTimeoutNanos(EngineRig.SECOND)
                        .keepAliveWithoutCalls(true)
                        .build();
        begun(lane);
        rig.runFor(4 * EngineRig.SECOND);
        assertThat(ends)
                .containsExactly("UNAVAILABLE Keepalive failed. The connection is likely gone");
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionThatIsTooOld(Lane lane) {
        parts.http2 =
                parts.http2.toBuilder()
                        .connectionAgeNanos(EngineRig.SECOND)
                        .connectionAgeGraceNanos(EngineRig.SECOND)
                        .build();
        begun(lane);
        rig.runFor(4 * EngineRig.SECOND);
        assertThat(ends).containsExactly("UNAVAILABLE connection terminated for unknown reason");
    }

    @ParameterizedTest
    @EnumSource
    void aDeadline(Lane lane) {
        begun(lane, "grpc-timeout", "1S");
        rig.runFor(2 * EngineRig.SECOND);
        assertThat(ends).containsExactly("DEADLINE_EXCEEDED context timed out");
    }

    @ParameterizedTest
    @EnumSource
    void aResetOfTheClients(Lane lane) {
        RawClient client = begun(lane);
        client.out().rst(1, 8);
        rig.go(client);
        assertThat(ends).containsExactly("CANCELLED RST_STREAM received for code 8");
    }

    @Test
    void aBusyExecutorDoesNotKeepAnEndFromThem() {
        begun(Lane.EXECUTOR);
        rig.offLoop(calls.getFirst()::answer);
        rig.simulation.settle();
        assertThat(ends).containsExactly("OK null");
        assertThat(log).isEmpty();
        rig.settle();
        assertThat(log).containsExactly("0 complete");
    }

    @Test
    void aBusyExecutorDoesNotKeepAResetFromThem() {
        RawClient client = begun(Lane.EXECUTOR);
        client.out().rst(1, 8);
        client.flush();
        rig.simulation.settle();
        assertThat(ends).containsExactly("CANCELLED RST_STREAM received for code 8");
        assertThat(log).isEmpty();
        rig.settle();
        assertThat(log).containsExactly("0 cancel");
    }

    @Test
    void aCallThatHasNotBegunIsTracedFromItsBeginningAllTheSame() {
        RawClient client = start(Lane.EXECUTOR);
        client.request(1, "/a.B/S", false);
        client.out().rst(1, 8);
        client.flush();
        rig.simulation.settle();
        assertThat(ends).isEmpty();
        rig.settle();
        assertThat(ends).containsExactly("CANCELLED RST_STREAM received for code 8");
    }
}
