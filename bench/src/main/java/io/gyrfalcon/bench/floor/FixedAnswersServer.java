package io.gyrfalcon.bench.floor;

import io.gyrfalcon.bench.Arguments;
import io.gyrfalcon.bench.server.ControlLines;
import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.Listener;
import io.gyrfalcon.eventloop.LoopGroup;
import io.gyrfalcon.eventloop.LoopSettings;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Answers every greeter call with the same frames: what is left of a server without HTTP/2, gRPC
 * and a service is the loop and the kernel. Options: {@code --port}. Owned by the main thread.
 */
public final class FixedAnswersServer {
    private FixedAnswersServer() {}

    /** Says {@code ready PORT}, then answers {@link ControlLines}. */
    public static void main(String[] words) throws IOException {
        int port = new Arguments(words).number("--port", 0, 0, 65_535);
        try (LoopGroup loops = LoopGroup.start(LoopSettings.defaults())) {
            Listener listener =
                    loops.listen(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                            ListenOptions.defaults(),
                            FixedAnswers::new);
            System.out.println("ready " + ((InetSocketAddress) listener.address()).getPort());
            new ControlLines(FixedAnswersServer.class.getName()).serve(System.in, System.out);
            listener.close();
        }
    }
}
