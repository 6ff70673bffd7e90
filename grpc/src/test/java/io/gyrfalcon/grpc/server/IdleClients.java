package io.gyrfalcon.grpc.server;

import io.gyrfalcon.transport.fixtures.RawClient;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Connections of another process that shake hands and ask for nothing more, until this is closed:
 * both ends in one process would need twice the descriptors.
 */
final class IdleClients implements AutoCloseable {
    private final Process process;

    private IdleClients(Process process) {
        this.process = process;
    }

    /** Starts to connect so many. */
    static IdleClients start(int port, int count) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = System.getProperty("java.class.path");
        String name = IdleClients.class.getName();
        List<String> command =
                List.of(java, "-Xmx128m", "-cp", classes, name, "" + port, "" + count);
        return new IdleClients(new ProcessBuilder(command).inheritIO().redirectInput(PIPE).start());
    }

    private static final ProcessBuilder.Redirect PIPE = ProcessBuilder.Redirect.PIPE;

    /** The other process: ends when its input does, so with the one that has started it. */
    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[0]);
        int count = Integer.parseInt(arguments[1]);
        byte[] hello = new RawClient(null).hello().take();
        List<Socket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.getOutputStream().write(hello);
            sockets.add(socket);
        }
        int over = System.in.read();
        if (over != -1) throw new AssertionError("asked for something: " + over);
        for (Socket socket : sockets) socket.close();
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
