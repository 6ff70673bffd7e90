package io.gyrfalcon.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.CompressorRegistry;
import io.grpc.ConnectivityState;
import io.grpc.Deadline;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.NameResolverRegistry;
import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopGroup;
import io.gyrfalcon.eventloop.fake.Simulation;
import io.gyrfalcon.eventloop.fake.Weather;
import io.gyrfalcon.grpc.client.ChannelRig.Heard;
import io.gyrfalcon.grpc.server.CallLane;
import io.gyrfalcon.grpc.server.Encodings;
import io.gyrfalcon.grpc.server.SilentLog;
import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.config.Json;
import io.gyrfalcon.traffic.config.ServiceConfig;
import io.gyrfalcon.transport.client.ClientSettings;
import io.gyrfalcon.transport.server.ServerSettings;
import io.gyrfalcon.transport.server.ServerTransport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Channels of ours against servers of ours, over a network whose weather a seed decides. */
class ChannelSimulationTest {
    private static final String SEED = "gyrfalcon.seed";
    private static final long SEEDS = 1_000;
    private static final long SECOND = ChannelRig.SECOND;
    private static final String RETRY =
            "'retryPolicy':{'maxAttempts':3,'initialBackoff':'0.02s','maxBackoff':'1s',"
                    + "'backoffMultiplier':2,'retryableStatusCodes':['UNAVAILABLE']}";
    private static final String HEDGE =
            "'hedgingPolicy':{'maxAttempts':3,'hedgingDelay':'0.02s',"
                    + "'nonFatalStatusCodes':['UNAVAILABLE']}";

    /** That servers know nothing of health is told for each connection. */
    @RegisterExtension final SilentLog silence = new SilentLog();

