package io.gyrfalcon.eventloop.poll;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

class NioPollerTest extends RealPollerSuite {
    @Override
    Poller newPoller() throws IOException {
        return new NioPoller(true);
    }

    @Override
    int option(Wire wire, int level, int option) throws IOException {
        SocketChannel channel = ((NioWire) wire).channel();
        if (level == Linux.IPPROTO_TCP) {
            return channel.getOption(StandardSocketOptions.TCP_NODELAY) ? 1 : 0;
        }
        return option == Linux.SO_SNDBUF
                ? channel.getOption(StandardSocketOptions.SO_SNDBUF)
                : channel.getOption(StandardSocketOptions.SO_RCVBUF);
    }
}
