package io.gyrfalcon.http2.hpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.primitives.flags.FlagOverride;
import io.gyrfalcon.primitives.flags.Flags;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

final class HpackDecoderTest {
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();

    private byte[] taken() {
        final byte[] bytes = block.toByteArray();
        block.reset();
        return bytes;
    }

    /** A literal; {@code pattern} 0x40 has it remembered. */
    private void literal(int pattern, String name, String value) {
        NaiveHpack.write(block, pattern, pattern == 0x40 ? 6 : 4, 0);
        string(name);
        string(value);
    }

    private void named(int pattern, int index, String value) {
        NaiveHpack.write(block, pattern, pattern == 0x40 ? 6 : 4, index);
        string(value);
    }

    private void string(String text) {
        NaiveHpack.write(block, 0, 7, text.length());
        block.writeBytes(Blocks.ascii(text));
    }

    private void coded(String text) {
        final byte[] code = NaiveHpack.huffmanEncoded(text);
        NaiveHpack.write(block, 0x80, 7, code.length);
        block.writeBytes(code);
    }

    private void indexed(int index) {
        NaiveHpack.write(block, 0x80, 7, index);
    }

    @Test
    void anEmptyBlockIsFine() {
        assertThat(Blocks.fields(Blocks.decoder(), "")).isEmpty();
    }

    /** RFC 7541 §6.3. */
    @Test
    void aTableLargerThanTheInitialOneIsUsedOnceThePeerSaysSo() {
        final HpackDecoder decoder = Blocks.decoder(8192);
        literal(0x40, "a", "x".repeat(5000));
        Blocks.fields(decoder, taken());
        assertThat(decoder.tableBytes()).isZero();
        block.writeBytes(Blocks.bytes("3f e1 3f")); // 8192
        literal(0x40, "a", "x".repeat(5000));
        indexed(62);
        assertThat(Blocks.fields(decoder, taken())).hasSize(1);
        assertThat(decoder.tableBytes()).isEqualTo(5033);
    }

    @Test
    void onlyWhatIsGivenIsRead() {
        final HpackDecoder decoder = Blocks.decoder();
        final byte[] bytes = Blocks.bytes("80 82 86 80");
        final List<String> fields = new ArrayList<>();
        decoder.decode(Blocks.nativeCopy(bytes), 1, 2, field -> fields.add(field.toString()));
        assertThat(fields).containsExactly(":method: GET", ":scheme: http");
    }

    @Test
    void anEntryIsRightWhenTheSameBlockEvictsIt() {
        final HpackDecoder decoder = Blocks.decoder(100);
        literal(0x40, "first", "1".repeat(40));
        indexed(62);
        literal(0x40, "second", "2".repeat(40));
        indexed(62);
        assertThat(Blocks.fields(decoder, taken()))
                .containsExactly(
                        "first: " + "1".repeat(40),
                        "first: " + "1".repeat(40),
                        "second: " + "2".repeat(40),
                        "second: " + "2".repeat(40));
    }

    /** RFC 7541 §4.4. */
    @Test
    void aNameMayBeThatOfTheEntryWhichItsInsertionEvicts() {
        final HpackDecoder decoder = Blocks.decoder(100);
        literal(0x40, "the-name", "1".repeat(50));
        assertThat(Blocks.fields(decoder, taken())).hasSize(1);
        named(0x40, 62, "2".repeat(55));
        indexed(62);
        assertThat(Blocks.fields(decoder, taken()))
                .containsExactly("the-name: " + "2".repeat(55), "the-name: " + "2".repeat(55));
        assertThat(decoder.tableBytes()).isEqualTo(8 + 55 + 32);
    }

    /** RFC 7541 §4.4. */
    @Test
    void aFieldAsLargeAsTheTableStaysAndOneByteMoreEmptiesIt() {
        final HpackDecoder decoder = Blocks.decoder(100);
        literal(0x40, "a", "1");
        literal(0x40, "b", "2".repeat(67));
        Blocks.fields(decoder, taken());
        assertThat(decoder.tableBytes()).isEqualTo(100);
        literal(0x40, "b", "3".repeat(68));
        assertThat(Blocks.fields(decoder, taken())).containsExactly("b: " + "3".repeat(68));
        assertThat(decoder.tableBytes()).isZero();
    }

