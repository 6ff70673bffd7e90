package io.gyrfalcon.eventloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.gyrfalcon.eventloop.machine.FakeFiles;
import io.gyrfalcon.eventloop.machine.SystemFiles;
import io.gyrfalcon.eventloop.machine.Topology;
import io.gyrfalcon.eventloop.poll.ThreadAffinity;
import io.gyrfalcon.eventloop.poll.Warnings;
import io.gyrfalcon.eventloop.run.CarriedRunner;
import io.gyrfalcon.eventloop.run.CarriedTask;
import io.gyrfalcon.eventloop.run.CarriedThreads;
import io.gyrfalcon.primitives.flags.FlagOverride;
import io.gyrfalcon.primitives.flags.Flags;
import io.gyrfalcon.primitives.memory.Budget;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Loops on their CPUs: plans on simulated machines, threads on this one. */
class PinningTest {
    private static final Topology HERE = Topology.read(SystemFiles.ofMachine());

    @TempDir Path root;

    private Topology twoNodes() {
        return Topology.read(new FakeFiles(root).twoNodes().files());
    }

    private static List<List<Integer>> cpus(Pinning pinning, Topology topology, int loops) {
        return Place.plan(pinning, topology, loops).stream().map(Place::cpus).toList();
    }

    private static List<Integer> nodes(Pinning pinning, Topology topology, int loops) {
        return Place.plan(pinning, topology, loops).stream().map(Place::node).toList();
    }

    @Test
    void pinningIsReadFromAText() {
        assertThat(Pinning.parse("none")).isEqualTo(Pinning.none());
        assertThat(Pinning.parse("cpu")).isEqualTo(Pinning.perCpu());
        assertThat(Pinning.parse("node")).isEqualTo(Pinning.perNode());
        assertThat(Pinning.parse("4,0-2,7")).isEqualTo(Pinning.on(List.of(4, 0, 1, 2, 7)));
        for (String text :
                new String[] {"", "cpus", "1-", "3-1", "-1", "1,,2", "8192", "0-99999"}) {
            assertThatThrownBy(() -> Pinning.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "pinning: "
                                    + text
                                    + " (expected: none, cpu, node or CPUs such as 0,2-5)");
        }
        assertThatThrownBy(() -> Pinning.on(List.of())).hasMessageContaining("LISTED []");
        assertThatThrownBy(() -> Pinning.on(List.of(-1))).hasMessageContaining("-1 (expected");
        assertThatThrownBy(() -> new Pinning(Pinning.Kind.CPU, List.of(1)))
                .hasMessageContaining("CPU [1]");
    }

    @Test
    void loopsSpreadOverNodesAndCores() {
        assertThat(cpus(Pinning.none(), twoNodes(), 2)).containsExactly(List.of(), List.of());
        assertThat(cpus(Pinning.perCpu(), twoNodes(), 5))
                .containsExactly(List.of(0), List.of(4), List.of(2), List.of(6), List.of(1));
        assertThat(nodes(Pinning.perCpu(), twoNodes(), 5)).containsExactly(0, 1, 0, 1, 0);
        assertThat(cpus(Pinning.perNode(), twoNodes(), 3))
                .containsExactly(List.of(0, 1, 2, 3), List.of(4, 5, 6, 7), List.of(0, 1, 2, 3));
        assertThat(cpus(Pinning.on(List.of(7, 1)), twoNodes(), 3))
                .containsExactly(List.of(7), List.of(1), List.of(7));
        assertThat(nodes(Pinning.on(List.of(7, 1)), twoNodes(), 3)).containsExactly(1, 0, 1);
    }

