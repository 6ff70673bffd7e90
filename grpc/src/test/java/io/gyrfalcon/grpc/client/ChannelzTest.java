package io.gyrfalcon.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ChannelLogger.ChannelLogLevel;
import io.grpc.ConnectivityState;
import io.grpc.InternalChannelz;
import io.grpc.InternalChannelz.ChannelStats;
import io.grpc.InternalChannelz.ChannelTrace.Event;
import io.grpc.InternalChannelz.SocketStats;
import io.grpc.InternalInstrumented;
import io.grpc.InternalWithLogId;
import io.gyrfalcon.grpc.client.ChannelRig.Heard;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.concurrent.ExecutionException;

/** Channels as channelz shows them. */
class ChannelzTest {
    private static final InternalChannelz ALL = InternalChannelz.instance();

    private final ChannelRig rig = new ChannelRig();

    @AfterEach
    void end() {
        rig.close();
        assertThat(find()).isNull();
    }

    /** The rig's channel, by its address. */
    private InternalInstrumented<ChannelStats> find() {
        String target = Target.of(rig.listener.address()).text();
        InternalInstrumented<ChannelStats> found = null;
        for (InternalInstrumented<ChannelStats> one : ALL.getRootChannels(0, 10_000).channels) {
            if (one.toString().contains(target)) found = one;
        }
        return found;
    }

    private static <T> T stats(InternalInstrumented<T> of) {
        try {
            return of.getStats().get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static ChannelStats subchannel(ChannelStats channel) {
        InternalWithLogId id = channel.subchannels.getFirst();
        return stats(ALL.getSubchannel(id.getLogId().getId()));
    }

    private static SocketStats socket(ChannelStats subchannel) {
        InternalWithLogId id = subchannel.sockets.getFirst();
        return stats(ALL.getSocket(id.getLogId().getId()));
    }

    @Test
    void aChannelIsThereFromItsBuildToItsEnd() {
        rig.exchange();
        ChannelStats before = stats(find());
        assertThat(before.state).isEqualTo(ConnectivityState.IDLE);
        assertThat(before.callsStarted).isZero();
        assertThat(before.lastCallStartedNanos).isZero();
        assertThat(before.subchannels).isEmpty();
        assertThat(before.channelTrace).isNull();
    }

    @Test
    void callsAreCountedAtEachLevel() {
        Heard call = rig.unary();
        rig.answer(1, "a");
        assertThat(call.lines).endsWith("closed OK");
        Heard failing = rig.unary();
        rig.server().head(3).trailers(3, "grpc-status", "5");
        rig.settle();
        Heard cancelled = rig.unary();
        cancelled.call.cancel("enough", null);
        rig.settle();
        assertThat(failing.status.isOk()).isFalse();
        ChannelStats channel = stats(find());
        ChannelStats subchannel = subchannel(channel);
        for (ChannelStats stats : new ChannelStats[] {channel, subchannel}) {
            assertThat(stats.state).isEqualTo(ConnectivityState.READY);
            assertThat(stats.callsStarted).isEqualTo(3);
            assertThat(stats.callsSucceeded).isEqualTo(1);
            assertThat(stats.callsFailed).isEqualTo(2);
            assertThat(stats.lastCallStartedNanos).isPositive();
        }
        SocketStats socket = socket(subchannel);
        assertThat(socket.remote).isEqualTo(rig.listener.address());
        assertThat(socket.local).isNotNull();
        assertThat(socket.security).isNull();
        assertThat(socket.data.streamsStarted).isEqualTo(3);
        assertThat(socket.data.streamsSucceeded).isEqualTo(1);
        assertThat(socket.data.streamsFailed).isEqualTo(2);
        assertThat(socket.data.messagesSent).isEqualTo(3);
        assertThat(socket.data.messagesReceived).isEqualTo(1);
        assertThat(socket.data.lastMessageReceivedTimeNanos).isPositive();
        assertThat(socket.data.lastMessageSentTimeNanos).isPositive();
        assertThat(socket.data.lastLocalStreamCreatedTimeNanos).isPositive();
        assertThat(socket.data.localFlowControlWindow).isPositive();
        assertThat(socket.data.remoteFlowControlWindow).isPositive();
        assertThat(socket.data.keepAlivesSent).isZero();
    }

    @Test
    void whatIsGoneIsNotShown() {
        rig.unary();
        InternalWithLogId subchannel = stats(find()).subchannels.getFirst();
        InternalWithLogId socket = subchannel(stats(find())).sockets.getFirst();
        rig.server().close();
        rig.settle();
        assertThat(ALL.getSocket(socket.getLogId().getId())).isNull();
        assertThat(subchannel(stats(find())).sockets).isEmpty();
        rig.exchange().goIdle();
        rig.settle();
        assertThat(ALL.getSubchannel(subchannel.getLogId().getId())).isNull();
        assertThat(stats(find()).subchannels).isEmpty();
    }

    @Test
    void theLastTracesAreKept() {
        rig.tracesMax = 3;
        rig.unary();
        rig.exchange().hosting().logger().log(ChannelLogLevel.WARNING, "watch {0}", "out");
        rig.exchange().hosting().logger().log(ChannelLogLevel.DEBUG, "never mind");
        ChannelStats channel = stats(find());
        assertThat(channel.channelTrace.events).hasSize(3);
        assertThat(channel.channelTrace.numEventsLogged).isGreaterThan(3);
        assertThat(channel.channelTrace.creationTimeNanos).isPositive();
        Event last = channel.channelTrace.events.getLast();
        assertThat(last.description).isEqualTo("watch out");
        assertThat(last.severity).isEqualTo(Event.Severity.CT_WARNING);
        assertThat(channel.channelTrace.events.get(1).description)
                .isEqualTo("Entering READY state");
        assertThat(subchannel(channel).channelTrace.events.getLast().description)
                .isEqualTo("Entering READY state");
        rig.exchange().hosting().logger().log(ChannelLogLevel.ERROR, "broken");
        assertThat(stats(find()).channelTrace.events.getLast().severity)
                .isEqualTo(Event.Severity.CT_ERROR);
    }

    @Test
    void aChannelThatCannotBeBuiltIsNotShown() {
        FakeResolvers resolvers = new FakeResolvers("fake");
        resolvers.isBroken = true;
        rig.registry.register(resolvers);
        Target target = new TargetParser(rig.registry, null, 1).parse("fake:///never-built");
        try {
            rig.exchange(target);
        } catch (IllegalArgumentException expected) {
            assertThat(expected).hasMessageContaining("never-built");
        }
        assertThat(ALL.getRootChannels(0, 10_000).channels.toString())
                .doesNotContain("never-built");
        rig.unary(CallOptions.DEFAULT);
    }
}
