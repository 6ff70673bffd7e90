package io.gyrfalcon.transport.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;

/** Heavy traffic of clients that mean well, beside each limit: it never meets one. */
final class HonestTrafficTest {
    private static final int WINDOW = 4;
    private static final int LARGE = 1 << 30;
    private static final long MINUTE = 60 * Rig.SECOND;

    /** The limits that a server may have. */
    enum Profile {
        MESH(Http2Settings.mesh(), Http2Limits.mesh()),
        EDGE(Http2Settings.edge(), Http2Limits.edge());

        final Http2Settings settings;
        final Http2Limits limits;

        Profile(Http2Settings settings, Http2Limits limits) {
            this.settings = settings;
            this.limits = limits;
        }
    }

    private Rig rig;
    private RawClient client;
    private final List<String> ends = new ArrayList<>();
    private int nextId = 1;

    /** A server that answers calls when they end, and a client whose window is no matter. */
    private void serve(Profile profile) {
        rig =
                new Rig(
                        new ServerSettings(
                                profile.settings,
                                profile.limits,
                                ListenOptions.defaults(),
                                4 << 20,
                                10 * Rig.SECOND),
                        null);
        rig.notes.onEnd = call -> call.answer("yes");
        client = rig.client(WINDOW, LARGE);
        client.out().windowUpdate(0, LARGE);
    }

    private int begin() {
        int id = nextId;
        nextId += 2;
        client.request(id, "/a/b", false);
        return id;
    }

    /** Lets it happen, and reads the answers. */
    private void go() {
        rig.go(client);
        rig.notes.take();
        for (String line : client.lines()) {
            boolean isEnd = line.endsWith(" end") || line.startsWith("RST_STREAM");
            if (isEnd || line.startsWith("GOAWAY")) ends.add(line);
        }
    }

    private void assertServed(int calls) {
        assertThat(ends).hasSize(calls).allMatch(line -> line.contains("grpc-status: 0"));
        ends.clear();
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @ParameterizedTest
    @EnumSource
    void asManyStreamsAsAreAllowedComeAgainAndAgain(Profile profile) {
        serve(profile);
        int streams = profile.limits.streamsMax();
        for (int round = 0; round < 3; round++) {
            List<Integer> ids = new ArrayList<>();
            for (int i = 0; i < streams; i++) ids.add(begin());
            go();
            for (int id : ids) client.message(id, true, "m");
            go();
            assertServed(streams);
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachCallMayBeOneOfFiveAttempts(Profile profile) {
        serve(profile);
        for (int i = 0; i < 2_000; i++) {
            List<Integer> ids = new ArrayList<>();
            for (int attempt = 0; attempt < 5; attempt++) ids.add(begin());
            go();
            client.message(ids.getFirst(), true, "m");
            go();
            for (int attempt = 1; attempt < 5; attempt++) client.out().rst(ids.get(attempt), 8);
            go();
        }
        assertServed(2_000);
    }

    @ParameterizedTest
    @EnumSource
    void watchesThatEndTogetherCostNothing(Profile profile) {
        serve(profile);
        for (int round = 0; round < 3; round++) {
            List<Integer> ids = new ArrayList<>();
            for (int i = 0; i < profile.limits.streamsMax(); i++) ids.add(begin());
            go();
            rig.simulation.runFor(Rig.SECOND);
            for (int id : ids) client.out().rst(id, 8);
            go();
        }
        client.message(begin(), true, "m");
        go();
        assertServed(1);
    }

    @ParameterizedTest
    @EnumSource
    void windowIsGivenForEachMessageOfEachStream(Profile profile) {
        serve(profile);
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < 100; i++) ids.add(begin());
        go();
        for (Played call : rig.notes.calls) call.begin();
        for (int round = 0; round < 100; round++) {
            for (Played call : rig.notes.calls) call.send("news");
            go();
            for (int id : ids) client.out().windowUpdate(id, 9).windowUpdate(0, 9);
            go();
        }
        rig.notes.onEnd = Played::end;
        for (int id : ids) client.message(id, true, "m");
        go();
        assertServed(100);
    }

    @ParameterizedTest
    @EnumSource
    void aPingForEachBurstOfDataMeasuresTheWay(Profile profile) {
        serve(profile);
        int id = begin();
        go();
        Played call = rig.notes.call(0);
        call.begin();
        for (int i = 0; i < 2_000; i++) {
            call.send("news");
            rig.settle();
            client.out().ping(i, false);
            go();
        }
        rig.notes.onEnd = Played::end;
        client.message(id, true, "m");
        go();
        assertServed(1);
    }

    @ParameterizedTest
    @EnumSource
    void aKeepaliveEveryFiveMinutesIsPermitted(Profile profile) {
        serve(profile);
        int id = begin();
        go();
        for (int i = 0; i < 50; i++) {
            rig.simulation.runFor(5 * MINUTE);
            client.out().ping(i, false);
            go();
        }
        client.message(id, true, "m");
        go();
        assertServed(1);
    }

    @ParameterizedTest
    @EnumSource
    void largeBlocksAreAFewBytesAfterTheFirst(Profile profile) {
        serve(profile);
        String[] fields = new String[2 * 34];
        String[] always = {":method", "POST", ":scheme", "http", ":path", "/a/b"};
        System.arraycopy(always, 0, fields, 0, always.length);
        System.arraycopy(RawClient.GRPC, 0, fields, always.length, RawClient.GRPC.length);
        for (int i = always.length + RawClient.GRPC.length; i < fields.length; i += 2) {
            fields[i] = "field-" + i;
            fields[i + 1] = "v".repeat(60);
        }
        FieldBlock block = FieldBlock.of(fields);
        for (int i = 0; i < 5_000; i++) {
            client.indexed(nextId, true, block);
            nextId += 2;
            go();
        }
        assertServed(5_000);
    }

    @ParameterizedTest
    @EnumSource
    void aSlowReaderTakesWhatItMust(Profile profile) {
        serve(profile);
        client.out().settings(WINDOW, 0);
        int id = begin();
        go();
        Played call = rig.notes.call(0);
        call.begin();
        call.send("x".repeat(16_384 * 20 - 5));
        for (int i = 0; i < 20; i++) {
            rig.simulation.runFor(9 * Rig.SECOND);
            client.out().windowUpdate(id, 16_384);
            go();
        }
        rig.notes.onEnd = Played::end;
        client.message(id, true, "m");
        go();
        assertServed(1);
    }

    @ParameterizedTest
    @EnumSource
    void anUploadGoesOnAsWindowIsGiven(Profile profile) {
        serve(profile);
        int id = begin();
        go();
        byte[] message = RawClient.prefixed(new byte[16_000]);
        for (int i = 0; i < 4_000; i++) {
            client.data(id, false, message);
            if (i % 3 == 2) go();
        }
        client.message(id, true, "m");
        go();
        assertServed(1);
        assertThat(rig.notes.call(0).messages).isEqualTo(4_001);
    }
}
