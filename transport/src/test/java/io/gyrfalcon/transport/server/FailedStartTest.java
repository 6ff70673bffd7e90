package io.gyrfalcon.transport.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.eventloop.LoopGroup;
import io.gyrfalcon.eventloop.LoopSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.AbstractList;

/** A server of two addresses of which the second one is taken. */
@Timeout(60)
final class FailedStartTest {
    private final Notes notes = new Notes();

    @Test
    void whatTheFirstAddressHasAcceptedHasEndedBeforeTheFailureIsTold() throws IOException {
        try (LoopGroup group = LoopGroup.start(LoopSettings.defaults().withLoops(1));
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Early early = new Early(free(), taken.getLocalSocketAddress())) {
            assertThatThrownBy(
                            () -> ServerTransport.start(group, early, Rig.settings(), null, notes))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use");
            assertThat(notes.disconnected).isEqualTo(1);
            while (early.client.getInputStream().read() >= 0) {
                // what was said before the end
            }
        }
    }

    private static SocketAddress free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalSocketAddress();
        }
    }

    /** Addresses; before the second one is told, a client is connected to the first. */
    private static final class Early extends AbstractList<SocketAddress> implements AutoCloseable {
        final Socket client = new Socket();
        private final SocketAddress first;
        private final SocketAddress second;

        Early(SocketAddress first, SocketAddress second) {
            this.first = first;
            this.second = second;
        }

        @Override
        public SocketAddress get(int index) {
            if (index == 0) return first;
            try {
                client.connect(first, 10_000);
                client.setSoTimeout(10_000);
                // our SETTINGS: accepted
                assertThat(client.getInputStream().read()).isNotNegative();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return second;
        }

        @Override
        public int size() {
            return 2;
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }
}
