package io.gyrfalcon.bench.engine;

import io.grpc.InternalChannelz;
import io.grpc.InternalChannelz.ServerStats;
import io.grpc.InternalInstrumented;
import io.gyrfalcon.bench.server.Outstanding;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopGroup;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;

/**
 * What the process's loops and servers hold: connections, calls that have begun and not ended, and
 * slabs beyond the receive buffer that each loop keeps. Any thread; exact when nothing moves.
 */
public final class EngineOutstanding implements Outstanding {

    /** Made by the service loader. */
    public EngineOutstanding() {}

    @Override
    public Map<String, Long> counts() {
        LoopGroup loops = LoopGroup.acquireShared();
        try {
            return counts(loops);
        } finally {
            LoopGroup.releaseShared();
        }
    }

    private static Map<String, Long> counts(LoopGroup loops) {
        long connections = 0;
        long slabs = loops.loop(0).sharedSlabs().outstanding();
        for (int i = 0; i < loops.size(); i++) {
            Loop loop = loops.loop(i);
            connections += loop.connections();
            slabs += Math.max(0, loop.slabs().outstanding() - 1);
        }
        Map<String, Long> counts = new TreeMap<>();
        counts.put("connections", connections);
        counts.put("slabs", slabs);
        counts.put("calls", calls());
        return counts;
    }

    private static long calls() {
        long open = 0;
        for (InternalInstrumented<ServerStats> server :
                InternalChannelz.instance().getServers(0, 100).servers) {
            ServerStats stats = statsOf(server);
            open += stats.callsStarted - stats.callsSucceeded - stats.callsFailed;
        }
        return open;
    }

    private static ServerStats statsOf(InternalInstrumented<ServerStats> server) {
        try {
            return server.getStats().get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("no statistics of " + server, e);
        }
    }
}
