package io.gyrfalcon.transport.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopGroup;
import io.gyrfalcon.eventloop.fake.Simulation;
import io.gyrfalcon.eventloop.fake.Weather;
import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.traffic.connect.BackoffSettings;
import io.gyrfalcon.traffic.connect.Connectivity;
import io.gyrfalcon.transport.server.ServerSettings;
import io.gyrfalcon.transport.server.ServerTransport;
import io.gyrfalcon.transport.wire.StatusCode;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Endpoints of ours against servers of ours, over a network whose weather a seed decides. */
class EngineSimulationTest {
    private static final int SEEDS = 300;
    private static final long SECOND = 1_000_000_000L;

    @Test
    void everyCallEndsOnceAndNothingIsLeft() throws IOException {
        Long one = Long.getLong("gyrfalcon.sim.seed");
        long first = one == null ? 0 : one;
        long end = one == null ? SEEDS : one + 1;
        int answered = 0;
        for (long seed = first; seed < end; seed++) {
            try {
                answered += new Run(seed).live();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + " (replay: -Dgyrfalcon.sim.seed=" + seed + ")", e);
            }
        }
        assertThat(answered).isPositive();
    }

    @Test
    void aSeedGivesTheSameRunEveryTime() throws IOException {
        assertThat(new Run(7).live()).isEqualTo(new Run(7).live());
    }

    /** One seed. */
    private static final class Run implements EndpointEvents {
        private final Random random;
        private final Simulation simulation;
        private final Loop serverLoop;
        private final Loop clientLoop;
        private final Answering answering = new Answering();
        private final ServerTransport server;
        private final Endpoint endpoint;
        private final List<Sender> senders = new ArrayList<>();
        private boolean isTerminated;

        Run(long seed) throws IOException {
            random = new Random(seed);
            Weather weather = Weather.rough().withPieces(1 + random.nextInt(3_000));
            if (random.nextInt(3) == 0) weather = weather.withFaults(300, 300);
            simulation = new Simulation(seed, weather);
            serverLoop = simulation.newLoop();
            clientLoop = simulation.newLoop();
            Http2Limits limits =
                    Http2Limits.mesh().toBuilder().streamsMax(1 + random.nextInt(20)).build();
            server =
                    ServerTransport.start(
                            LoopGroup.manual(serverLoop),
                            List.of(ClientRig.ANY),
                            new ServerSettings(
                                    Http2Settings.mesh(),
                                    limits,
                                    ListenOptions.defaults(),
                                    1 << 20,
                                    10 * SECOND),
                            null,
                            answering);
            PoolSettings pool =
                    new PoolSettings(
                            1 + random.nextInt(3), 1_000, 5 * SECOND, BackoffSettings.standard());
            endpoint =
                    new Endpoint(
                            clientLoop,
                            Destination.plain(server.addresses().getFirst()),
                            ClientSettings.defaults(),
                            pool,
                            random,
                            this);
        }

        int live() {
            for (int step = 0; step < 40; step++) {
                if (endpoint.state() == Connectivity.IDLE) endpoint.connect();
                act();
                simulation.runFor(random.nextInt(20_000_000));
            }
            if (random.nextInt(4) == 0) server.drain();
            simulation.runFor(3 * SECOND);
            endpoint.shutdown(CallStatus.of(StatusCode.UNAVAILABLE, "over"));
            for (Sender sender : senders) sender.finish();
            simulation.runFor(5 * SECOND);
            endpoint.closeNow(CallStatus.of(StatusCode.UNAVAILABLE, "over"));
            server.stopListening();
            server.closeNow("over");
            simulation.runFor(3 * SECOND);
            return end();
        }

        private void act() {
            for (int i = random.nextInt(6); i > 0; i--) {
                Sender sender = new Sender(random.nextInt(4), random.nextInt(3_000));
                if (endpoint.start(sender)) senders.add(sender);
            }
            for (Sender sender : senders) {
                int dice = random.nextInt(20);
                if (dice == 0) sender.giveUp();
                else if (dice < 10) sender.go();
            }
        }

        private int end() {
            int answered = 0;
            for (Sender sender : senders) {
                if (!sender.isOver) throw new AssertionError("a call has not ended");
                if (sender.status != null && sender.status.isOk()) answered++;
            }
            simulation.close();
            assertThat(isTerminated).isTrue();
            assertThat(simulation.outstandingSlabs()).isZero();
            return answered;
        }

        @Override
        public void onState(Endpoint of, Connectivity state, CallStatus why) {}

        @Override
        public void onTerminated(Endpoint of) {
            isTerminated = true;
        }

        /** One call that sends so many messages and wants each back. */
        private final class Sender extends Noted implements PendingCall {
            private final int bytes;
            private int left;
            private boolean isOver;
            private boolean isGivenUp;
            private boolean hasEnded;
            private int sent;

            Sender(int messages, int bytes) {
                left = messages;
                this.bytes = bytes;
            }

            @Override
            public boolean isWanted() {
                return !isGivenUp;
            }

            @Override
            public void onConnection(ClientConnection connection) {
                call = connection.call(ClientRig.HEAD, null, 0, this);
                go();
            }

            @Override
            public void onFailed(CallStatus why) {
                if (isOver) throw new AssertionError("failed after its end");
                isOver = true;
            }

            void go() {
                if (call == null || isOver || hasEnded) return;
                if (left > 0) {
                    left--;
                    sent++;
                    send(new byte[bytes], false);
                } else {
                    hasEnded = true;
                    call.halfClose();
                }
            }

            void giveUp() {
                isGivenUp = true;
                if (call == null) isOver = true;
                else if (!isOver) call.cancel(CallStatus.of(StatusCode.CANCELLED, "enough"));
            }

            void finish() {
                while (call != null && !isOver && !hasEnded && !call.hasEnded()) go();
            }

            @Override
            public void onEnd(CallStatus ended, byte[][] trailers, int count, boolean unprocessed) {
                super.onEnd(ended, trailers, count, unprocessed);
                isOver = true;
                call = null;
                if (ended.isOk() && messages != sent) throw new AssertionError("lost messages");
            }
        }
    }
}
