package io.gyrfalcon.eventloop.fake;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.SocketOptions;
import io.gyrfalcon.eventloop.poll.Poller;
import io.gyrfalcon.eventloop.poll.Port;
import io.gyrfalcon.eventloop.poll.Ready;
import io.gyrfalcon.eventloop.poll.Wire;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A poller on a {@link FakeNetwork}; never waits. One thread. */
public final class FakePoller implements Poller {
    private final FakeNetwork network;
    private final Map<Object, Ready> targets = new LinkedHashMap<>();
    private final Map<Object, Integer> marked = new LinkedHashMap<>();
    private @Nullable FakePort lastPort;
    private int wakeUps;
    private long cpuNanos;
    private boolean tellsCpu = true;
    private boolean isRefusing;

    FakePoller(FakeNetwork network) {
        this.network = network;
    }

    void mark(Object source, int what) {
        if (targets.containsKey(source)) marked.merge(source, what, (a, b) -> a | b);
    }

    /** Whether {@link #deliver} has something to tell. */
    boolean hasNews() {
        return !marked.isEmpty();
    }

    @Override
    public int await(long nanosMax) {
        network.deliverDue();
        return marked.size();
    }

    @Override
    public void deliver() {
        Map<Object, Integer> batch = new LinkedHashMap<>(marked);
        marked.clear();
        for (Map.Entry<Object, Integer> event : batch.entrySet()) {
            Ready target = targets.get(event.getKey());
            if (target != null) target.onReady(event.getValue());
        }
    }

    @Override
    public void wakeUp() {
        wakeUps++;
    }

    /** How often somebody asked to wake this poller. */
    public int wakeUps() {
        return wakeUps;
    }

    /** The port that was opened last, to make it fail. */
    public FakePort lastPort() {
        if (lastPort == null) throw new IllegalStateException("nobody listens");
        return lastPort;
    }

    /** Uses CPU time in the name of whoever drives this poller. */
    public void useCpu(long nanos) {
        cpuNanos += nanos;
    }

    /** Says from now on how much CPU time was used, or that it cannot be told. */
    public void tellCpu(boolean tells) {
        tellsCpu = tells;
    }

    @Override
    public long threadCpuNanos() {
        return tellsCpu ? cpuNanos : UNKNOWN;
    }

    @Override
    public Port listen(SocketAddress address, ListenOptions options, boolean shared)
            throws IOException {
        FakePort port = network.bind(address);
        lastPort = port;
        return port;
    }

    /** Has the next {@link #register} of a wire fail. */
    public void refuseNext() {
        isRefusing = true;
    }

    @Override
    public Wire connect(SocketAddress address, SocketOptions options) throws IOException {
        return network.dial(address);
    }

    @Override
    public void register(Wire wire, Ready target) throws IOException {
        if (isRefusing) {
            isRefusing = false;
            throw new IOException("refused on purpose");
        }
        targets.put(wire, target);
        ((FakeWire) wire).watchedBy(this);
    }

    @Override
    public void register(Port port, Ready target) {
        targets.put(port, target);
        ((FakePort) port).watchedBy(this);
    }

    @Override
    public void deregister(Wire wire) {
        targets.remove(wire);
        marked.remove(wire);
        ((FakeWire) wire).watchedBy(null);
    }

    @Override
    public void deregister(Port port) {
        targets.remove(port);
        marked.remove(port);
        ((FakePort) port).watchedBy(null);
    }

    @Override
    public void endTargets() {
        List<Ready> all = new ArrayList<>(targets.values());
        for (Ready target : all) target.onPollerEnd();
    }

    @Override
    public void close() {
        targets.clear();
        marked.clear();
    }
}