    @Test
    void aCpuThatIsNotThereIsNamedWithThoseThatAre() {
        assertThatThrownBy(() -> cpus(Pinning.on(List.of(0, 8)), twoNodes(), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pinning: CPU 8 (expected: of 0-7)");
        LoopSettings settings = LoopSettings.defaults().withPinning(Pinning.on(List.of(8000)));
        assertThatThrownBy(() -> LoopGroup.start(settings))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("pinning: CPU 8000 (expected: of 0");
    }

    @Test
    void aSystemThatNamesNoCpusIsOneWarning() {
        try (Warnings warnings = new Warnings()) {
            assertThat(cpus(Pinning.perCpu(), Topology.UNKNOWN, 2))
                    .containsExactly(List.of(), List.of());
            assertThat(warnings.lines())
                    .containsExactly("loops are not pinned: the system names no CPUs");
        }
    }

    @Test
    void aRefusalOfTheSystemIsOneWarningAndTheLoopServes() throws IOException {
        Topology imagined = new Topology(List.of(new Topology.Cpu(8000, 0, 8000)));
        LoopSettings settings = LoopSettings.defaults().withLoops(1).withPinning(Pinning.perCpu());
        try (Warnings warnings = new Warnings();
                TestGroup test = new TestGroup(settings, imagined)) {
            serves(test);
            assertThat(warnings.lines())
                    .containsExactly("a loop is not pinned to CPU 8000: Invalid argument");
        }
    }

    private static void serves(TestGroup test) throws IOException {
        Listener listener = test.listen(Echo::new);
        try (Socket client = TestGroup.connect(listener)) {
            client.getOutputStream().write(5);
            assertThat(client.getInputStream().read()).isEqualTo(5);
        }
        listener.close();
        TestGroup.await(() -> test.group.loop(0).connections() == 0);
    }

    @Test
    void loopsRunOnTheirCpusUnderEitherPoller() throws IOException {
        for (PollerKind kind : new PollerKind[] {PollerKind.EPOLL, PollerKind.NIO}) {
            LoopSettings settings =
                    LoopSettings.defaults()
                            .withPoller(kind)
                            .withLoops(3)
                            .withPinning(Pinning.perCpu());
            try (TestGroup test = new TestGroup(settings)) {
                List<Topology.Cpu> spread = HERE.spread();
                for (int i = 0; i < 3; i++) {
                    assertThat(affinityOf(test.group.loop(i)))
                            .containsExactly(spread.get(i % spread.size()).number());
                }
                serves(test);
            }
        }
    }

    private static List<Integer> affinityOf(Loop loop) {
        return TestGroup.on(loop, _ -> ThreadAffinity.of(ThreadAffinity.current()));
    }

    @Test
    void aLoopHasItsPlaceBeforeItTakesMemory() {
        LoopSettings settings = LoopSettings.defaults().withLoops(1).withPinning(Pinning.perCpu());
        try (TestGroup test = new TestGroup(settings)) {
            // The first letter from outside comes after the loop's own.
            boolean isPinned =
                    TestGroup.on(
                            test.group.loop(0),
                            _ -> ThreadAffinity.isPinned(ThreadAffinity.current()));
            assertThat(isPinned).isTrue();
        }
    }

    @Test
    void threadsThatALoopStartsAreSetFree() throws Exception {
        assumeThat(HERE.cpus()).hasSizeGreaterThan(1);
        LoopSettings settings = LoopSettings.defaults().withLoops(2).withPinning(Pinning.perCpu());
        try (TestGroup test = new TestGroup(settings)) {
            CountDownLatch end = new CountDownLatch(1);
            AtomicInteger number = new AtomicInteger();
            Thread started =
                    TestGroup.on(
                            test.group.loop(1),
                            _ -> {
                                Thread thread =
                                        new Thread(
                                                () -> {
                                                    number.set(ThreadAffinity.current());
                                                    awaitEnd(end);
                                                });
                                thread.start();
                                return thread;
                            });
            TestGroup.await(() -> number.get() != 0);
            TestGroup.await(() -> ThreadAffinity.of(number.get()).equals(HERE.numbers()));
            assertThat(affinityOf(test.group.loop(1))).as("the loop stays").hasSize(1);
            end.countDown();
            started.join();
        }
        TestGroup.await(
                () ->
                        Thread.getAllStackTraces().keySet().stream()
                                .noneMatch(thread -> thread.getName().equals("gyrfalcon-strays")));
    }

    /** Holds its loop until it may end. */
    private record Holding(AtomicInteger thread, CountDownLatch end) implements CarriedTask {
        @Override
        public void run(CarriedRunner runner) {
            thread.set(ThreadAffinity.current());
            while (end.getCount() > 0) Thread.onSpinWait();
        }

        @Override
        public boolean isMeasured() {
            return true;
        }
    }

    @Test
    void whoTakesALoopTakesItsCpuAndWhoLosesItIsSetFree() {
        assumeThat(HERE.cpus()).hasSizeGreaterThan(1);
        assumeThat(CarriedThreads.orNull()).isNotNull();
        LoopSettings settings = LoopSettings.defaults().withLoops(1).withPinning(Pinning.perCpu());
        try (TestGroup test = new TestGroup(settings)) {
            Loop loop = test.group.loop(0);
            List<Integer> cpu = affinityOf(loop);
            assertThat(cpu).hasSize(1);
            Holding holding = new Holding(new AtomicInteger(), new CountDownLatch(1));
            loop.post(on -> on.carrier().submit(holding, null, 0));
            TestGroup.await(() -> holding.thread.get() != 0);
            int driving = TestGroup.on(loop, _ -> ThreadAffinity.current());
            assertThat(driving).isNotEqualTo(holding.thread.get());
            assertThat(affinityOf(loop)).isEqualTo(cpu);
            assertThat(ThreadAffinity.of(holding.thread.get())).isEqualTo(HERE.numbers());
            holding.end.countDown();
        }
    }

    private static void awaitEnd(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void noThreadWatchesWhereNothingIsConfined() {
        List<Integer> all = List.of(0, 1);
        assertThat(Strays.watch(List.of(Place.ANYWHERE))).isNull();
        assertThat(Strays.watch(List.of(new Place(all, all, 0)))).isNull();
    }

    /** This machine's first two CPUs, as if each had memory of its own. */
    private static Topology twoImaginedNodes() {
        assumeThat(HERE.cpus()).hasSizeGreaterThan(1);
        int first = HERE.numbers().get(0);
        int second = HERE.numbers().get(1);
        return new Topology(
                List.of(new Topology.Cpu(first, 0, first), new Topology.Cpu(second, 1, second)));
    }

    @Test
    void loopsOfOneNodeShareMemoryAndLoopsOfTwoDoNot() {
        LoopSettings settings = LoopSettings.defaults().withLoops(4).withPinning(Pinning.perCpu());
        try (TestGroup test = new TestGroup(settings, twoImaginedNodes())) {
            LoopGroup group = test.group;
            assertThat(group.loop(0).place().node()).isZero();
            assertThat(group.loop(1).place().node()).isEqualTo(1);
            assertThat(group.loop(0).sharedSlabs()).isSameAs(group.loop(2).sharedSlabs());
            assertThat(group.loop(1).sharedSlabs()).isSameAs(group.loop(3).sharedSlabs());
            assertThat(group.loop(0).sharedSlabs()).isNotSameAs(group.loop(1).sharedSlabs());
        }
    }

    @Test
    void connectionsGoToALoopOfTheNodeWhereTheyArrive() throws Exception {
        Topology imagined = twoImaginedNodes();
        LoopSettings settings =
                LoopSettings.defaults()
                        .withPoller(PollerKind.EPOLL)
                        .withLoops(4)
                        .withPinning(Pinning.perCpu());
        try (TestGroup test = new TestGroup(settings, imagined)) {
            Listener listener = test.listen(Echo::new);
            List<Socket> clients = new ArrayList<>();
            // Loopback packets arrive on the CPU of whoever sends them.
            Thread sender =
                    new Thread(
                            () -> {
                                ThreadAffinity.set(0, List.of(imagined.numbers().get(1)));
                                connect(listener, clients, 4);
                            });
            sender.start();
            sender.join();
            assertThat(clients).hasSize(4);
            assertThat(connections(test, 1) + connections(test, 3)).isEqualTo(4);
            assertThat(connections(test, 1)).isEqualTo(2);
            for (Socket client : clients) client.close();
            TestGroup.await(() -> connections(test, 1) + connections(test, 3) == 0);
        }
    }

    private static void connect(Listener listener, List<Socket> clients, int count) {
        try {
            for (int i = 0; i < count; i++) {
                Socket client = TestGroup.connect(listener);
                clients.add(client);
                client.getOutputStream().write(i);
                assertThat(client.getInputStream().read()).isEqualTo(i);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static int connections(TestGroup test, int loop) {
        return test.group.loop(loop).connections();
    }

    @Test
    void aNodeWhoseLoopsHaveClearlyMoreIsPassedBy() {
        LoopSettings settings = LoopSettings.defaults().withLoops(2).withPinning(Pinning.perCpu());
        Topology imagined = twoImaginedNodes();
        try (LoopGroup group = LoopGroup.start(settings, new Budget(64L << 20), imagined)) {
            Loop[] loops = {group.loop(0), group.loop(1)};
            Targets targets = new Targets(loops, imagined);
            ArrivingWire wire = new ArrivingWire(imagined.numbers().get(1));
            for (int i = 0; i < 2; i++) {
                assertThat(targets.choose(wire)).isSameAs(loops[1]);
                loops[1].connectionPlaced();
            }
            assertThat(targets.choose(wire)).as("2 against 0").isSameAs(loops[1]);
            loops[1].connectionPlaced();
            assertThat(targets.choose(wire)).as("3 against 0").isSameAs(loops[0]);
            assertThat(targets.choose(new ArrivingWire(-1))).isSameAs(loops[0]);
            for (int i = 0; i < 16; i++) loops[0].connectionPlaced();
            for (int i = 3; i < 20; i++) loops[1].connectionPlaced();
            assertThat(targets.choose(wire)).as("20 against 16").isSameAs(loops[1]);
            loops[1].connectionPlaced();
            assertThat(targets.choose(wire)).as("21 against 16").isSameAs(loops[0]);
        }
    }

    @Test
    void withReusePortEachListenerTakesWhatArrivesOnItsLoopsCpu() throws Exception {
        // Before 6.2 the kernel does not look at it where sockets share an address.
        assumeThat(kernel()).isGreaterThanOrEqualTo(602);
        Topology imagined = twoImaginedNodes();
        LoopSettings settings =
                LoopSettings.defaults()
                        .withPoller(PollerKind.EPOLL)
                        .withLoops(2)
                        .withPinning(Pinning.perCpu());
        try (FlagOverride _ = Flags.override(LoopFlags.SO_REUSEPORT, true);
                TestGroup test = new TestGroup(settings, imagined)) {
            Listener listener = test.listen(Echo::new);
            List<Socket> clients = new ArrayList<>();
            Thread sender =
                    new Thread(
                            () -> {
                                ThreadAffinity.set(0, List.of(imagined.numbers().get(1)));
                                connect(listener, clients, 6);
                            });
            sender.start();
            sender.join();
            assertThat(clients).hasSize(6);
            assertThat(connections(test, 1)).isEqualTo(6);
            for (Socket client : clients) client.close();
            TestGroup.await(() -> connections(test, 1) == 0);
        }
    }

    private static int kernel() {
        String[] parts = System.getProperty("os.version").split("[^0-9]+");
        return Integer.parseInt(parts[0]) * 100 + Integer.parseInt(parts[1]);
    }

    @Test
    void aProcessIsToldItsDefaultsByProperties() {
        System.setProperty("gyrfalcon.loops", "3");
        System.setProperty("gyrfalcon.idle", "adaptive");
        System.setProperty("gyrfalcon.pinning", "node");
        try {
            LoopSettings settings = LoopSettings.defaults();
            assertThat(settings.loops()).isEqualTo(3);
            assertThat(settings.idle()).isEqualTo(IdlePolicy.ADAPTIVE);
            assertThat(settings.pinning()).isEqualTo(Pinning.perNode());
            System.setProperty("gyrfalcon.idle", "doze");
            assertThatThrownBy(LoopSettings::defaults)
                    .hasMessage("idle: doze (expected: block, adaptive or spin)");
            System.setProperty("gyrfalcon.loops", "many");
            assertThatThrownBy(LoopSettings::defaults)
                    .hasMessage("gyrfalcon.loops: many (expected: 1..1024)");
        } finally {
            System.clearProperty("gyrfalcon.loops");
            System.clearProperty("gyrfalcon.idle");
            System.clearProperty("gyrfalcon.pinning");
        }
        assertThat(IdlePolicy.parse("block")).isEqualTo(IdlePolicy.BLOCK);
        assertThat(IdlePolicy.parse("spin")).isEqualTo(IdlePolicy.SPIN);
        assertThat(LoopSettings.defaults().idle()).isEqualTo(IdlePolicy.BLOCK);
    }
}
