package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is on its way, between two real threads: user code's and the loop's. */
final class MailTest {
    private static final int ROUNDS = 20_000;

    private Mail mail = new Mail();
    private boolean isReady;

    @Test
    void bytesThatMoveIntoTheStreamAreNeverCountedTwice() throws Exception {
        Duel.play(
                ROUNDS,
                round -> {
                    if (round > 0) assertThat(isReady).as("round %d", round).isTrue();
                    mail = new Mail();
                    mail.readyBytes(101);
                    mail.addBytes(100);
                },
                round -> {
                    mail.delivered(100, null);
                    mail.queued(100);
                },
                round -> isReady = mail.isReady());
        assertThat(mail.isReady()).isTrue();
    }

    @Test
    void bytesThatComeAndGoAddUpToNothing() throws Exception {
        mail.readyBytes(1);
        Duel.play(ROUNDS, round -> {}, round -> mail.addBytes(7), round -> mail.delivered(7, null));
        assertThat(mail.isReady()).isTrue();
        mail.addBytes(1);
        assertThat(mail.isReady()).isFalse();
    }
}
