package io.gyrfalcon.http2.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

final class HuffmanTest {
    private static int decode(byte[] code, byte[] target, int to, int limit) {
        return HuffmanDecoder.decode(code, 0, code.length, target, to, limit);
    }

    private static String decoded(byte[] code) {
        final int limit = (int) HuffmanDecoder.decodedBytesMax(code.length);
        final byte[] target = new byte[limit + HuffmanDecoder.SLACK_BYTES];
        final int length = decode(code, target, 0, limit);
        return length < 0 ? "error" : new String(target, 0, length, StandardCharsets.ISO_8859_1);
    }

    private static byte[] encoded(String text) {
        final byte[] bytes = Blocks.ascii(text);
        final int length = Huffman.encodedBytes(bytes, 0, bytes.length);
        final var out = Blocks.room(length + 1);
        assertThat(Huffman.encode(bytes, 0, bytes.length, out, 1)).isEqualTo(1 + length);
        return Blocks.written(out, 1, length);
    }

    private static String randomText(Random random, int lengthMax, int letters) {
        final StringBuilder text = new StringBuilder();
        final int length = random.nextInt(lengthMax + 1);
        for (int i = 0; i < length; i++) text.append((char) random.nextInt(letters));
        return text.toString();
    }

    @Test
    void lengthsAreWhatTheProgramPrints() {
        assertThat(Huffman.LENGTHS).isEqualTo(HuffmanLengths.lengths());
    }

    @Test
    void theProgramPrintsTheLengths() {
        final var before = System.out;
        final var bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true));
        try {
            HuffmanLengths.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        assertThat(bytes.toString().trim()).isEqualTo(Huffman.LENGTHS);
    }

    @Test
    void codesAreThoseOfTheAppendix() {
        final List<HuffmanLengths.Row> rows = HuffmanLengths.rows();
        assertThat(rows).hasSize(257);
        for (HuffmanLengths.Row row : rows) {
            assertThat(Huffman.bits(row.symbol())).as("bits of %s", row).isEqualTo(row.bits());
            assertThat(Huffman.code(row.symbol())).as("code of %s", row).isEqualTo(row.code());
        }
    }

    @Test
    void everyPairOfSymbolsComesBack() {
        for (int first = 0; first < 256; first++) {
            final StringBuilder text = new StringBuilder();
            for (int second = 0; second < 256; second++) {
                text.append((char) first).append((char) second);
            }
            assertThat(decoded(encoded(text.toString()))).isEqualTo(text.toString());
        }
    }

    @Test
    void randomTextsComeBackAndAgreeWithTheNaiveCoder() {
        final Random random = Seeds.random(getClass());
        for (int round = 0; round < 1500; round++) {
            final String text = randomText(random, 60, round % 2 == 0 ? 128 : 256);
            final byte[] code = encoded(text);
            assertThat(code).isEqualTo(NaiveHpack.huffmanEncoded(text));
            assertThat(decoded(code)).isEqualTo(text);
        }
    }

    @Test
    void garbageIsJudgedAsByTheNaiveCoder() {
        final Random random = Seeds.random(getClass());
        for (int round = 0; round < 4000; round++) {
            final byte[] code = new byte[random.nextInt(20)];
            random.nextBytes(code);
            // Runs of ones are where EOS and padding live.
            if (round % 3 == 0 && code.length > 0) {
                Arrays.fill(code, random.nextInt(code.length), code.length, (byte) 0xff);
            }
            String expected;
            try {
                expected = NaiveHpack.huffmanDecoded(code);
            } catch (NaiveHpack.Bad bad) {
                expected = "error";
            }
            assertThat(decoded(code)).as(Blocks.hex(code)).isEqualTo(expected);
        }
    }

    @Test
    void whatLiesBehindTheLimitIsCountedAndNotWritten() {
        final Random random = Seeds.random(getClass());
        for (int round = 0; round < 1000; round++) {
            final String text = randomText(random, 200, 128);
            final int limit = random.nextInt(100);
            final byte[] target = new byte[7 + limit + HuffmanDecoder.SLACK_BYTES + 3];
            Arrays.fill(target, (byte) 0x55);
            assertThat(decode(encoded(text), target, 7, 7 + limit)).isEqualTo(text.length());
            assertThat(Arrays.copyOf(target, 7)).containsOnly(0x55);
            assertThat(Arrays.copyOfRange(target, target.length - 3, target.length))
                    .containsOnly(0x55);
            if (text.length() <= limit) {
                assertThat(Arrays.copyOfRange(target, 7, 7 + text.length()))
                        .isEqualTo(Blocks.ascii(text));
            }
        }
    }

    /** RFC 7541 §5.2. */
    @Test
    void theEosSymbolInsideAStringIsAnError() {
        assertThat(decoded(Blocks.bytes("ff ff ff ff"))).isEqualTo("error");
        assertThat(decoded(Blocks.bytes("1f ff ff ff ff 1f ff ff ff ff"))).isEqualTo("error");
        assertThat(decoded(Blocks.bytes("ff ff ff fc 00 00 00 00 00 00 00"))).isEqualTo("error");
    }

    /** RFC 7541 §5.2. */
    @Test
    void paddingOfEightBitsIsAnErrorAndOfSevenIsNot() {
        // "0" is 00000, "00000000" are 40 bits: five bytes without padding.
        assertThat(decoded(new byte[5])).isEqualTo("00000000");
        assertThat(decoded(Blocks.bytes("00 00 00 00 00 ff"))).isEqualTo("error");
        assertThat(decoded(Blocks.bytes("f8"))).isEqualTo("&");
        assertThat(decoded(Blocks.bytes("f8 ff"))).isEqualTo("error");
        // 25 bits, and so seven of padding.
        assertThat(encoded("00000")).hasSize(4);
        assertThat(decoded(encoded("00000"))).isEqualTo("00000");
    }

    /** RFC 7541 §5.2. */
    @Test
    void paddingThatIsNotOnesIsAnError() {
        assertThat(decoded(Blocks.bytes("07"))).isEqualTo("0");
        assertThat(decoded(Blocks.bytes("06"))).isEqualTo("error");
        assertThat(decoded(Blocks.bytes("00"))).isEqualTo("error");
        assertThat(decoded(Blocks.bytes("03"))).isEqualTo("error");
    }

    @Test
    void theEmptyStringIsEmpty() {
        assertThat(decoded(new byte[0])).isEmpty();
    }
}
