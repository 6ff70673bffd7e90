package io.gyrfalcon.eventloop.poll;

import io.gyrfalcon.eventloop.fake.FakeClient;
import io.gyrfalcon.eventloop.fake.FakeNetwork;
import io.gyrfalcon.eventloop.fake.Weather;
import io.gyrfalcon.primitives.fixtures.ManualClock;

import java.io.IOException;
import java.net.SocketAddress;

class FakePollerTest extends PollerSuite {
    private final ManualClock clock = new ManualClock();
    private final FakeNetwork network = new FakeNetwork(1, clock, Weather.calm());

    @Override
    Poller newPoller() {
        return network.newPoller();
    }

    @Override
    Peer connect(SocketAddress address) throws IOException {
        FakeClient client = network.connect(address);
        return new Peer() {
            @Override
            public void write(byte... bytes) {
                client.write(bytes);
            }

            @Override
            public byte[] read(int count) {
                network.deliverDue();
                return client.read(count);
            }

            @Override
            public boolean isAtEnd() {
                network.deliverDue();
                return client.isEnded() || client.isReset();
            }

            @Override
            public void halfClose() {
                client.halfClose();
            }

            @Override
            public void reset() {
                client.reset();
            }

            @Override
            public void close() {
                client.halfClose();
            }
        };
    }

    @Override
    int step(Poller poller) {
        int count = poller.await(0);
        poller.deliver();
        return count;
    }

    @Override
    void settle(Poller poller) {
        while (step(poller) > 0) {
            // Until nothing is told any more.
        }
    }

    @Override
    void settleShortly() {
        settle(poller);
    }

    @Override
    void pause() {
        clock.advanceMillis(1);
    }
}
