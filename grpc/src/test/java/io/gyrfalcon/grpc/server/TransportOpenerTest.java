package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.http2.Http2Limits;

import org.junit.jupiter.api.Test;

/** What the options of a server become for HTTP/2. */
final class TransportOpenerTest {
    private static Http2Limits limits(int metadataBytesSoft, int metadataBytesMax) {
        EngineRig.Parts parts = new EngineRig.Parts();
        parts.calls =
                new CallLimits(4 << 20, metadataBytesSoft, metadataBytesMax, 0, true, 0, 0, 0);
        return TransportOpener.limits(EngineRig.options(parts));
    }

    @Test
    void metadataIsRefusedBeyondTheSoftLimitAndPeersAreToldTheOther() {
        Http2Limits limits = limits(2_000, 5_000);
        assertThat(limits.headerListBytesMax()).isEqualTo(2_000);
        assertThat(limits.headerListBytesTold()).isEqualTo(5_000);
    }

    @Test
    void noOtherLimitOfAHeaderBlockUndercutsTheOneThatWasNamed() {
        Http2Limits large = limits(2 << 20, 2 << 20);
        assertThat(large.headerListBytesMax()).isEqualTo(2 << 20);
        assertThat(large.headerBlockBytesMax()).isEqualTo(2 << 20);
        assertThat(large.continuationsMax()).isEqualTo(128 + 8);
        assertThat(large.headerFieldsMax()).isEqualTo((2 << 20) / 33);
        Http2Limits small = limits(100, 200);
        assertThat(small.headerListBytesMax()).isEqualTo(100);
        assertThat(small.headerListBytesTold()).isEqualTo(200);
        assertThat(small.headerBlockBytesMax()).isEqualTo(65_536);
        assertThat(small.headerFieldsMax()).isEqualTo(256);
        Http2Limits all = limits(Integer.MAX_VALUE - 1, Integer.MAX_VALUE);
        assertThat(all.headerListBytesMax()).isEqualTo(16 << 20);
        assertThat(all.headerListBytesTold()).isEqualTo(16 << 20);
    }

    @Test
    void resetsComeBackOverTheirWindowHoweverFewTheyAre() {
        assertThat(resets(10, 30).resetsMax()).isEqualTo(10);
        assertThat(resets(10, 30).resetRefillNanos()).isEqualTo(3 * EngineRig.SECOND);
        assertThat(resets(200, 1).resetRefillNanos()).isEqualTo(EngineRig.SECOND / 200);
        assertThat(resets(Integer.MAX_VALUE, 1).resetsMax()).isEqualTo(1 << 24);
        assertThat(resets(Integer.MAX_VALUE, 1).resetRefillNanos()).isEqualTo(1);
    }

    private static Http2Limits resets(int max, int seconds) {
        EngineRig.Parts parts = new EngineRig.Parts();
        parts.calls = new CallLimits(4 << 20, 0, 0, 0, true, 0, max, seconds);
        return TransportOpener.limits(EngineRig.options(parts));
    }

    @Test
    void whatIsNotNamedIsTheProfiles() {
        assertThat(limits(0, 0)).isEqualTo(Http2Limits.mesh());
    }

    @Test
    void thePrefaceHasTheTimeOfAHandshake() {
        EngineRig.Parts parts = new EngineRig.Parts();
        parts.handshakeNanos = 20 * EngineRig.SECOND;
        Http2Limits limits = TransportOpener.limits(EngineRig.options(parts));
        assertThat(limits.prefaceNanos()).isEqualTo(20 * EngineRig.SECOND);
        assertThat(Profile.MESH.handshakeNanos()).isEqualTo(Http2Limits.mesh().prefaceNanos());
        assertThat(Profile.EDGE.handshakeNanos()).isEqualTo(Http2Limits.edge().prefaceNanos());
    }
}