    @Test
    void aMemoLastsUntilItsEntryIsEvicted() {
        final HpackDecoder decoder = Blocks.decoder(100);
        literal(0x40, "first", "1");
        Blocks.decode(decoder, taken(), field -> field.memo("known"));
        indexed(62);
        final List<Object> memos = new ArrayList<>();
        Blocks.decode(decoder, taken(), field -> memos.add(field.memo()));
        literal(0x40, "second", "2".repeat(50));
        literal(0x40, "third", "3".repeat(50));
        literal(0x40, "first", "1");
        Blocks.decode(decoder, taken(), field -> memos.add(field.memo()));
        assertThat(memos).containsExactly("known", null, null, null);
    }

    @Test
    void fieldsThatAreInNoDynamicTableHaveNoMemo() {
        final HpackDecoder decoder = Blocks.decoder();
        indexed(2);
        literal(0x00, "a", "1");
        literal(0x10, "b", "2");
        Blocks.decode(
                decoder,
                taken(),
                field -> {
                    assertThat(field.isRemembered()).isFalse();
                    field.memo("lost");
                    assertThat(field.memo()).isNull();
                });
        assertThat(decoder.blockFields()).isEqualTo(3);
    }

    @Test
    void withoutTheMemoFlagNothingIsRemembered() {
        final HpackDecoder decoder;
        try (FlagOverride off = Flags.override(HpackFlags.FIELD_MEMO, false)) {
            decoder = Blocks.decoder();
        }
        literal(0x40, "a", "1");
        indexed(62);
        final List<Object> memos = new ArrayList<>();
        Blocks.decode(
                decoder,
                taken(),
                field -> {
                    field.memo("lost");
                    memos.add(field.memo());
                });
        assertThat(memos).containsExactly(null, null);
    }

    @Test
    void sensitivityIsOfTheFieldAlone() {
        final HpackDecoder decoder = Blocks.decoder();
        literal(0x10, "a", "1");
        literal(0x00, "b", "2");
        literal(0x40, "c", "3");
        final List<Boolean> sensitive = new ArrayList<>();
        Blocks.decode(decoder, taken(), field -> sensitive.add(field.isSensitive()));
        assertThat(sensitive).containsExactly(true, false, false);
    }

    @Test
    void theKindIsThatOfTheWholeFieldWhereTheNameIsReferredTo() {
        final HpackDecoder decoder = Blocks.decoder();
        literal(0x40, "te", "gzip");
        named(0x40, 62, "trailers");
        literal(0x40, "good", "bad\n");
        named(0x40, 62, "good");
        named(0x00, 62, "bad\r");
        literal(0x40, "Bad", "good");
        named(0x40, 62, "good");
        named(0x40, 4, "/x");
        final List<FieldKind> kinds = new ArrayList<>();
        Blocks.decode(decoder, taken(), field -> kinds.add(field.kind()));
        assertThat(kinds)
                .containsExactly(
                        FieldKind.CONNECTION_SPECIFIC,
                        FieldKind.TE,
                        FieldKind.MALFORMED,
                        FieldKind.REGULAR,
                        FieldKind.MALFORMED,
                        FieldKind.MALFORMED,
                        FieldKind.MALFORMED,
                        FieldKind.PATH);
    }

    private byte[] codedPath(String path) {
        block.write(0x04);
        coded(path);
        return taken();
    }

