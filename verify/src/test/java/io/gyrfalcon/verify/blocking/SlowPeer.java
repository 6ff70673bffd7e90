package io.gyrfalcon.verify.blocking;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Answers each connection with one byte, late, from platform threads. Any thread. */
final class SlowPeer {
    private final ScheduledExecutorService later =
            Executors.newScheduledThreadPool(1, Thread.ofPlatform().daemon().factory());
    private final ServerSocket listening;
    private final long millis;

    SlowPeer(long millis) throws IOException {
        this.millis = millis;
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("slow-peer").start(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                later.schedule(() -> answer(socket), millis, TimeUnit.MILLISECONDS);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Void answer(Socket socket) throws IOException {
        try (socket) {
            socket.getOutputStream().write('x');
        }
        return null;
    }

    /** Connects and blocks in a read until the answer is there. */
    void read() {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), listening.getLocalPort())) {
            if (socket.getInputStream().read() != 'x') throw new IOException("not what was sent");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
