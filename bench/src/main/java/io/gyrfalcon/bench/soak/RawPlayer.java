package io.gyrfalcon.bench.soak;

import io.gyrfalcon.bench.wire.Frames;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * A peer with bad manners on bare sockets: resets streams of its own, leaves in the middle of a
 * frame, hangs up without a word. Every one of its connections ends; the server owes it nothing but
 * its own health. Player's thread.
 */
final class RawPlayer implements Player {
    private static final int CANCEL = 8;
    private static final int STREAMS_MAX = 20;
    private static final long PAUSE_MILLIS = 10;
    private static final String CHAT = "/gyrfalcon.bench.Mixed/Chat";

    private final int port;
    private final ByteBuffer output = ByteBuffer.allocate(1 << 16);

    RawPlayer(int port) {
        this.port = port;
    }

    @Override
    public void play(SplittableRandom random, Tally tally)
            throws IOException, InterruptedException {
        if (random.nextBoolean()) resetStreams(random, tally);
        else drop(random, tally);
        Thread.sleep(PAUSE_MILLIS);
    }

    private void resetStreams(SplittableRandom random, Tally tally)
            throws IOException, InterruptedException {
        try (Socket socket = connect()) {
            output.clear();
            Frames.preface(output);
            int streams = random.nextInt(STREAMS_MAX) + 1;
            for (int i = 0; i < streams; i++) {
                Frames.open(output, 2 * i + 1, CHAT);
                if (random.nextBoolean()) Frames.message(output, 2 * i + 1, random.nextBoolean());
                if (random.nextBoolean()) {
                    write(socket, output.position());
                    output.clear();
                }
                Frames.reset(output, 2 * i + 1, CANCEL);
                tally.count("resets");
            }
            write(socket, output.position());
            Thread.sleep(random.nextInt(5));
        }
    }

    private void drop(SplittableRandom random, Tally tally)
            throws IOException, InterruptedException {
        try (Socket socket = connect()) {
            output.clear();
            Frames.preface(output);
            int streams = random.nextInt(STREAMS_MAX) + 1;
            for (int i = 0; i < streams; i++) {
                Frames.open(output, 2 * i + 1, CHAT);
                Frames.message(output, 2 * i + 1, false);
            }
            write(socket, random.nextInt(output.position()));
            if (random.nextBoolean()) Thread.sleep(random.nextInt(5));
            // without lingering, close is a reset
            if (random.nextBoolean()) socket.setSoLinger(true, 0);
        }
        tally.count("drops");
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        return socket;
    }

    private void write(Socket socket, int bytes) throws IOException {
        socket.getOutputStream().write(output.array(), 0, bytes);
    }

    @Override
    public void leave(Tally tally) {
        // each of its connections is closed where it was opened
    }
}
