package io.gyrfalcon.transport.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.fake.Simulation;
import io.gyrfalcon.primitives.memory.Budget;
import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;

/** Calls when 95% of the memory budget is reserved: who is refused, and who has to go. */
final class ShortMemoryTest {
    private static final int WINDOW = 4;
    private static final String NO_MEMORY =
            "HEADERS 1 :status: 200, content-type: application/grpc, grpc-status: 8, grpc-message:"
                    + " Memory budget exhausted end";

    private final Rig rig = new Rig();
    private final Budget budget = rig.loop.slabs().budget();
    private long reserved;

    @AfterEach
    void close() {
        give();
        rig.close();
    }

    /** Somebody else reserves all but so many bytes of what may be used before memory is short. */
    private void leave(long bytes) {
        give();
        long tight = budget.bytesMax() - budget.bytesMax() / 20;
        reserved = tight - bytes - budget.usedBytes();
        assertThat(budget.tryReserve(reserved)).isTrue();
    }

    /** As {@link #leave}, and there is nothing unused that would help. */
    private void leaveTrimmed(long bytes) {
        for (int i = 0; i < 2; i++) {
            rig.loop.slabs().trim();
            rig.loop.sharedSlabs().trim();
        }
        leave(bytes);
    }

    private void give() {
        budget.release(reserved);
        reserved = 0;
    }

    private RawClient stalledCall(RawClient client, int id, int bytes) {
        return stalledCall(rig, client, id, bytes);
    }

    private static RawClient stalledCall(Rig rig, RawClient client, int id, int bytes) {
        client.request(id, "/a/b", true);
        rig.go(client);
        Played call = rig.notes.calls.getLast();
        call.begin();
        call.send("x".repeat(bytes));
        rig.settle();
        return client;
    }

    @Test
    void aNewCallIsServedBelowTheMarkAndRefusedAtIt() {
        RawClient client = rig.client();
        rig.notes.onEnd = call -> call.answer("yes");
        leave(1);
        assertThat(budget.isTight()).isFalse();
        client.request(1, "/a/b", false).message(1, true, "hello");
        rig.go(client);
        assertThat(client.lines(1)).anyMatch(line -> line.contains("yes"));
        leave(0);
        assertThat(budget.isTight()).isTrue();
        RawClient other = rig.client();
        other.request(1, "/a/b", true);
        rig.go(other);
        assertThat(other.lines(1)).containsExactly(NO_MEMORY);
        assertThat(rig.notes.calls).hasSize(1);
    }

    @Test
    void whatAnEndedCallHeldIsWonBackBeforeOneIsRefused() {
        RawClient client = rig.client(WINDOW, 0);
        stalledCall(client, 1, 8_000_000);
        client.out().rst(1, 8);
        rig.go(client);
        leave(0);
        rig.notes.onEnd = call -> call.answer("yes");
        client.request(3, "/a/b", true);
        rig.go(client);
        client.request(5, "/a/b", true);
        rig.simulation.runFor(1_000_000);
        rig.go(client);
        assertThat(budget.isTight()).isFalse();
        assertThat(client.lines(5)).isNotEmpty().noneMatch(line -> line.contains("grpc-status: 8"));
    }

    @Test
    void theLargestStalledCallGoesFirstAndOneIsEnough() {
        RawClient client = rig.client(WINDOW, 0);
        stalledCall(client, 1, 900_000);
        stalledCall(client, 3, 5_000_000);
        stalledCall(client, 5, 1_200_000);
        client.lines();
        leave(0);
        rig.client().request(1, "/a/b", true).flush();
        rig.settle();
        rig.settle();
        List<String> lines = client.lines();
        assertThat(lines).containsExactly("RST_STREAM 3 8");
        assertThat(budget.isTight()).isFalse();
        assertThat(rig.notes.take()).contains("1 reset").doesNotContain("0 reset", "2 reset");
    }

    /** Two loops with stalled calls of these sizes, one each; which calls are reset. */
    private static List<String> resetOf(int first, int second) {
        try (Rig two = new Rig(Rig.settings(), null, 2)) {
            stalledCall(two, two.client(WINDOW, 0), 1, first);
            stalledCall(two, two.client(WINDOW, 0), 1, second);
            assertThat(two.notes.connections.get(0).loop())
                    .isNotSameAs(two.notes.connections.get(1).loop());
            long others = makeTight(two);
            two.client().request(1, "/a/b", true).flush();
            two.settle();
            two.loop.slabs().budget().release(others);
            return resets(two);
        }
    }

