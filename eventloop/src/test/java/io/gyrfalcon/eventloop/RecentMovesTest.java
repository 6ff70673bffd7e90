package io.gyrfalcon.eventloop;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.eventloop.fake.Simulation;
import io.gyrfalcon.eventloop.fake.Weather;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** How often connections move. */
class RecentMovesTest {
    private static final InetSocketAddress ANY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final Simulation simulation = new Simulation(1, Weather.calm());
    private final RecentMoves moves = new RecentMoves();

    @AfterEach
    void end() {
        simulation.close();
    }

    private List<LoopSocket> sockets(int count) throws IOException {
        List<LoopSocket> sockets = new ArrayList<>();
        Loop loop = simulation.newLoop();
        Listener listener =
                loop.listen(
                        ANY,
                        ListenOptions.defaults(),
                        socket -> {
                            sockets.add(socket);
                            return new Nomad(socket);
                        });
        for (int i = 0; i < count; i++) simulation.network().connect(listener.address());
        simulation.settle();
        return sockets;
    }

    @Test
    void oneMovesAtATime() throws IOException {
        List<LoopSocket> sockets = sockets(2);
        assertThat(moves.isDue(5)).isTrue();
        assertThat(moves.begin(sockets.get(0), 5)).isTrue();
        assertThat(moves.isDue(5 + RecentMoves.GAP_NANOS - 1)).isFalse();
        assertThat(moves.begin(sockets.get(1), 5 + RecentMoves.GAP_NANOS - 1)).isFalse();
        assertThat(moves.isDue(4)).isFalse();
        assertThat(moves.begin(sockets.get(1), 5 + RecentMoves.GAP_NANOS)).isTrue();
    }

    @Test
    void oneThatHasMovedIsKnownForTenSeconds() throws IOException {
        List<LoopSocket> sockets = sockets(2);
        assertThat(moves.begin(sockets.get(0), 0)).isTrue();
        assertThat(moves.has(sockets.get(0), RecentMoves.STAY_NANOS - 1)).isTrue();
        assertThat(moves.has(sockets.get(1), RecentMoves.STAY_NANOS - 1)).isFalse();
        assertThat(moves.has(sockets.get(0), RecentMoves.STAY_NANOS)).isFalse();
    }

    @Test
    void allThatMoveWithinThatTimeAreKnown() throws IOException {
        List<LoopSocket> sockets = sockets(100);
        for (int i = 0; i < sockets.size(); i++) {
            long now = i * RecentMoves.GAP_NANOS;
            assertThat(moves.begin(sockets.get(i), now)).isTrue();
            for (int j = 0; j <= i; j++) {
                boolean isRecent = now - j * RecentMoves.GAP_NANOS < RecentMoves.STAY_NANOS;
                assertThat(moves.has(sockets.get(j), now)).isEqualTo(isRecent);
            }
        }
    }
}
