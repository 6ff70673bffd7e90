package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.primitives.fixtures.LeakCheck;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.lang.foreign.ValueLayout;

/** An inbox between two real threads: the loop fills it, the lane empties it. */
final class InboxTest {
    private static final int ROUNDS = 2_000;
    private static final int MESSAGES = 20;

    @RegisterExtension final LeakCheck leaks = new LeakCheck();
    private final SlabPool pool = leaks.sharedPool();
    private Inbox inbox;

    private Inbox.Message message(int number) {
        Slab home = pool.take(64 + number);
        home.segment().set(ValueLayout.JAVA_INT_UNALIGNED, 0, number);
        return new Inbox.Message(home, 4 + number, number % 2 == 0);
    }

    private void fill(int round) {
        for (int i = 0; i < MESSAGES; i++) inbox.add(message(i));
    }

    @Test
    void messagesArriveWholeAndInOrder() throws Exception {
        Duel.play(
                ROUNDS,
                round -> {
                    if (round > 0) assertThat(inbox.isEmpty()).isTrue();
                    inbox = new Inbox(null, 0, null);
                },
                this::fill,
                round -> {
                    for (int i = 0; i < MESSAGES; ) {
                        Inbox.Message message = inbox.poll();
                        if (message == null) continue;
                        int number = message.bytes().get(ValueLayout.JAVA_INT_UNALIGNED, 0);
                        assertThat(number).isEqualTo(i);
                        assertThat(message.length).isEqualTo(4 + i);
                        assertThat(message.isCompressed).isEqualTo(i % 2 == 0);
                        message.release();
                        i++;
                    }
                });
    }

    @Test
    void whatIsDroppedWhileMoreArrivesIsGivenBackOnceAndTheRestLater() throws Exception {
        Duel.play(
                ROUNDS,
                round -> {
                    if (round > 0) inbox.drop();
                    inbox = new Inbox(null, 0, null);
                    assertThat(pool.outstanding()).as("slabs after round %d", round).isZero();
                },
                this::fill,
                round -> inbox.drop());
    }
}
