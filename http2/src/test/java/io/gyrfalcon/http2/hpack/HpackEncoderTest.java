package io.gyrfalcon.http2.hpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.primitives.flags.FlagOverride;
import io.gyrfalcon.primitives.flags.Flags;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

final class HpackEncoderTest {
    private static final FieldBlock HEAD =
            FieldBlock.of(":status", "200", "content-type", "application/grpc");
    private static final FieldBlock TRAILERS = FieldBlock.of("grpc-status", "0");
    private static final FieldBlock BOTH =
            FieldBlock.of(":status", "200", "content-type", "application/grpc", "grpc-status", "0");
    private static final List<String> HEAD_FIELDS =
            List.of(":status: 200", "content-type: application/grpc");

    private final HpackDecoder decoder = Blocks.decoder();

    private static byte[] encode(HpackEncoder encoder, FieldBlock block) {
        final var out = Blocks.room(encoder.maxBytes(block));
        return Blocks.written(out, 0, encoder.encode(block, out, 0));
    }

    private static byte[] literal(
            HpackEncoder encoder, String name, String value, boolean sensitive) {
        final var out = Blocks.room(HpackEncoder.maxLiteralBytes(name.length(), value.length()));
        final int length =
                encoder.encodeLiteral(Blocks.ascii(name), Blocks.ascii(value), sensitive, out, 0);
        return Blocks.written(out, 0, length);
    }

    private static String hex(byte[] bytes) {
        return Blocks.hex(bytes);
    }

    @Test
    void aBlockIsItsIndicesOnceItsFieldsAreInTheTable() {
        final HpackEncoder encoder = new HpackEncoder();
        assertThat(Blocks.fields(decoder, encode(encoder, HEAD))).isEqualTo(HEAD_FIELDS);
        assertThat(decoder.tableBytes()).isEqualTo(12 + 16 + 32);
        for (int i = 0; i < 3; i++) assertThat(hex(encode(encoder, HEAD))).isEqualTo("88be");
        assertThat(Blocks.fields(decoder, encode(encoder, HEAD))).isEqualTo(HEAD_FIELDS);
    }

    @Test
    void indicesShiftAsOtherBlocksAreEntered() {
        final HpackEncoder encoder = new HpackEncoder();
        encode(encoder, HEAD);
        assertThat(hex(encode(encoder, HEAD))).isEqualTo("88be");
        encode(encoder, TRAILERS);
        assertThat(hex(encode(encoder, HEAD))).isEqualTo("88bf");
        assertThat(hex(encode(encoder, TRAILERS))).isEqualTo("be");
        assertThat(hex(encode(encoder, BOTH))).isEqualTo("88bfbe");
        assertThat(hex(encode(encoder, HEAD))).isEqualTo("88bf");
    }

