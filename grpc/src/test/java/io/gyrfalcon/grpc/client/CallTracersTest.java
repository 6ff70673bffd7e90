package io.gyrfalcon.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import io.gyrfalcon.grpc.client.ChannelRig.Heard;
import io.gyrfalcon.grpc.server.HeardLog;
import io.gyrfalcon.http2.sim.FrameBytes;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** What the tracers of a call's attempts hear, and in which order. */
class CallTracersTest {
    private static final String POLICY =
            "{'methodConfig':[{'name':[{}],'retryPolicy':{'maxAttempts':3,"
                    + "'initialBackoff':'1s','maxBackoff':'10s','backoffMultiplier':2,"
                    + "'retryableStatusCodes':['UNAVAILABLE']}}]}";

    private final ChannelRig rig = new ChannelRig();
    private final Tracing tracing = new Tracing();
    private final CallOptions traced = CallOptions.DEFAULT.withStreamTracerFactory(tracing);

    @AfterEach
    void end() {
        rig.close();
    }

    /** Notes what its tracers are told, by the number of their attempt. */
    private static final class Tracing extends ClientStreamTracer.Factory {
        final List<String> log = new ArrayList<>();
        String failAt = "";

        void note(String line) {
            log.add(line);
            if (line.equals(failAt)) throw new IllegalStateException(line);
        }

        @Override
        public ClientStreamTracer newClientStreamTracer(
                ClientStreamTracer.StreamInfo stream, Metadata headers) {
            String again = stream.isTransparentRetry() ? "again " : " ";
            String name = stream.getPreviousAttempts() + again;
            note(name + "new");
            return new Tracer(this, name);
        }
    }

    /** Notes what it is told. */
    private static final class Tracer extends ClientStreamTracer {
        private final Tracing to;
        private final String name;

        Tracer(Tracing to, String name) {
            this.to = to;
            this.name = name;
        }

        @Override
        public void createPendingStream() {
            to.note(name + "pending");
        }

        @Override
        public void streamCreated(Attributes attributes, Metadata created) {
            to.note(name + "created");
        }

        @Override
        public void outboundHeaders() {
            to.note(name + "headers out");
        }

        @Override
        public void outboundMessageSent(int index, long wire, long plain) {
            to.note(name + "sent " + index + " " + wire + " " + plain);
        }

        @Override
        public void inboundHeaders() {
            to.note(name + "headers in");
        }

        @Override
        public void inboundMessageRead(int index, long wire, long plain) {
            to.note(name + "read " + index + " " + wire + " " + plain);
        }

        @Override
        public void inboundTrailers(Metadata trailers) {
            to.note(name + "trailers");
        }

        @Override
        public void streamClosed(Status status) {
            to.note(name + "closed " + status.getCode());
        }
    }

    @Test
    void aCallIsFollowedFromItsWaitToItsEnd() {
        rig.unary(traced);
        rig.greet(100);
        rig.answer(1, "abc");
        assertThat(tracing.log)
                .containsExactly(
                        "0 new",
                        "0 pending",
                        "0 created",
                        "0 headers out",
                        "0 sent 0 2 2",
                        "0 headers in",
                        "0 read 0 3 3",
                        "0 trailers",
                        "0 closed OK");
    }

    @Test
    void aCallThatFindsAConnectionIsNotPending() {
        rig.unary();
        rig.unary(traced);
        assertThat(tracing.log)
                .containsExactly("0 new", "0 created", "0 headers out", "0 sent 0 2 2");
    }

    @Test
    void trailersAreToldOnlyWhereTheServerHasSaidThem() {
        rig.unary(traced);
        rig.greet(100);
        rig.server().send(new FrameBytes().rst(1, 2));
        rig.settle();
        assertThat(tracing.log).endsWith("0 sent 0 2 2", "0 closed INTERNAL");
        tracing.log.clear();
        Heard cancelled = rig.unary(traced);
        cancelled.call.cancel("enough", null);
        rig.settle();
        assertThat(tracing.log).endsWith("0 sent 0 2 2", "0 closed CANCELLED");
    }

    @Test
    void everyAttemptHasTracersOfItsOwnThatHearWhatItSends() {
        rig.configured(POLICY);
        rig.unary(traced);
        rig.greet(100);
        rig.refuse(1);
        rig.fail(3, 14);
        rig.simulation.runFor(2 * ChannelRig.SECOND);
        rig.answer(5, "a");
        assertThat(tracing.log)
                .containsExactly(
                        "0 new",
                        "0 pending",
                        "0 created",
                        "0 headers out",
                        "0 sent 0 2 2",
                        "0again new",
                        "0 closed UNAVAILABLE",
                        "0again created",
                        "0again headers out",
                        "0again sent 0 2 2",
                        "0again trailers",
                        "0again closed UNAVAILABLE",
                        "1 new",
                        "1 created",
                        "1 headers out",
                        "1 sent 0 2 2",
                        "1 headers in",
                        "1 read 0 1 1",
                        "1 trailers",
                        "1 closed OK");
    }

    @Test
    void anAttemptThatFindsNoConnectionIsFollowedToo() {
        rig.unary(traced);
        rig.greet(100);
        tracing.log.clear();
        rig.server().send(new FrameBytes().rst(1, ChannelRig.REFUSED_STREAM));
        rig.server().close();
        rig.settle();
        rig.exchange().shutdownNow();
        rig.settle();
        assertThat(tracing.log)
                .containsExactly(
                        "0again new",
                        "0 closed UNAVAILABLE",
                        "0again pending",
                        "0again closed UNAVAILABLE");
    }

    @Test
    void aTracerThatThrowsEndsItsCallAndNothingElse() {
        Heard other = rig.start(ChannelRig.BIDI, CallOptions.DEFAULT, 1);
        rig.greet(100);
        for (String moment : List.of("0 created", "0 sent 0 2 2", "0again new")) {
            tracing.failAt = moment;
            Heard failed = rig.unary(traced);
            if (moment.endsWith("new")) {
                rig.refuse(5);
            }
            assertThat(failed.status.getDescription()).isEqualTo("A tracer has failed");
            assertThat(failed.status.getCode()).isEqualTo(Status.Code.INTERNAL);
            assertThat(failed.status.getCause()).hasMessage(moment);
        }
        rig.answer(1, "a");
        assertThat(other.lines).endsWith("message a", "closed OK");
    }

    @Test
    void aTracerThatThrowsAtTheEndHidesItFromNobody() {
        tracing.failAt = "0 trailers";
        Heard call = rig.unary(traced.withStreamTracerFactory(tracing));
        rig.greet(100);
        try (HeardLog heard = new HeardLog()) {
            rig.answer(1, "a");
            assertThat(heard.records).hasSize(2);
            assertThat(heard.records.remove().getThrown()).hasMessage("0 trailers");
        }
        assertThat(call.lines).endsWith("message a", "closed OK");
        assertThat(tracing.log).endsWith("0 trailers", "0 trailers", "0 closed OK", "0 closed OK");
    }

    @Test
    void aTracerThatThrowsAtAWaitEndsItsCall() {
        tracing.failAt = "0 pending";
        Heard failed = rig.unary(traced);
        assertThat(failed.status.getCause()).hasMessage("0 pending");
        assertThat(tracing.log).endsWith("0 closed INTERNAL");
    }
}
