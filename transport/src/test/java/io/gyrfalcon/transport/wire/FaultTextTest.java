package io.gyrfalcon.transport.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FaultTextTest {
    @Test
    void textsAreThoseOfGrpcJava() {
        assertThat(FaultText.tooLarge(4194304, 5000000))
                .isEqualTo("gRPC message exceeds maximum size 4194304: 5000000");
        assertThat(FaultText.tooLargeDecompressed(10))
                .isEqualTo("Decompressed gRPC message exceeds maximum size 10");
        assertThat(FaultText.noDecompressor("zstd")).isEqualTo("Can't find decompressor for zstd");
        assertThat(FaultText.noMethod("a.B/C")).isEqualTo("Method not found: a.B/C");
        assertThat(FaultText.badContentType("text/html"))
                .isEqualTo("Content-Type 'text/html' is not supported");
        assertThat(FaultText.badMethod("GET")).isEqualTo("Method 'GET' is not supported");
        assertThat(FaultText.headersTooLarge(9000, 8192))
                .isEqualTo("Client Headers of size 9000 exceeded Metadata size soft limit: 8192");
        assertThat(FaultText.tooManyHeaders(300, 256)).isEqualTo("300 header fields (at most 256)");
    }

    @Test
    void httpStatusesMapAsInTheProtocolDocument() {
        int[][] expected = {
            {99, StatusCode.UNKNOWN},
            {100, StatusCode.INTERNAL},
            {199, StatusCode.INTERNAL},
            {200, StatusCode.UNKNOWN},
            {400, StatusCode.INTERNAL},
            {401, StatusCode.UNAUTHENTICATED},
            {403, StatusCode.PERMISSION_DENIED},
            {404, StatusCode.UNIMPLEMENTED},
            {418, StatusCode.UNKNOWN},
            {429, StatusCode.UNAVAILABLE},
            {431, StatusCode.INTERNAL},
            {500, StatusCode.UNKNOWN},
            {502, StatusCode.UNAVAILABLE},
            {503, StatusCode.UNAVAILABLE},
            {504, StatusCode.UNAVAILABLE},
        };
        for (int[] row : expected) {
            assertThat(HttpStatus.toCode(row[0])).as("HTTP %s", row[0]).isEqualTo(row[1]);
        }
    }
}
