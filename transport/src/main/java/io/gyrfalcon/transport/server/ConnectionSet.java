package io.gyrfalcon.transport.server;

import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

/** The connections of one server on one loop, linked through themselves. Loop-owned. */
@LoopOwned
final class ConnectionSet {
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

    void closeNow(String text) {
        ServerConnection connection = head;
        while (connection != null) {
            ServerConnection next = connection.next;
            connection.closeNow(text);
            connection = next;
        }
    }
}
