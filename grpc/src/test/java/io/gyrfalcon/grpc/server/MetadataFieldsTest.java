package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

final class MetadataFieldsTest {
    private static final Metadata.Key<String> TEXT =
            Metadata.Key.of("text", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<byte[]> BYTES =
            Metadata.Key.of("bytes-bin", Metadata.BINARY_BYTE_MARSHALLER);

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[][] fields(String... texts) {
        byte[][] fields = new byte[texts.length][];
        for (int i = 0; i < texts.length; i++) fields[i] = ascii(texts[i]);
        return fields;
    }

    private static List<String> sent(Metadata metadata) {
        List<String> texts = new ArrayList<>();
        for (byte[] part : MetadataFields.toFields(metadata)) {
            texts.add(new String(part, StandardCharsets.ISO_8859_1));
        }
        return texts;
    }

    private static List<String> hex(Metadata metadata) {
        List<String> values = new ArrayList<>();
        for (byte[] value : metadata.getAll(BYTES)) {
            values.add(java.util.HexFormat.of().formatHex(value));
        }
        return values;
    }

    @Test
    void noMetadataIsNoFields() {
        assertThat(sent(new Metadata())).isEmpty();
    }

    @Test
    void asciiValuesAreSentAsTheyAreAndBinaryOnesAsBase64WithoutPadding() {
        Metadata metadata = new Metadata();
        metadata.put(TEXT, "one, two");
        metadata.put(BYTES, new byte[] {1});
        metadata.put(TEXT, "");
        metadata.put(BYTES, new byte[] {});
        metadata.put(BYTES, new byte[] {-1, -2, -3});
        assertThat(sent(metadata))
                .containsExactly(
                        "text",
                        "one, two",
                        "bytes-bin",
                        "AQ",
                        "text",
                        "",
                        "bytes-bin",
                        "",
                        "bytes-bin",
                        "//79");
    }

    @Test
    void valuesThatHttpDoesNotAllowAreLeftOut() {
        Metadata.Key<String> raw =
                Metadata.Key.of(
                        "raw",
                        new Metadata.AsciiMarshaller<>() {
                            @Override
                            public String toAsciiString(String value) {
                                return value;
                            }

                            @Override
                            public String parseAsciiString(String value) {
                                return value;
                            }
                        });
        Metadata metadata = new Metadata();
        metadata.put(raw, "tilde ~");
        metadata.put(raw, "line\nbreak");
        metadata.put(raw, "\u007f");
        metadata.put(TEXT, "kept");
        assertThat(sent(metadata)).containsExactly("raw", "tilde ~", "text", "kept");
    }

    @Test
    void receivedFieldsAreMetadataInTheirOrder() {
        Metadata metadata =
                MetadataFields.of(fields("text", "a", "bytes-bin", "AQI=", "text", "b"), 3);
        assertThat(metadata.getAll(TEXT)).containsExactly("a", "b");
        assertThat(metadata.get(BYTES)).containsExactly(1, 2);
    }

    @Test
    void onlyTheGivenNumberOfFieldsCounts() {
        byte[][] roomy = fields("text", "a", "text", "b", "text", "c");
        Metadata metadata = MetadataFields.of(roomy, 2);
        assertThat(metadata.getAll(TEXT)).containsExactly("a", "b");
    }

    @Test
    void paddingIsOptional() {
        for (String value : List.of("AQ", "AQ==", "AQ=")) {
            Metadata metadata = MetadataFields.of(fields("bytes-bin", value), 1);
            assertThat(metadata.get(BYTES)).as(value).containsExactly(1);
        }
    }

    @Test
    void binaryValuesJoinedByCommasAreSplit() {
        Metadata metadata =
                MetadataFields.of(
                        fields(
                                "bytes-bin",
                                "AQ,Ag==",
                                "text",
                                "x,y",
                                "bytes-bin",
                                ",Aw",
                                "text",
                                "z"),
                        4);
        assertThat(hex(metadata)).containsExactly("01", "02", "", "03");
        assertThat(metadata.getAll(TEXT)).containsExactly("x,y", "z");
    }

    @Test
    void blanksAroundCommasAreNoPartOfAValue() {
        Metadata metadata = MetadataFields.of(fields("bytes-bin", "AQ, Ag ,\tAw"), 1);
        assertThat(hex(metadata)).containsExactly("01", "02", "03");
    }

    @Test
    void manyJoinedValuesFindRoom() {
        String joined = "AQ,".repeat(99) + "Ag";
        Metadata metadata = MetadataFields.of(fields("bytes-bin", joined, "text", "end"), 2);
        assertThat(hex(metadata)).hasSize(100).endsWith("02");
        assertThat(metadata.get(TEXT)).isEqualTo("end");
    }

    @Test
    void whatIsNoBase64IsNoMetadata() {
        for (String value : List.of("A", "A===", "A*", "AQ,A", "=A", "A Q,Ag", "QUJDR")) {
            assertThat(MetadataFields.of(fields("bytes-bin", value), 1)).as(value).isNull();
        }
    }

    @Test
    void metadataThatWasReceivedCanBeSentAgain() {
        Metadata metadata = MetadataFields.of(fields("text", "a", "bytes-bin", "AQI=,AQ"), 2);
        assertThat(sent(metadata))
                .containsExactly("text", "a", "bytes-bin", "AQI", "bytes-bin", "AQ");
    }

    @Test
    void theSuffixDecidesWhatIsBinary() {
        assertThat(MetadataFields.isBinary(ascii("xa-binx"), 1, 5)).isTrue();
        assertThat(MetadataFields.isBinary(ascii("a-bin"), 0, 4)).isFalse();
        assertThat(MetadataFields.isBinary(ascii("bin"), 0, 3)).isFalse();
        assertThat(MetadataFields.isBinary(ascii("-bin"), 0, 4)).isTrue();
        assertThat(MetadataFields.isBinary(ascii("a-bix"), 0, 5)).isFalse();
    }
}
