package io.gyrfalcon.http2.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Every form that RFC 7541 calls an error, named after its section. */
final class IllegalFormsTest {
    private static final String TEN_BYTES_NAME = "61 61 61 61 61 61 61 61 61 61";

    private static void isError(String hex) {
        isError(Blocks.decoder(), hex);
    }

    private static void isError(HpackDecoder decoder, String hex) {
        assertThat(Blocks.decode(decoder, hex)).isEqualTo(HpackOutcome.COMPRESSION_ERROR);
    }

    private static void isFine(HpackDecoder decoder, String hex) {
        assertThat(Blocks.decode(decoder, hex)).isEqualTo(HpackOutcome.OK);
    }

    /** RFC 7541 §6.1. */
    @Test
    void section61IndexZeroIsAnError() {
        isError("80");
        isError("82 80");
    }

    /** RFC 7541 §2.3.3. */
    @Test
    void section233AnIndexBehindBothTablesIsAnError() {
        isError("be");
        isError("ff 00");
        isError("ff ff ff ff 0f");
        final HpackDecoder decoder = Blocks.decoder();
        isFine(decoder, "40 01 61 01 62 be");
        isError(decoder, "bf");
    }

    /** RFC 7541 §2.3.3. */
    @Test
    void section233ANameIndexBehindBothTablesIsAnError() {
        isError("7e 01 62");
        isError("0f 2f 01 62");
        isError("1f 2f 01 62");
        isError("7f ff ff ff 7f 01 62");
    }

    /** RFC 7541 §2.3.3: what was evicted is not there. */
    @Test
    void section233AnEvictedIndexIsAnError() {
        final HpackDecoder decoder = Blocks.decoder();
        isFine(decoder, "40 01 61 01 62 be");
        isFine(decoder, "20 3f e1 1f");
        isError(decoder, "be");
    }

    /** RFC 7541 §5.1. */
    @Test
    void section51AnIntegerThatIsCutOffIsAnError() {
        isError("ff");
        isError("ff 80");
        isError("7f");
        isError("0f 80 80");
        isError("3f");
        isError("40 7f");
        isError("40 ff 80");
    }

    /** RFC 7541 §5.1: limits in value. */
    @Test
    void section51AnIntegerThatIsTooLargeIsAnError() {
        isError("ff ff ff ff ff 07");
        isError("ff ff ff ff ff ff ff ff ff 7f");
        isError("3f ff ff ff ff 07");
        isError("40 7f ff ff ff ff 0f 61");
    }

    /** RFC 7541 §5.1: limits in octet length. */
    @Test
    void section51AnIntegerOfManyContinuationsIsAnError() {
        isFine(Blocks.decoder(), "1f 80 80 80 80 00 00"); // 15 in five continuations
        isError("1f 80 80 80 80 80 00 00");
        isError("82 3f 80 80 80 80 80 80 80 80 80 00");
    }

    /** RFC 7541 §5.2. */
    @Test
    void section52AStringThatIsCutOffIsAnError() {
        isError("40");
        isError("40 01");
        isError("40 01 61");
        isError("40 01 61 01");
        isError("40 0b " + TEN_BYTES_NAME);
        isError("00 0a " + TEN_BYTES_NAME);
        isError("41");
        isError("41 82 f1");
        isError("40 81");
    }

    /** RFC 7541 §5.2. */
    @Test
    void section52EosInAStringIsAnError() {
        isError("40 84 ff ff ff ff 00");
        isError("41 84 ff ff ff ff");
        isError("41 88 1f ff ff ff ff 1f ff ff");
    }

    /** RFC 7541 §5.2. */
    @Test
    void section52PaddingLongerThanSevenBitsIsAnError() {
        isError("41 81 ff");
        isError("41 82 07 ff");
        isError("41 87 00 00 00 00 00 07 ff");
    }

    /** RFC 7541 §5.2. */
    @Test
    void section52PaddingThatIsNotEosIsAnError() {
        isFine(Blocks.decoder(), "41 81 07");
        isError("41 81 06");
        isError("41 81 00");
    }

    /** RFC 7541 §4.2. */
    @Test
    void section42ASizeUpdateBehindAFieldIsAnError() {
        isError("82 20");
        isError("40 01 61 01 62 20");
        isError("00 01 61 01 62 3f e1 1f");
        isFine(Blocks.decoder(), "20 3f e1 1f 82");
    }

    /** RFC 7541 §6.3. */
    @Test
    void section63ASizeUpdateBeyondTheLimitIsAnError() {
        isFine(Blocks.decoder(), "3f e1 1f"); // 4096
        isError("3f e2 1f"); // 4097
        isError(Blocks.decoder(0), "21");
        isFine(Blocks.decoder(0), "20");
    }

    /** RFC 7541 §4.2, RFC 9113 §4.3.1. */
    @Test
    void section42AMissingSizeUpdateIsAnError() {
        final HpackDecoder decoder = Blocks.decoder();
        decoder.tableBytesMax(100);
        isError(decoder, "82");
    }

    /** RFC 7541 §4.2, RFC 9113 §4.3.1. */
    @Test
    void section42ASizeUpdateThatIsNotSmallEnoughIsAnError() {
        final HpackDecoder decoder = Blocks.decoder();
        decoder.tableBytesMax(100);
        isError(decoder, "3f 46 82"); // 101
    }

    /** RFC 7541 §4.2: the smallest of several sizes is to be signalled first. */
    @Test
    void section42OnlyTheFinalOfSeveralSizesIsAnError() {
        final HpackDecoder decoder = Blocks.decoder();
        decoder.tableBytesMax(100);
        decoder.tableBytesMax(50);
        decoder.tableBytesMax(200);
        isError(decoder, "3f a9 01 82"); // 200
    }

    /** RFC 7541 §4.2. */
    @Test
    void section42AnEmptyBlockInPlaceOfTheSizeUpdateIsAnError() {
        final HpackDecoder decoder = Blocks.decoder();
        decoder.tableBytesMax(0);
        isError(decoder, "");
    }

    /** RFC 7541 §4.2. */
    @Test
    void section42ACutOffSizeUpdateInPlaceOfTheRequiredOneIsAnError() {
        final HpackDecoder decoder = Blocks.decoder();
        decoder.tableBytesMax(100);
        isError(decoder, "3f");
    }

    /** RFC 7541 §4.2. */
    @Test
    void section42ARequiredSizeUpdateIsRequiredOnce() {
        final HpackDecoder decoder = Blocks.decoder();
        decoder.tableBytesMax(100);
        decoder.tableBytesMax(50);
        decoder.tableBytesMax(200);
        isFine(decoder, "3f 13 3f a9 01 82"); // 50, 200
        isFine(decoder, "82");
        decoder.tableBytesMax(4096);
        isFine(decoder, "82");
        decoder.tableBytesMax(200);
        isFine(decoder, "82");
    }
}