    @Test
    void moreBlocksThanAreKeptInMindAreRightAllTheSame() {
        final HpackEncoder encoder = new HpackEncoder();
        final FieldBlock[] blocks = new FieldBlock[40];
        for (int i = 0; i < blocks.length; i++) blocks[i] = FieldBlock.of("name-" + i, "value");
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < blocks.length; i++) {
                assertThat(Blocks.fields(decoder, encode(encoder, blocks[i])))
                        .containsExactly("name-" + i + ": value");
            }
        }
        assertThat(hex(encode(encoder, blocks[0]))).isEqualTo("e5");
    }

    @Test
    void aBlockOfAnyLengthIsTheSameBytesEveryTime() {
        for (int fields = 1; fields <= 20; fields++) {
            final String[] text = new String[2 * fields];
            final List<String> expected = new ArrayList<>();
            for (int i = 0; i < fields; i++) {
                text[2 * i] = "n" + i;
                text[2 * i + 1] = "v";
                expected.add("n" + i + ": v");
            }
            final HpackEncoder encoder = new HpackEncoder();
            final HpackDecoder decoding = Blocks.decoder();
            final FieldBlock block = FieldBlock.of(text);
            assertThat(Blocks.fields(decoding, encode(encoder, block))).isEqualTo(expected);
            for (int i = 0; i < 3; i++) {
                final byte[] bytes = encode(encoder, block);
                assertThat(bytes).hasSize(fields);
                assertThat(Blocks.fields(decoding, bytes)).isEqualTo(expected);
            }
        }
    }

    @Test
    void aBlockOfManyFieldsIsItsIndicesToo() {
        final HpackEncoder encoder = new HpackEncoder();
        final String[] text = new String[200];
        for (int i = 0; i < text.length; i++) text[i] = (i & 1) == 0 ? "n" + i : "v";
        final FieldBlock block = FieldBlock.of(text);
        final List<String> fields = Blocks.fields(decoder, encode(encoder, block));
        assertThat(fields).hasSize(100);
        assertThat(decoder.tableBytes()).isBetween(3500, 4096);
        final byte[] again = encode(encoder, block);
        assertThat(again.length).isLessThan(200);
        assertThat(Blocks.fields(decoder, again)).isEqualTo(fields);
    }

    @Test
    void theEmptyBlockIsEmpty() {
        final HpackEncoder encoder = new HpackEncoder();
        final FieldBlock block = FieldBlock.of(new String[0]);
        assertThat(encode(encoder, block)).isEmpty();
        assertThat(encode(encoder, block)).isEmpty();
    }

    @Test
    void aPeerWithoutATableGetsLiterals() {
        final HpackEncoder encoder = new HpackEncoder();
        encoder.peerTableBytes(0);
        decoder.tableBytesMax(0);
        assertThat(hex(encode(encoder, HEAD))).startsWith("20880f10");
        for (int i = 0; i < 3; i++) assertThat(hex(encode(encoder, HEAD))).startsWith("880f10");
        assertThat(Blocks.decode(decoder, "20")).isEqualTo(HpackOutcome.OK);
        assertThat(Blocks.fields(decoder, encode(encoder, HEAD))).isEqualTo(HEAD_FIELDS);
        assertThat(decoder.tableBytes()).isZero();
    }

    @Test
    void aFieldIsEnteredIfItFitsExactlyAndNotIfOneByteIsMissing() {
        for (int missing = 0; missing <= 1; missing++) {
            final HpackEncoder encoder = new HpackEncoder();
            final HpackDecoder peer = Blocks.decoder();
            encoder.peerTableBytes(60 - missing);
            peer.tableBytesMax(60 - missing);
            assertThat(Blocks.fields(peer, encode(encoder, HEAD))).isEqualTo(HEAD_FIELDS);
            assertThat(peer.tableBytes()).isEqualTo(missing == 0 ? 60 : 0);
            assertThat(Blocks.fields(peer, encode(encoder, HEAD))).isEqualTo(HEAD_FIELDS);
        }
    }

    @Test
    void aSmallerTableIsSignalledAndEvictsTheOldest() {
        final HpackEncoder encoder = new HpackEncoder();
        assertThat(Blocks.fields(decoder, encode(encoder, BOTH))).hasSize(3);
        encoder.peerTableBytes(50);
        decoder.tableBytesMax(50);
        assertThat(hex(encode(encoder, TRAILERS))).isEqualTo("3f13be");
        assertThat(Blocks.fields(decoder, "3f13be")).containsExactly("grpc-status: 0");
        assertThat(Blocks.fields(decoder, encode(encoder, HEAD))).isEqualTo(HEAD_FIELDS);
        assertThat(decoder.tableBytes()).isEqualTo(11 + 1 + 32);
    }

    /** RFC 7541 §4.2. */
    @Test
    void theSmallestAndTheLastOfSeveralSizesAreSignalled() {
        final HpackEncoder encoder = new HpackEncoder();
        Blocks.fields(decoder, encode(encoder, HEAD));
        for (int bytes : new int[] {100, 30, 200}) {
            encoder.peerTableBytes(bytes);
            decoder.tableBytesMax(bytes);
        }
        final byte[] block = encode(encoder, HEAD);
        assertThat(hex(block)).startsWith("3e3fa90188");
        assertThat(Blocks.fields(decoder, block)).isEqualTo(HEAD_FIELDS);
        assertThat(decoder.tableBytes()).isEqualTo(60);
    }

    @Test
    void aLargerTableIsSignalledOnlyUpToWhatWeUse() {
        final HpackEncoder encoder = new HpackEncoder();
        encoder.peerTableBytes((1L << 32) - 1);
        assertThat(hex(encode(encoder, FieldBlock.of(":status", "200")))).isEqualTo("88");
        encoder.peerTableBytes(4095);
        assertThat(hex(encode(encoder, FieldBlock.of(":status", "200")))).isEqualTo("3fe01f88");
        encoder.peerTableBytes((1L << 32) - 1);
        assertThat(hex(encode(encoder, FieldBlock.of(":status", "200")))).isEqualTo("3fe11f88");
        encoder.peerTableBytes(4096);
        assertThat(hex(encode(encoder, FieldBlock.of(":status", "200")))).isEqualTo("88");
    }

    @Test
    void aSizeIsSignalledBeforeALiteralToo() {
        final HpackEncoder encoder = new HpackEncoder();
        encoder.peerTableBytes(0);
        assertThat(hex(literal(encoder, "a", "b", false))).isEqualTo("20000161" + "0162");
    }

    @Test
    void aLiteralTakesItsNameFromTheStaticTable() {
        final HpackEncoder encoder = new HpackEncoder();
        assertThat(hex(literal(encoder, ":status", "415", false)).substring(0, 2)).isEqualTo("08");
        assertThat(hex(literal(encoder, "content-type", "a", false))).isEqualTo("0f100161");
        assertThat(hex(literal(encoder, "www-authenticate", "a", false))).isEqualTo("0f2e0161");
    }

    @Test
    void everyNameOfTheStaticTableIsFound() {
        for (int i = 1; i <= StaticTable.LENGTH; i++) {
            final Field field = StaticTable.field(i);
            final int index = StaticTable.nameIndex(field.copyName(), 0, field.nameLength());
            assertThat(StaticTable.field(index).nameIs(field.copyName())).isTrue();
            assertThat(index).isLessThanOrEqualTo(i);
            assertThat(StaticTable.fieldIndex(field.copyName(), field.copyValue())).isEqualTo(i);
        }
        assertThat(StaticTable.fieldIndex(Blocks.ascii("via"), Blocks.ascii("x"))).isZero();
        assertThat(StaticTable.fieldIndex(Blocks.ascii(":status"), Blocks.ascii("x"))).isZero();
        final byte[] last = Blocks.ascii("www-authenticate");
        assertThat(StaticTable.fieldIndex(last, Blocks.ascii("x"))).isZero();
        assertThat(StaticTable.nameIndex(Blocks.ascii("grpc-status"), 0, 11)).isZero();
    }

    @Test
    void aSensitiveLiteralIsNeverIndexed() {
        final HpackEncoder encoder = new HpackEncoder();
        final byte[] written = literal(encoder, "authorization", "secret", true);
        assertThat(written[0] & 0xf0).isEqualTo(0x10);
        final boolean[] sensitive = {false};
        Blocks.decode(decoder, written, field -> sensitive[0] = field.isSensitive());
        assertThat(sensitive[0]).isTrue();
    }

    @Test
    void huffmanCodeIsUsedOnlyWhereItIsShorter() {
        final HpackEncoder encoder = new HpackEncoder();
        assertThat(hex(literal(encoder, "via", "00000000", false))).isEqualTo("0f2d850000000000");
        assertThat(hex(literal(encoder, "via", "\\\\", false))).isEqualTo("0f2d025c5c");
        assertThat(hex(literal(encoder, "via", "0", false))).isEqualTo("0f2d0130");
    }

    @Test
    void withoutTheHuffmanFlagNothingIsCoded() {
        try (FlagOverride off = Flags.override(HpackFlags.HUFFMAN, false)) {
            final HpackEncoder encoder = new HpackEncoder();
            assertThat(hex(literal(encoder, "via", "00000000", false)))
                    .isEqualTo("0f2d083030303030303030");
            assertThat(hex(encode(encoder, FieldBlock.of("via", "00000000"))))
                    .isEqualTo("7c083030303030303030");
        }
    }

    @Test
    void withoutPrebuiltBlocksEveryFieldIsALiteralEveryTime() {
        final HpackEncoder encoder;
        try (FlagOverride off = Flags.override(HpackFlags.PREBUILT_BLOCKS, false)) {
            encoder = new HpackEncoder();
        }
        for (int i = 0; i < 3; i++) {
            final byte[] block = encode(encoder, HEAD);
            assertThat(hex(block)).startsWith("880f10");
            assertThat(Blocks.fields(decoder, block)).isEqualTo(HEAD_FIELDS);
        }
        assertThat(decoder.tableBytes()).isZero();
    }

    @Test
    void aNameWithoutAValueIsRefused() {
        assertThatThrownBy(() -> FieldBlock.of("a", "b", "c"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("namesAndValues: 3 (expected: an even number)");
    }

    @Test
    void theFlagsAreInTheCatalogue() {
        new HpackFlags().declareAll();
        assertThat(Flags.declared())
                .extracting(flag -> flag.name())
                .contains("hpack-prebuilt-blocks", "hpack-huffman", "hpack-field-memo");
    }
}
