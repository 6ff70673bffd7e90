package io.gyrfalcon.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.gyrfalcon.grpc.client.ChannelRig.Heard;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** What a deadline that has passed says of where its call was, in grpc-java's words. */
class LateCallTest {
    private static final CallOptions PLAIN = CallOptions.DEFAULT;

    private final ChannelRig rig = new ChannelRig();

    @AfterEach
    void end() {
        rig.close();
    }

    private static CallOptions inAnHour() {
        return PLAIN.withDeadlineAfter(1, TimeUnit.HOURS);
    }

    private String late(Heard call) {
        rig.simulation.runFor(3_601 * ChannelRig.SECOND);
        assertThat(call.status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        String text = call.status.getDescription();
        assertThat(text).startsWith("CallOptions deadline exceeded after 35");
        String resolution = "Name resolution delay 0.000000000 seconds. ";
        return text.substring(text.indexOf(resolution) + resolution.length());
    }

    @Test
    void aCallThatHasWaitedAndReachedItsServer() {
        Heard call = rig.unary(inAnHour());
        rig.greet(100);
        assertThat(late(call))
                .matches(
                        "\\[closed=\\[], open=\\[\\[buffered_nanos=[0-9]+,"
                                + " remote_addr=localhost/127.0.0.1:40000]]]");
    }

    @Test
    void aCallThatWaitsForWantOfAServer() {
        Heard call = rig.unary(inAnHour().withWaitForReady());
        assertThat(late(call))
                .matches(
                        "\\[closed=\\[], open=\\[\\[wait_for_ready, Last Pick Failure=Status\\{"
                                + "code=UNAVAILABLE, description=.*preface_timeout, cause=null}, "
                                + "buffered_nanos=[0-9]+, waiting_for_connection]]]");
    }

    @Test
    void aCallWithAttemptsThatHaveFailed() {
        rig.unary();
        Heard call = rig.unary(inAnHour());
        rig.refuse(3);
        assertThat(late(call))
                .isEqualTo(
                        "[closed=[UNAVAILABLE], open=[[remote_addr=localhost/127.0.0.1:40000]]]");
    }

    @Test
    void aCallWhoseServerHasBegunToAnswer() {
        rig.unary();
        Heard call = rig.unary(inAnHour());
        rig.server().head(3);
        rig.settle();
        assertThat(late(call))
                .isEqualTo("[closed=[], committed=[remote_addr=localhost/127.0.0.1:40000]]");
    }

    @Test
    void aCallWhoseRequestIsNotComplete() {
        Heard call = rig.start(ChannelRig.UNARY, inAnHour(), 1);
        rig.settle();
        assertThat(late(call)).isEqualTo("[closed=[], open=[]]");
    }

    @Test
    void aCallOfAChannelThatTriesNothingAgain() {
        rig.isRetrying = false;
        rig.unary();
        Heard call = rig.unary(inAnHour());
        assertThat(late(call)).isEqualTo("[remote_addr=localhost/127.0.0.1:40000]");
    }

    /** A call that its server has ended, with a message that nobody has asked for. */
    private Heard heldBack() {
        rig.unary();
        Heard call = rig.start(ChannelRig.BIDI, inAnHour(), 1);
        call.call.halfClose();
        rig.settle();
        rig.server().head(3).message(3, "a").message(3, "b").trailers(3, "grpc-status", "0");
        rig.settle();
        return call;
    }

    @Test
    void aCallWhoseMessagesNobodyAsksFor() {
        Heard call = heldBack();
        assertThat(call.lines).endsWith("message a");
        late(call);
        assertThat(call.lines).endsWith("message a", "closed DEADLINE_EXCEEDED");
    }

    @Test
    void aCallWhoseMessagesAreAskedForInTime() {
        Heard call = heldBack();
        call.call.request(1);
        rig.settle();
        assertThat(call.lines).endsWith("message b", "closed OK");
        rig.simulation.runFor(3_601 * ChannelRig.SECOND);
        assertThat(call.lines).endsWith("message b", "closed OK");
    }

    @Test
    void aCallWhoseContextIsLate() throws Exception {
        rig.unary();
        ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
        Deadline soon = Deadline.after(50, TimeUnit.MILLISECONDS);
        Context.CancellableContext context = Context.current().withDeadline(soon, timers);
        Heard call = context.call(() -> rig.unary(PLAIN));
        timers.shutdown();
        assertThat(timers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        rig.settle();
        assertThat(call.status.getDescription())
                .startsWith("Context deadline exceeded after 0.0")
                .endsWith(" [closed=[], open=[[remote_addr=localhost/127.0.0.1:40000]]]");
    }
}