    @Test
    void aPathInFullIsTheSameWhetherItWasSeenOrNot() {
        final Random random = Seeds.random(getClass());
        final HpackScratch scratch = new HpackScratch();
        final List<String> paths = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            final StringBuilder path = new StringBuilder("/a.b.Service/");
            for (int j = random.nextInt(40); j > 0; j--)
                path.append((char) random.nextInt(97, 123));
            paths.add(path.toString());
            paths.add(path.reverse().toString());
            paths.add(path + "x");
        }
        for (int round = 0; round < 4000; round++) {
            final HpackDecoder decoder = new HpackDecoder(4096, scratch);
            final String path = paths.get(random.nextInt(1 + random.nextInt(paths.size())));
            final byte[] bytes = codedPath(path);
            assertThat(Blocks.fields(decoder, bytes)).containsExactly(":path: " + path);
            assertThat(decoder.retainedBytes()).isEqualTo(5 + path.length());
            bytes[2 + random.nextInt(bytes.length - 2)] ^= (byte) (1 << random.nextInt(8));
            String expected;
            try {
                expected = new NaiveHpack(4096).decode(bytes).toString();
            } catch (NaiveHpack.Bad bad) {
                expected = "bad";
            }
            final List<String> fields = new ArrayList<>();
            final HpackOutcome outcome =
                    Blocks.decode(decoder, bytes, field -> fields.add(field.toString()));
            assertThat(outcome == HpackOutcome.OK ? fields.toString() : "bad").isEqualTo(expected);
        }
    }

    @Test
    void aPathInFullMayBeCutOffOrBeyondTheLimits() {
        final byte[] whole = codedPath("/helloworld.Greeter/SayHello");
        final HpackScratch scratch = new HpackScratch();
        for (int round = 0; round < 2; round++) {
            for (int length = 1; length < whole.length; length++) {
                final HpackDecoder decoder = new HpackDecoder(4096, scratch);
                assertThat(Blocks.decode(decoder, Arrays.copyOf(whole, length), field -> {}))
                        .isEqualTo(HpackOutcome.COMPRESSION_ERROR);
            }
            final HpackDecoder decoder = new HpackDecoder(0, scratch);
            decoder.listLimits(5 + 27 + 32, 10);
            assertThat(Blocks.fields(decoder, whole)).isEmpty();
            assertThat(decoder.isOverLimit()).isTrue();
            decoder.listLimits(3, 10);
            assertThat(Blocks.fields(decoder, whole)).isEmpty();
            decoder.listLimits(5 + 28 + 32, 10);
            assertThat(Blocks.fields(decoder, whole)).hasSize(1);
            assertThat(Blocks.fields(decoder, codedPath("/" + "x".repeat(500)))).isEmpty();
        }
    }

    @Test
    void withoutTheFlagPathsAreNotKept() {
        try (FlagOverride off = Flags.override(HpackFlags.CODED_PATHS, false)) {
            final HpackScratch scratch = new HpackScratch();
            assertThat(scratch.paths()).isNull();
            final HpackDecoder decoder = new HpackDecoder(4096, scratch);
            for (int i = 0; i < 2; i++) {
                assertThat(Blocks.fields(decoder, codedPath("/helloworld.Greeter/SayHello")))
                        .containsExactly(":path: /helloworld.Greeter/SayHello");
            }
        }
    }

    /** RFC 9113 §10.5.1. */
    @Test
    void aBlockOfTheBytesLimitIsHandedOverAndOneByteMoreIsNot() {
        final HpackDecoder decoder = Blocks.decoder();
        decoder.listLimits(100, 256);
        literal(0x00, "a", "1".repeat(34));
        literal(0x00, "b", "");
        final byte[] fits = taken();
        assertThat(Blocks.fields(decoder, fits)).hasSize(2);
        assertThat(decoder.blockBytes()).isEqualTo(100);
        assertThat(decoder.isOverLimit()).isFalse();
        literal(0x00, "a", "1".repeat(34));
        literal(0x00, "b", "2");
        indexed(2);
        assertThat(Blocks.fields(decoder, taken())).hasSize(1);
        assertThat(decoder.blockBytes()).isEqualTo(101 + 42);
        assertThat(decoder.isOverLimit()).isTrue();
        assertThat(Blocks.fields(decoder, fits)).hasSize(2);
        assertThat(decoder.isOverLimit()).isFalse();
    }

    @Test
    void asManyFieldsAsTheLimitAreHandedOverAndNotOneMore() {
        final HpackDecoder decoder = Blocks.decoder();
        decoder.listLimits(8192, 3);
        assertThat(Blocks.fields(decoder, "82 82 82")).hasSize(3);
        assertThat(decoder.isOverLimit()).isFalse();
        assertThat(Blocks.fields(decoder, "82 82 82 82")).hasSize(3);
        assertThat(decoder.isOverLimit()).isTrue();
        assertThat(decoder.blockFields()).isEqualTo(4);
    }

    @Test
    void aBlockOverTheLimitLeavesTheTableInStep() {
        final HpackDecoder decoder = Blocks.decoder();
        decoder.listLimits(50, 256);
        literal(0x40, "first", "1".repeat(50));
        literal(0x40, "second", "2");
        assertThat(Blocks.fields(decoder, taken())).isEmpty();
        indexed(62);
        assertThat(Blocks.fields(decoder, taken())).containsExactly("second: 2");
        decoder.listLimits(8192, 256);
        indexed(63);
        assertThat(Blocks.fields(decoder, taken())).containsExactly("first: " + "1".repeat(50));
    }

    @Test
    void aStringBeyondAllLimitsIsCountedAndEmptiesTheTable() {
        final HpackScratch scratch = new HpackScratch();
        final HpackDecoder decoder = new HpackDecoder(4096, scratch);
        final String large = "x".repeat(100_000);
        for (int i = 0; i < 4; i++) {
            literal(0x40, "known", "1");
            NaiveHpack.write(block, 0x40, 6, 0);
            if ((i & 1) == 0) string(large);
            else coded(large);
            if ((i & 2) == 0) string(large);
            else coded(large);
            assertThat(Blocks.fields(decoder, taken())).containsExactly("known: 1");
            assertThat(decoder.blockBytes()).isEqualTo(38 + 200_032);
            assertThat(decoder.blockFields()).isEqualTo(2);
            assertThat(decoder.isOverLimit()).isTrue();
            assertThat(decoder.tableBytes()).isZero();
        }
        assertThat(scratch.text(0).length).isLessThan(64 * 1024);
    }

    @Test
    void aStringBeyondAllLimitsThatIsNotRememberedLeavesTheTable() {
        final HpackDecoder decoder = Blocks.decoder();
        literal(0x40, "known", "1");
        literal(0x00, "large", "x".repeat(100_000));
        indexed(62);
        assertThat(Blocks.fields(decoder, taken())).containsExactly("known: 1");
        indexed(62);
        assertThat(Blocks.fields(decoder, taken())).containsExactly("known: 1");
    }

    @Test
    void nothingIsHandedOverWhereTheLimitsAreZero() {
        final HpackDecoder decoder = Blocks.decoder(0);
        decoder.listLimits(0, 0);
        indexed(2);
        named(0x40, 1, "x");
        named(0x00, 1, "");
        assertThat(Blocks.fields(decoder, taken())).isEmpty();
        assertThat(decoder.blockBytes()).isEqualTo(42 + 43 + 42);
    }

    @Test
    void referencesAreNotRetainedAndLiteralsAre() {
        final HpackDecoder decoder = Blocks.decoder();
        literal(0x40, "n".repeat(1000), "v");
        indexed(62);
        indexed(62);
        Blocks.fields(decoder, taken());
        assertThat(decoder.retainedBytes()).isEqualTo(1001);
        assertThat(decoder.wireBytes()).isEqualTo(1 + 3 + 1000 + 2 + 2);
        assertThat(decoder.isAmplified(32, 0)).isFalse();
        named(0x00, 62, "");
        Blocks.fields(decoder, taken());
        assertThat(decoder.retainedBytes()).isEqualTo(2001);
    }

    @Test
    void repeatedNamesAreAmplificationBeyondTheRatioAndTheFreeBytes() {
        final HpackDecoder decoder = Blocks.decoder();
        decoder.listLimits(1 << 20, 1 << 20);
        literal(0x40, "n".repeat(3000), "");
        Blocks.fields(decoder, taken());
        while (decoder.retainedBytes() <= 32 * decoder.wireBytes()) {
            assertThat(decoder.isAmplified(32, 0)).isFalse();
            named(0x00, 62, "");
            Blocks.fields(decoder, taken());
        }
        assertThat(decoder.isAmplified(32, 0)).isTrue();
        assertThat(decoder.isAmplified(32, decoder.retainedBytes())).isFalse();
        assertThat(decoder.isAmplified(32, decoder.retainedBytes() - 1)).isTrue();
    }

    @Test
    void aTableThatIsNotUsedOwnsNothing() {
        final DynamicTable table = new DynamicTable(4096, new HpackScratch(), true);
        assertThat(table.memoryBytes()).isZero();
        assertThat(table.length()).isZero();
        assertThat(table.entry(0)).isNull();
        table.resize(0);
        assertThat(table.memoryBytes()).isZero();
    }

    @Test
    void aTableThatIsFullMovesItsBytesInsteadOfGrowing() {
        final DynamicTable table = new DynamicTable(4096, new HpackScratch(), true);
        final byte[] text = new byte[3000];
        for (int i = 0; i < 10_000; i++) {
            final int length = 1 + i * 7919 % (i % 11 == 0 ? 2500 : 60);
            text[0] = (byte) i;
            table.insert(text, 0, 1, length - 1, FieldKind.REGULAR);
            assertThat(table.entry(0).nameBytes()[table.entry(0).nameOffset()]).isEqualTo((byte) i);
            assertThat(table.sizeBytes()).isLessThanOrEqualTo(4096);
        }
        assertThat(table.capacityBytes()).isEqualTo(4096);
        assertThat(table.memoryBytes()).isLessThan(8192);
    }

    @Test
    void sizesBelowZeroAreRefused() {
        assertThatThrownBy(() -> Blocks.decoder(-1))
                .hasMessage("tableBytesMax: -1 (expected: >= 0)");
        assertThatThrownBy(() -> Blocks.decoder().listLimits(-1, 0))
                .hasMessage("bytesMax: -1 (expected: >= 0)");
        assertThatThrownBy(() -> Blocks.decoder().listLimits(0, -2))
                .hasMessage("fieldsMax: -2 (expected: >= 0)");
    }
}
