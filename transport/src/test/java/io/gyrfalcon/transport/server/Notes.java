package io.gyrfalcon.transport.server;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Takes calls and notes what happens to them; what it answers is a test's choice. One thread. */
final class Notes implements CallAcceptor {
    final List<String> log = new ArrayList<>();
    final List<Played> calls = new ArrayList<>();
    final List<String> routed = new ArrayList<>();
    final List<ServerConnection> connections = new ArrayList<>();
    int connected;
    int disconnected;
    boolean wantsFields;

    /** What is done when something happens to a call. */
    Consumer<Played> onStart = _ -> {};

    Consumer<Played> onMessage = _ -> {};
    Consumer<Played> onEnd = _ -> {};
    Consumer<Played> onReady = _ -> {};
    Consumer<ServerConnection> onConnected = _ -> {};
    Consumer<ServerConnection> onDisconnected = _ -> {};

    @Override
    public Route route(String path) {
        routed.add(path);
        boolean isWanting = wantsFields;
        return () -> isWanting;
    }

    @Override
    public CallEvents onCall(ServerCall call) {
        Played played = new Played(this, call, calls.size());
        calls.add(played);
        return played;
    }

    @Override
    public void onConnected(ServerConnection connection) {
        connected++;
        connections.add(connection);
        onConnected.accept(connection);
    }

    @Override
    public void onDisconnected(ServerConnection connection) {
        disconnected++;
        onDisconnected.accept(connection);
    }

    Played call(int index) {
        return calls.get(index);
    }

    /** What was noted since the last time. */
    List<String> take() {
        List<String> all = List.copyOf(log);
        log.clear();
        return all;
    }
}