    /** Reserves what is left; how much that is. */
    private static long makeTight(Rig rig) {
        Budget shared = rig.loop.slabs().budget();
        long others = shared.bytesMax() - shared.bytesMax() / 20 - shared.usedBytes();
        assertThat(shared.tryReserve(others)).isTrue();
        return others;
    }

    private static List<String> resets(Rig rig) {
        return rig.notes.take().stream().filter(note -> note.endsWith("reset")).toList();
    }

    @Test
    void aLoopThatDoesNotAnswerIsLeftOutAfterAWhile() {
        try (Rig two = new Rig(Rig.settings(), null, 2)) {
            RawClient client = stalledCall(two, two.client(WINDOW, 0), 1, 2_000_000);
            stalledCall(two, two.client(WINDOW, 0), 1, 5_000_000);
            Loop alone = two.notes.connections.getFirst().loop();
            long others = makeTight(two);
            client.request(3, "/a/b", true).flush();
            turn(two, alone);
            assertThat(resets(two)).isEmpty();
            two.simulation.clock().advance(50_000_000);
            client.request(5, "/a/b", true).flush();
            turn(two, alone);
            assertThat(resets(two)).isEmpty();
            two.simulation.clock().advance(60_000_000);
            client.request(7, "/a/b", true).flush();
            turn(two, alone);
            assertThat(resets(two)).containsExactly("0 reset");
            two.settle();
            assertThat(resets(two)).isEmpty();
            two.loop.slabs().budget().release(others);
        }
    }

    /** Lets it happen on one loop; the other is held. */
    private static void turn(Rig rig, Loop loop) {
        for (int i = 0; i < 20; i++) {
            rig.simulation.network().deliverDue();
            Simulation.turn(loop);
        }
    }

    @Test
    void theLargestOfAllLoopsGoesFirst() {
        assertThat(resetOf(2_000_000, 5_000_000)).containsExactly("1 reset");
        assertThat(resetOf(5_000_000, 2_000_000)).containsExactly("0 reset");
    }

    @Test
    void callsWhosePeersTakeWhatTheySendAreLeftAlone() {
        RawClient client = rig.client(WINDOW, 1 << 20);
        client.out().windowUpdate(0, 1 << 24);
        stalledCall(client, 1, 900_000);
        for (int i = 0; i < 5; i++) {
            RawClient other = rig.client();
            leaveTrimmed(0);
            other.request(1, "/a/b", true);
            rig.go(other);
            assertThat(other.lines(1)).containsExactly(NO_MEMORY);
            rig.simulation.runFor(20_000_000);
        }
        assertThat(client.lines(1)).noneMatch(line -> line.startsWith("RST_STREAM"));
        give();
        rig.notes.call(0).end();
        rig.settle();
        assertThat(client.lines(1)).anyMatch(line -> line.contains("grpc-status: 0"));
    }

    @Test
    void aCallThatGoesOnSendingToAStalledPeerIsCutOffBeforeMemoryEnds() {
        RawClient client = rig.client(WINDOW, 0);
        stalledCall(client, 1, 10);
        leave(4 << 20);
        Played hog = rig.notes.call(0);
        for (int i = 0; i < 1_000 && !hog.isOver; i++) {
            if (!hog.call.hasEnded()) hog.send("x".repeat(60_000));
            if (i % 10 == 9) rig.simulation.runFor(20_000_000);
        }
        assertThat(hog.isOver).isTrue();
        assertThat(client.lines()).contains("RST_STREAM 1 8");
    }

    @Test
    void windowThatWasHeldBackIsGivenOnceThereIsMemory() {
        RawClient client = rig.client();
        client.request(1, "/a/b", false);
        rig.go(client);
        leave(0);
        for (int i = 0; i < 40; i++) client.data(1, false, RawClient.prefixed(new byte[16_000]));
        rig.go(client);
        assertThat(client.lines()).noneMatch(line -> line.startsWith("WINDOW_UPDATE 0"));
        give();
        rig.simulation.runFor(300_000_000);
        assertThat(client.lines()).anyMatch(line -> line.startsWith("WINDOW_UPDATE 0"));
    }
}
