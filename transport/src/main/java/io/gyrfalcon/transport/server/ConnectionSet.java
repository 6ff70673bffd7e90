package io.gyrfalcon.transport.server;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.Budget;

import org.jspecify.annotations.Nullable;

/** The connections of one server on one loop, linked through themselves. Loop-owned. */
@LoopOwned
final class ConnectionSet {
    /** Calls that are cancelled at one go at most. */
    private static final int SHED_MAX = 64;

    private @Nullable ServerConnection head;

    void add(ServerConnection connection) {
        ServerConnection second = head;
        connection.next = second;
        if (second != null) second.previous = connection;
        head = connection;
    }

    void remove(ServerConnection connection) {
        ServerConnection previous = connection.previous;
        ServerConnection next = connection.next;
        if (previous == null) {
            head = next;
        } else {
            previous.next = next;
        }
        if (next != null) next.previous = previous;
        connection.previous = null;
        connection.next = null;
    }

    void drain() {
        ServerConnection connection = head;
        while (connection != null) {
            ServerConnection next = connection.next;
            connection.drain();
            connection = next;
        }
    }

    /** The most bytes of one call that wait for a peer that does not take them. */
    long stalledBytes() {
        ServerConnection most = mostStalled();
        return most == null ? 0 : most.stalledBytes();
    }

    private @Nullable ServerConnection mostStalled() {
        ServerConnection most = null;
        long mostBytes = 0;
        for (ServerConnection c = head; c != null; c = c.next) {
            long bytes = c.stalledBytes();
            if (bytes <= mostBytes) continue;
            most = c;
            mostBytes = bytes;
        }
        return most;
    }

    /**
     * While memory is short: cancels the call with the most bytes that its peer does not take, then
     * the next, if it has as many as this.
     *
     * @return whether one was cancelled
     */
    boolean shed(Loop loop, long downToBytes) {
        Budget budget = loop.slabs().budget();
        int count = 0;
        while (count < SHED_MAX && budget.isTight()) {
            ServerConnection most = mostStalled();
            if (most == null || most.stalledBytes() < downToBytes) break;
            most.shedStalled();
            winBack(loop);
            count++;
        }
        return count > 0;
    }

    /** Gives free slabs back to the budget: the second call finds what the first one saw unused. */
    static void winBack(Loop loop) {
        for (int i = 0; i < 2; i++) {
            loop.slabs().trim();
            loop.sharedSlabs().trim();
        }
    }

    void closeNow(String text) {
        ServerConnection connection = head;
        while (connection != null) {
            ServerConnection next = connection.next;
            connection.closeNow(text);
            connection = next;
        }
    }
}
