package io.gyrfalcon.grpc.client;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.SettableFuture;

import io.grpc.ChannelLogger.ChannelLogLevel;
import io.grpc.ConnectivityState;
import io.grpc.InternalChannelz;
import io.grpc.InternalChannelz.ChannelStats;
import io.grpc.InternalInstrumented;
import io.grpc.InternalLogId;
import io.grpc.InternalWithLogId;
import io.gyrfalcon.grpc.server.ChannelzSocket;
import io.gyrfalcon.grpc.server.ConnectionView;
import io.gyrfalcon.primitives.time.Clock;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A channel, or one of its servers, as channelz shows it. Any thread; guarded by itself, but for
 * counts. Needs Guava, which the rest of the engine does not: {@link #orNone} is the only way in.
 */
final class ChannelzNode implements InternalInstrumented<ChannelStats>, ChannelWatch {
    private static final long MILLI_NANOS = 1_000_000;

    private final InternalChannelz channelz;
    private final @Nullable ChannelzNode parent;
    private final String target;
    private final InternalLogId id;
    private final Clock clock;
    private final ChannelTraces traces;

    /** A channel's servers, or a server's connections. */
    private final Set<InternalWithLogId> below = new LinkedHashSet<>();

    private ConnectivityState state = ConnectivityState.IDLE;

    // Written by the loop alone, and read as far as they are by others.
    private long started;
    private long succeeded;
    private long failed;
    private long startedNanos;

    private ChannelzNode(
            InternalChannelz channelz,
            @Nullable ChannelzNode parent,
            String target,
            Clock clock,
            int tracesMax) {
        this.channelz = channelz;
        this.parent = parent;
        this.target = target;
        this.clock = clock;
        id = InternalLogId.allocate(parent == null ? "Channel" : "Subchannel", target);
        traces = new ChannelTraces(tracesMax, epochNanos());
        trace(ChannelLogLevel.INFO, id.getTypeName() + " for '" + target + "' created");
    }

    /** Registers a channel, or does nothing where Guava is absent. */
    static ChannelWatch orNone(String target, Clock clock, int tracesMax) {
        try {
            Class.forName(
                    "com.google.common.util.concurrent.SettableFuture",
                    false,
                    ChannelzNode.class.getClassLoader());
        } catch (ClassNotFoundException absent) {
            return NONE;
        }
        return register(InternalChannelz.instance(), target, clock, tracesMax);
    }

    static ChannelzNode register(
            InternalChannelz channelz, String target, Clock clock, int tracesMax) {
        ChannelzNode channel = new ChannelzNode(channelz, null, target, clock, tracesMax);
        channelz.addRootChannel(channel);
        return channel;
    }

    private long epochNanos() {
        return System.currentTimeMillis() * MILLI_NANOS;
    }

    @Override
    public void onState(ConnectivityState next) {
        synchronized (this) {
            if (next == state) return;
            state = next;
        }
        trace(ChannelLogLevel.INFO, "Entering " + next + " state");
    }

    @Override
    public void onCallStarted(long nowNanos) {
        started++;
        startedNanos = nowNanos;
    }

    @Override
    public void onCallEnded(boolean isOk) {
        if (isOk) succeeded++;
        else failed++;
    }

    @Override
    public void trace(ChannelLogLevel level, String text) {
        if (level == ChannelLogLevel.DEBUG) return;
        traces.add(level, text, epochNanos());
    }

    @Override
    public ChannelWatch subchannel(String addresses) {
        ChannelzNode made = new ChannelzNode(channelz, this, addresses, clock, traces.max());
        add(made);
        channelz.addSubchannel(made);
        traces.addChild(made, "Child Subchannel started", epochNanos());
        return made;
    }

    @Override
    public Object onOpened(ConnectionView connection) {
        ChannelzSocket socket = ChannelzSocket.ofClient(connection);
        add(socket);
        channelz.addClientSocket(socket);
        return socket;
    }

    @Override
    public void onClosed(@Nullable Object token) {
        if (!(token instanceof ChannelzSocket socket)) return;
        remove(socket);
        channelz.removeClientSocket(socket);
    }

    @Override
    public void onTerminated() {
        ChannelzNode above = parent;
        if (above == null) {
            channelz.removeRootChannel(this);
        } else {
            above.remove(this);
            channelz.removeSubchannel(this);
        }
    }

    private synchronized void add(InternalWithLogId child) {
        below.add(child);
    }

    private synchronized void remove(InternalWithLogId child) {
        below.remove(child);
    }

    @Override
    public InternalLogId getLogId() {
        return id;
    }

    @Override
    public ListenableFuture<ChannelStats> getStats() {
        SettableFuture<ChannelStats> stats = SettableFuture.create();
        stats.set(stats());
        return stats;
    }

    private synchronized ChannelStats stats() {
        long agoNanos = clock.nanoTime() - startedNanos;
        ChannelStats.Builder stats =
                new ChannelStats.Builder()
                        .setTarget(target)
                        .setState(state)
                        .setCallsStarted(started)
                        .setCallsSucceeded(succeeded)
                        .setCallsFailed(failed)
                        .setLastCallStartedNanos(started == 0 ? 0 : epochNanos() - agoNanos);
        if (traces.max() > 0) stats.setChannelTrace(traces.toTrace());
        List<InternalWithLogId> children = List.copyOf(below);
        if (parent == null) stats.setSubchannels(children);
        else stats.setSockets(children);
        return stats.build();
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
