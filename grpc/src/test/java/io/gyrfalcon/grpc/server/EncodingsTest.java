package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Codec;
import io.grpc.CompressorRegistry;
import io.grpc.DecompressorRegistry;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

final class EncodingsTest {
    private final Encodings encodings =
            new Encodings(
                    CompressorRegistry.getDefaultInstance(),
                    DecompressorRegistry.getDefaultInstance());

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] zipped(int zeros) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream zip = new Codec.Gzip().compress(bytes)) {
            zip.write(new byte[zeros]);
        }
        return bytes.toByteArray();
    }

    private static InputStream inflated(int zeros, int bytesMax, CallTracer tracer)
            throws IOException {
        return Encodings.inflate(
                new Codec.Gzip(),
                new ByteArrayInputStream(zipped(zeros)),
                bytesMax,
                tracer::inboundUncompressedSize);
    }

    @Test
    void knowsWhatTheRegistriesKnow() {
        assertThat(encodings.compressor("gzip")).isInstanceOf(Codec.Gzip.class);
        assertThat(encodings.compressor("br")).isNull();
        assertThat(encodings.decompressor("gzip")).isInstanceOf(Codec.Gzip.class);
        assertThat(encodings.decompressor(ascii("xgzipx"), 1, 4)).isInstanceOf(Codec.Gzip.class);
        assertThat(encodings.decompressor("br")).isNull();
        assertThat(new String(encodings.advertised(), StandardCharsets.US_ASCII)).isEqualTo("gzip");
    }

    @Test
    void trailersTellWhatIsAcceptedUnlessNothingIs() {
        Metadata.Key<String> accepted =
                Metadata.Key.of("grpc-accept-encoding", Metadata.ASCII_STRING_MARSHALLER);
        Encodings none =
                new Encodings(
                        CompressorRegistry.newEmptyInstance(),
                        DecompressorRegistry.emptyInstance());

        assertThat(encodings.acceptedTrailers().get(accepted)).isEqualTo("gzip");
        assertThat(none.acceptedTrailers().keys()).isEmpty();
    }

    @Test
    void aCodecThatIsNotAdvertisedStillDecompresses() {
        Codec own =
                new Codec() {
                    @Override
                    public String getMessageEncoding() {
                        return "own";
                    }

                    @Override
                    public InputStream decompress(InputStream stream) {
                        return stream;
                    }

                    @Override
                    public OutputStream compress(OutputStream stream) {
                        return stream;
                    }
                };
        CompressorRegistry compressors = CompressorRegistry.newEmptyInstance();
        Encodings mine =
                new Encodings(compressors, DecompressorRegistry.emptyInstance().with(own, false));
        assertThat(mine.advertised()).isEmpty();
        assertThat(mine.decompressor("own")).isSameAs(own);
        assertThat(mine.decompressor("identity")).isNull();
        assertThat(mine.compressor("own")).isNull();
        compressors.register(own);
        assertThat(mine.compressor("own")).isSameAs(own);
        assertThat(Encodings.isIdentity((io.grpc.Compressor) own)).isFalse();
        assertThat(Encodings.isIdentity((io.grpc.Decompressor) own)).isFalse();
    }

    @Test
    void identityNeedsNoCodec() {
        assertThat(Encodings.isIdentity(ascii("xidentity"), 1, 8)).isTrue();
        assertThat(Encodings.isIdentity(ascii("identitx"), 0, 8)).isFalse();
        assertThat(Encodings.isIdentity(ascii("gzip"), 0, 4)).isFalse();
        assertThat(Encodings.isIdentity(encodings.decompressor("identity"))).isTrue();
        assertThat(Encodings.isIdentity(encodings.compressor("identity"))).isTrue();
        assertThat(Encodings.isIdentity((io.grpc.Compressor) null)).isTrue();
        assertThat(Encodings.isIdentity((io.grpc.Decompressor) null)).isTrue();
    }

    @Test
    void readsTheListOfWhatAPeerAccepts() {
        assertThat(Encodings.lists(ascii("identity, gzip"), "gzip")).isTrue();
        assertThat(Encodings.lists(ascii("identity,gzip ,br"), "gzip")).isTrue();
        assertThat(Encodings.lists(ascii("gzip"), "gzip")).isTrue();
        assertThat(Encodings.lists(ascii("xgzip"), "gzip")).isFalse();
        assertThat(Encodings.lists(ascii("gzi"), "gzip")).isFalse();
        assertThat(Encodings.lists(ascii("gzap"), "gzip")).isFalse();
        assertThat(Encodings.lists(ascii(""), "gzip")).isFalse();
        assertThat(Encodings.lists(ascii(" , ,"), "gzip")).isFalse();
    }

    @Test
    void inflatesUpToTheLimit() throws IOException {
        assertThat(inflated(1000, 1000, CallTracer.NONE).readAllBytes()).hasSize(1000);
        assertThat(inflated(1000, 1000, CallTracer.NONE).skip(5000)).isEqualTo(1000);
        InputStream single = inflated(2, 2, CallTracer.NONE);
        assertThat(single.read()).isZero();
        assertThat(single.read()).isZero();
        assertThat(single.read()).isEqualTo(-1);
    }

    @Test
    void stopsInflatingBeyondTheLimit() throws IOException {
        String text = "Decompressed gRPC message exceeds maximum size 999";
        InputStream whole = inflated(1000, 999, CallTracer.NONE);
        assertThatThrownBy(whole::readAllBytes)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> {
                            assertThat(e.getStatus().getCode())
                                    .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                            assertThat(e.getStatus().getDescription()).isEqualTo(text);
                        });
        InputStream skipped = inflated(1000, 999, CallTracer.NONE);
        assertThatThrownBy(() -> skipped.skip(5000)).isInstanceOf(StatusRuntimeException.class);
    }

    @Test
    void tellsTracersThePlainSizeOnceAlsoWhenBytesAreReadAgain() throws IOException {
        long[] bytes = new long[1];
        ServerStreamTracer counting =
                new ServerStreamTracer() {
                    @Override
                    public void inboundUncompressedSize(long n) {
                        bytes[0] += n;
                    }
                };
        Tracers tracers =
                new Tracers(
                        List.of(
                                new ServerStreamTracer.Factory() {
                                    @Override
                                    public ServerStreamTracer newServerStreamTracer(
                                            String method, Metadata headers) {
                                        return counting;
                                    }
                                }));
        CallTracer tracer = tracers.newCall("a.B/C", new Metadata());
        InputStream plain =
                Encodings.inflate(
                        Codec.Identity.NONE,
                        new ByteArrayInputStream(new byte[10]),
                        10,
                        tracer::inboundUncompressedSize);
        plain.mark(10);
        assertThat(plain.readNBytes(6)).hasSize(6);
        plain.reset();
        assertThat(plain.readAllBytes()).hasSize(10);
        assertThat(bytes[0]).isEqualTo(10);
    }

    @Test
    void aStreamWithoutMarkCannotBeReset() throws IOException {
        InputStream zip = inflated(5, 10, CallTracer.NONE);
        assertThatThrownBy(zip::reset)
                .isInstanceOf(IOException.class)
                .hasMessage("Mark not supported");
        InputStream plain =
                Encodings.inflate(
                        Codec.Identity.NONE, new ByteArrayInputStream(new byte[10]), 10, _ -> {});
        assertThatThrownBy(plain::reset).isInstanceOf(IOException.class).hasMessage("Mark not set");
    }
}
