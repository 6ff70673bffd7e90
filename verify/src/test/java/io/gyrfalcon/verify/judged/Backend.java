package io.gyrfalcon.verify.judged;

import io.gyrfalcon.http2.sim.Frame;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A server that answers every call but those that ask to be held, and can be killed and started
 * again on its port. Any thread.
 */
final class Backend implements AutoCloseable {
    /** A message that is not answered. */
    static final String HOLD = "hold";

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    /** One permit for each call that is held. */
    final Semaphore held = new Semaphore(0);

    private final int port;
    private final String name;
    private ScriptedServer server;
    private volatile boolean isHolding = true;

    Backend(String name) throws IOException {
        this.name = name;
        ServerSocket any = listener(0);
        port = any.getLocalPort();
        server = new ScriptedServer(any, this::play);
    }

    private static ServerSocket listener(int port) throws IOException {
        return new ServerSocket(port, 200, InetAddress.getLoopbackAddress());
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private void play(Wire wire) throws IOException {
        wire.hello();
        while (true) {
            Frame frame = wire.frame();
            if (!frame.isEndStream()) continue;
            if (isHolding && text(frame).endsWith(HOLD)) held.release();
            else wire.answer(frame.streamId(), name);
        }
    }

    private static String text(Frame frame) {
        return new String(frame.payload(), StandardCharsets.ISO_8859_1);
    }

    void kill() throws IOException {
        server.kill();
    }

    /** Starts again after a kill, as soon as the system has let its port go. */
    void restart() throws IOException, InterruptedException {
        long endNanos = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            try {
                server = new ScriptedServer(listener(port), this::play);
                return;
            } catch (BindException notYet) {
                if (System.nanoTime() - endNanos > 0) throw notYet;
                Thread.sleep(1);
            }
        }
    }

    /** Whether calls that ask for it are held, as they are at first. */
    void holds(boolean isHolding) {
        this.isHolding = isHolding;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
