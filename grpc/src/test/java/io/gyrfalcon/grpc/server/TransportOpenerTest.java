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
}