    @Test
    void everyCallEndsOnceAndNothingIsLeft() throws IOException {
        Long one = Long.getLong(SEED);
        long first = one == null ? 0 : one;
        long end = one == null ? SEEDS : one + 1;
        long answered = 0;
        long calls = 0;
        for (long seed = first; seed < end; seed++) {
            try {
                Run run = new Run(seed);
                run.live();
                answered += run.answered;
                calls += run.calls.size();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + " (replay: -D" + SEED + "=" + seed + ")", e);
            }
        }
        System.out.printf("%d seeds, %d calls, %d answered%n", end - first, calls, answered);
        if (one == null) assertThat(answered).isBetween(calls / 4, calls - calls / 20);
    }

    @Test
    void aSeedGivesTheSameRunEveryTime() throws IOException {
        for (long seed = 0; seed < 20; seed++) {
            Run one = new Run(seed);
            one.live();
            Run other = new Run(seed);
            other.live();
            assertThat(other.story()).isEqualTo(one.story());
        }
    }

    /** One seed. */
    private static final class Run implements ChannelEvents {
        private final Random random;
        private final Simulation simulation;
        private final List<ServerTransport> servers = new ArrayList<>();
        private final ArrayDeque<Runnable> lookUps = new ArrayDeque<>();
        private final List<Heard> calls = new ArrayList<>();
        private final List<Integer> sent = new ArrayList<>();
        private final Exchange exchange;
        private final Calls below;
        private boolean isTerminated;
        private int answered;

        /** The simulation's. */
        private final Deadline.Ticker ticker =
                new Deadline.Ticker() {
                    @Override
                    public long nanoTime() {
                        return exchange.loop().clock().nanoTime();
                    }
                };

        Run(long seed) throws IOException {
            random = new Random(seed);
            Weather weather = Weather.rough().withPieces(1 + random.nextInt(3_000));
            if (random.nextInt(3) == 0) weather = weather.withFaults(300, 300);
            simulation = new Simulation(seed, weather);
            List<SocketAddress> addresses = serve(1 + random.nextInt(3));
            Loop loop = simulation.newLoop();
            ServiceConfig config = config();
            String policy = random.nextBoolean() ? "pick_first" : "round_robin";
            int port = ((InetSocketAddress) servers.getFirst().addresses().getFirst()).getPort();
            Target target = Target.of("dns:///somewhere:" + port, 443);
            exchange =
                    new Exchange(
                            loop,
                            new ChannelOptions(
                                    target,
                                    target.authority(),
                                    null,
                                    null,
                                    "test",
                                    CallLane.DIRECT,
                                    lookUps::add,
                                    (host, at) -> addresses,
                                    new Encodings(
                                            CompressorRegistry.getDefaultInstance(),
                                            DecompressorRegistry.getDefaultInstance()),
                                    ClientSettings.defaults(),
                                    new Configuration(config, Balancing.of(config, policy)),
                                    new RetrySettings(random.nextInt(5) > 0, 1 << 16, 1 << 20),
                                    naming(policy),
                                    new ClientFilters(List.of()),
                                    0,
                                    random.nextBoolean() ? Long.MAX_VALUE : 3 * SECOND,
                                    null),
                            this,
                            random);
            below = new Calls(exchange);
        }

        private static Naming naming(String policy) {
            return new Naming(
                    NameResolverRegistry.getDefaultRegistry(),
                    _ -> null,
                    443,
                    null,
                    new ConfigParser(true, 5, 5, policy),
                    false,
                    List.of(),
                    new Metrics(List.of()));
        }

        /** Servers at one port of several addresses. */
        private List<SocketAddress> serve(int count) throws IOException {
            List<SocketAddress> addresses = new ArrayList<>();
            int port = 0;
            Loop loop = simulation.newLoop();
            for (int i = 0; i < count; i++) {
                InetAddress address =
                        InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (i + 1)});
                Http2Limits limits =
                        Http2Limits.mesh().toBuilder().streamsMax(1 + random.nextInt(20)).build();
                ServerTransport server =
                        ServerTransport.start(
                                LoopGroup.manual(loop),
                                List.of(new InetSocketAddress(address, port)),
                                new ServerSettings(
                                        Http2Settings.mesh(),
                                        limits,
                                        ListenOptions.defaults(),
                                        1 << 20,
                                        10 * SECOND),
                                null,
                                new Moody(loop, random));
                servers.add(server);
                addresses.add(server.addresses().getFirst());
                port = ((InetSocketAddress) server.addresses().getFirst()).getPort();
            }
            return addresses;
        }

        @SuppressWarnings("unchecked") // A JSON object is a map by texts.
        private ServiceConfig config() {
            String attempts = List.of("", RETRY, HEDGE).get(random.nextInt(3));
            String method = "{'name':[{}]" + (attempts.isEmpty() ? "" : "," + attempts) + "}";
            String throttle = "'retryThrottling':{'maxTokens':10,'tokenRatio':0.5}";
            String health = "'healthCheckConfig':{'serviceName':'x'}";
            String json = "{'methodConfig':[" + method + "]";
            if (random.nextBoolean()) json += "," + throttle;
            if (random.nextBoolean()) json += "," + health;
            TrafficLimits limits = TrafficLimits.standard();
            String quoted = (json + "}").replace('\'', '"');
            return ServiceConfig.parse((Map<String, ?>) Json.parse(quoted, limits), true, limits);
        }

        void live() {
            for (int step = 0; step < 40; step++) {
                act();
                if (random.nextInt(30) == 0) disturb();
                for (Runnable task = lookUps.poll(); task != null; task = lookUps.poll()) {
                    task.run();
                }
                simulation.runFor(random.nextInt(20_000_000));
            }
            for (Heard call : calls) finish(call);
            simulation.runFor(5 * SECOND);
            exchange.shutdown();
            simulation.runFor(2 * SECOND);
            exchange.shutdownNow();
            simulation.runFor(3 * SECOND);
            for (ServerTransport server : servers) {
                server.stopListening();
                server.closeNow("over");
            }
            simulation.runFor(3 * SECOND);
            end();
        }

        private void act() {
            for (int i = random.nextInt(4); i > 0; i--) start();
            for (int i = 0; i < calls.size(); i++) {
                Heard call = calls.get(i);
                int dice = random.nextInt(40);
                if (call.status != null) continue;
                if (dice == 0) call.call.cancel("enough", null);
                else if (dice < 10 && sent.get(i) > 0) send(i);
                else if (dice < 14) finish(call);
            }
        }

        private void start() {
            boolean isUnary = random.nextBoolean();
            CallOptions options = CallOptions.DEFAULT;
            if (random.nextInt(3) == 0) options = options.withWaitForReady();
            if (random.nextInt(4) == 0) {
                int millis = 1 + random.nextInt(3_000);
                options =
                        options.withDeadline(Deadline.after(millis, TimeUnit.MILLISECONDS, ticker));
            }
            Heard heard = new Heard();
            heard.call = below.newCall(isUnary ? ChannelRig.UNARY : ChannelRig.BIDI, options);
            heard.call.start(heard, new Metadata());
            heard.call.request(1_000);
            calls.add(heard);
            sent.add(isUnary ? -1 : 1);
            heard.call.sendMessage(text());
            if (isUnary) heard.call.halfClose();
        }

        private String text() {
            return "x".repeat(random.nextInt(10) == 0 ? random.nextInt(40_000) : 5);
        }

        private void send(int index) {
            try {
                calls.get(index).call.sendMessage(text());
                sent.set(index, sent.get(index) + 1);
            } catch (IllegalStateException ended) {
                assertThat(ended).hasMessageMatching("call was (cancelled|half-closed)");
            }
        }

        private static void finish(Heard call) {
            try {
                call.call.halfClose();
            } catch (IllegalStateException ended) {
                assertThat(ended).hasMessageMatching("call (was cancelled|already half-closed)");
            }
        }

        private void disturb() {
            switch (random.nextInt(4)) {
                case 0 -> exchange.goIdle();
                case 1 -> exchange.resetBackoff();
                case 2 -> exchange.connect();
                default -> servers.get(random.nextInt(servers.size())).drain();
            }
        }

        private void end() {
            for (int i = 0; i < calls.size(); i++) {
                Heard call = calls.get(i);
                long closes = call.lines.stream().filter(l -> l.startsWith("closed")).count();
                assertThat(closes).as("ends of call " + i + ": " + call.lines).isEqualTo(1);
                assertThat(call.lines.getLast()).startsWith("closed");
                if (!call.status.isOk()) continue;
                answered++;
                long messages = call.lines.stream().filter(l -> l.startsWith("message")).count();
                assertThat(messages).as("messages of call " + i).isEqualTo(Math.abs(sent.get(i)));
            }
            assertThat(isTerminated).isTrue();
            simulation.close();
            assertThat(simulation.outstandingSlabs()).isZero();
        }

        /** What has become of everything. */
        private List<List<String>> story() {
            return calls.stream().map(call -> call.lines).toList();
        }

        @Override
        public void onState(ConnectivityState state) {}

        @Override
        public void onTerminated() {
            isTerminated = true;
        }
    }
}
