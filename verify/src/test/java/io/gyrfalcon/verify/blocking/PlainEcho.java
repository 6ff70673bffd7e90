package io.gyrfalcon.verify.blocking;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.locks.LockSupport;

/**
 * What the machine itself takes for the way of a call: bytes at the same steady rate to a plain
 * thread of the server's process and back, each timed from when it was due. The times are the
 * reader's; read once that has ended.
 */
final class PlainEcho {
    private static final long INTERVAL_NANOS = 2_000_000;
    private static final int BYTES_MAX = 30_000;

    private final long[] nanos = new long[BYTES_MAX];
    private final Socket socket;
    private final Thread writer;
    private final Thread reader;
    private final long startNanos = System.nanoTime();
    private volatile boolean isStopping;
    private int received;

    PlainEcho(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        writer = Thread.ofPlatform().daemon().name("echo-writer").start(this::write);
        reader = Thread.ofPlatform().daemon().name("echo-reader").start(this::read);
    }

    /** The server's end. Answers the port. */
    static int serve() throws IOException {
        ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("echo").start(() -> echoAll(listening));
        return listening.getLocalPort();
    }

    private static void echoAll(ServerSocket listening) {
        while (true) {
            try (Socket socket = listening.accept()) {
                socket.setTcpNoDelay(true);
                InputStream in = socket.getInputStream();
                for (int b = in.read(); b >= 0; b = in.read()) socket.getOutputStream().write(b);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private long due(int index) {
        return startNanos + index * INTERVAL_NANOS;
    }

    private void write() {
        try (socket) {
            OutputStream out = socket.getOutputStream();
            for (int i = 0; i < BYTES_MAX && !isStopping; ) {
                long early = due(i) - System.nanoTime();
                if (early > 0) {
                    LockSupport.parkNanos(early);
                    continue;
                }
                out.write(1);
                i++;
            }
            socket.shutdownOutput();
            reader.join();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        try {
            InputStream in = socket.getInputStream();
            while (in.read() >= 0) {
                nanos[received] = System.nanoTime() - due(received);
                received++;
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    Figures stop() throws InterruptedException {
        isStopping = true;
        writer.join();
        return Figures.of(nanos, received);
    }
}
