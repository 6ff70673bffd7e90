package io.gyrfalcon.verify.judged;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A server on a port of its own that plays a script on each connection. Any thread. */
final class ScriptedServer implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final ServerSocket listener;
    private final Script script;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private int accepted;
    private int ended;
    private Throwable fault;

    ScriptedServer(Script script) throws IOException {
        this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
    }

    /** One whose listener is given, as where it speaks TLS. */
    ScriptedServer(ServerSocket listener, Script script) {
        this.listener = listener;
        this.script = script;
        Thread.ofVirtual().name("scripted-listener").start(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port());
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                begin(socket);
                Thread.ofVirtual().name("scripted-connection").start(() -> play(socket));
            }
        } catch (IOException closed) {
            // As it ends.
        }
    }

    private void play(Socket socket) {
        Throwable thrown = null;
        try (socket) {
            socket.setTcpNoDelay(true);
            script.play(new Wire(socket));
        } catch (IOException cut) {
            // A client may go at any time.
        } catch (Throwable other) {
            thrown = other;
        }
        end(socket, thrown);
    }

    private synchronized void begin(Socket socket) {
        open.add(socket);
        accepted++;
    }

    private synchronized void end(Socket socket, Throwable thrown) {
        open.remove(socket);
        ended++;
        if (fault == null) fault = thrown;
        notifyAll();
    }

    synchronized int accepted() {
        return accepted;
    }

    /** Every connection has ended, and no script has failed. */
    synchronized void awaitEnds() throws InterruptedException {
        long endNanos = System.nanoTime() + PATIENCE_NANOS;
        while (ended < accepted) {
            long left = endNanos - System.nanoTime();
            assertThat(left).as("connections are left").isPositive();
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        assertThat(fault).isNull();
    }

    /** Ends as a process does that is killed: every connection is reset, none is taken. */
    void kill() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) socket.close();
    }
}
