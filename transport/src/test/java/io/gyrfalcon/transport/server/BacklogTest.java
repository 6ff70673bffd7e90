package io.gyrfalcon.transport.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;

/** Messages that a call has not asked for: a few are told, the others wait as they came. */
final class BacklogTest {
    private final Rig rig = new Rig();
    private final RawClient client = rig.client();

    @AfterEach
    void close() {
        rig.close();
    }

    private static byte[] messages(int from, int count) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = from; i < from + count; i++) {
            bytes.writeBytes(RawClient.prefixed(("m" + i).getBytes()));
        }
        return bytes.toByteArray();
    }

    /** A call that wants none, and is told three at most. */
    private Played reluctant() {
        client.request(1, "/a/b", false);
        rig.go(client);
        Played call = rig.notes.call(0);
        call.wanted = 0;
        call.aheadMax = 3;
        rig.notes.take();
        return call;
    }

    private static void wants(Played call, int more) {
        call.wanted += more;
        call.call.creditWanted();
    }

    @Test
    void messagesBeyondThoseAskedForWaitAndComeInOrder() {
        Played call = reluctant();
        client.data(1, false, messages(0, 5)).data(1, false, messages(5, 5));
        rig.go(client);
        assertThat(rig.notes.take())
                .containsExactly("0 message 'm0'", "0 message 'm1'", "0 message 'm2'");
        wants(call, 2);
        assertThat(rig.notes.take()).containsExactly("0 message 'm3'", "0 message 'm4'");
        wants(call, 1);
        assertThat(rig.notes.take()).containsExactly("0 message 'm5'");
        client.data(1, true, messages(10, 1));
        rig.go(client);
        assertThat(rig.notes.take()).isEmpty();
        wants(call, 100);
        assertThat(rig.notes.take())
                .containsExactly(
                        "0 message 'm6'",
                        "0 message 'm7'",
                        "0 message 'm8'",
                        "0 message 'm9'",
                        "0 message 'm10' last");
    }

    @Test
    void whatWaitsCostsItsBytesAndNotASlabForEachMessage() {
        reluctant();
        int before = (int) rig.loop.slabs().outstanding();
        for (int i = 0; i < 40; i++) client.data(1, false, messages(1_000, 1_000));
        rig.go(client);
        assertThat(rig.notes.calls.getFirst().messages).isEqualTo(3);
        assertThat(rig.loop.slabs().outstanding() - before).isLessThan(20);
    }

    @Test
    void theEndWaitsBehindWhatWaits() {
        Played call = reluctant();
        client.data(1, false, messages(0, 4)).data(1, true, new byte[0]);
        rig.go(client);
        assertThat(rig.notes.take()).hasSize(3);
        wants(call, 1);
        assertThat(rig.notes.take()).containsExactly("0 message 'm3' last");
    }

    @Test
    void trailersWaitBehindWhatWaits() {
        Played call = reluctant();
        client.data(1, false, messages(0, 4)).headers(1, true, "a", "b");
        rig.go(client);
        assertThat(rig.notes.take()).hasSize(3);
        wants(call, 10);
        assertThat(rig.notes.take()).containsExactly("0 message 'm3' last");
    }

    @Test
    void aFaultBehindWhatWaitsIsToldInItsTurn() {
        Played call = reluctant();
        byte[] bad = RawClient.prefixed("x".getBytes());
        bad[0] = 2;
        client.data(1, false, messages(0, 4)).data(1, false, bad);
        rig.go(client);
        assertThat(rig.notes.take()).hasSize(3);
        wants(call, 10);
        assertThat(rig.notes.take())
                .startsWith(
                        "0 message 'm3'",
                        "0 broken 13 gRPC frame header malformed: reserved bits not zero");
    }

    @Test
    void aMessageInPiecesBehindWhatWaitsIsPutTogether() {
        Played call = reluctant();
        byte[] five = messages(0, 5);
        for (byte b : five) client.data(1, false, new byte[] {b});
        rig.go(client);
        assertThat(rig.notes.take()).hasSize(3);
        wants(call, 10);
        assertThat(rig.notes.take()).hasSize(2);
    }

    @Test
    void windowIsGivenForWhatWasReadAlone() {
        Played call = reluctant();
        byte[] large = RawClient.prefixed(new byte[16_000]);
        for (int i = 0; i < 60; i++) client.data(1, false, large);
        rig.go(client);
        assertThat(client.lines()).noneMatch(line -> line.startsWith("WINDOW_UPDATE 1"));
        wants(call, 100);
        rig.settle();
        assertThat(client.lines()).anyMatch(line -> line.startsWith("WINDOW_UPDATE 1"));
        assertThat(call.messages).isEqualTo(60);
    }

    @Test
    void aResetDropsWhatWaits() {
        reluctant();
        client.data(1, false, messages(0, 1_000)).out().rst(1, 8);
        rig.go(client);
        assertThat(rig.notes.take()).hasSize(4).endsWith("0 reset");
        client.request(3, "/a/b", false).message(3, true, "next");
        rig.go(client);
        assertThat(rig.notes.take()).containsExactly("1 message 'next' last");
    }
}
