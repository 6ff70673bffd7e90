package io.gyrfalcon.http2;

import io.gyrfalcon.http2.guard.PingBudget;
import io.gyrfalcon.http2.guard.ProgressBudget;
import io.gyrfalcon.http2.guard.ReplyBudget;
import io.gyrfalcon.http2.stream.SendScheduler;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;

/**
 * What both sides of a connection are made of, wired; what differs is built upon it. Loop-owned.
 */
@LoopOwned
final class Rooms {
    final Http2Settings settings;
    final Http2Limits limits;
    final StreamEvents events;
    final SlabPool slabs;
    final Http2Scratch scratch;
    final Fault fault = new Fault();
    final ReplyBudget replies;
    final ProgressBudget progress;
    final Streams streams;
    final Stalls stalls;
    final Shutdown shutdown;
    final Lifetime lifetime;
    final Outbound outbound;
    final Inbound inbound;
    final BlockReader reader;
    final Handshake handshake;
    final Liveness liveness;

    Rooms(
            Role role,
            Http2Settings settings,
            Http2Limits limits,
            StreamEvents events,
            SlabPool slabs,
            SlabChain out,
            Http2Scratch scratch,
            long nowNanos) {
        this.settings = settings;
        this.limits = limits;
        this.events = events;
        this.slabs = slabs;
        this.scratch = scratch;
        replies = new ReplyBudget(limits.repliesPauseAt(), limits.repliesMax());
        progress = new ProgressBudget(limits.emptyFramesMax());
        Control control = new Control(out, replies);
        PingBudget pings =
                new PingBudget(
                        settings.permitKeepAliveNanos(), settings.permitKeepAliveWithoutCalls());
        SendScheduler<Stream> scheduler = new SendScheduler<>();
        HeaderWriter writer = new HeaderWriter(out, slabs);
        BandwidthProbe probe = new BandwidthProbe(control, settings, limits);
        streams = new Streams(role, control, fault, limits, scratch, scheduler, nowNanos);
        stalls = new Stalls(streams, limits, nowNanos);
        shutdown = new Shutdown(role, control, streams, settings);
        lifetime = new Lifetime(settings, shutdown, fault, scratch, nowNanos);
        outbound =
                new Outbound(
                        out, streams, scheduler, writer, progress, pings, stalls, limits, scratch);
        inbound =
                new Inbound(
                        settings,
                        events,
                        streams,
                        control,
                        fault,
                        progress,
                        probe,
                        outbound,
                        slabs.budget());
        reader = new BlockReader(limits, fault, scratch);
        handshake =
                new Handshake(
                        role, settings, limits, control, fault, inbound, outbound, writer, reader,
                        streams, progress, scratch, nowNanos);
        liveness =
                new Liveness(settings, control, fault, streams, shutdown, probe, pings, nowNanos);
    }
}
