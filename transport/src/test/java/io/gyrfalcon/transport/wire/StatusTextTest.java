package io.gyrfalcon.transport.wire;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.junit.jupiter.api.Test;

import java.util.Random;

class StatusTextTest {
    @Test
    void codesAreDecimal() {
        assertThat(StatusText.code(StatusCode.OK)).isEqualTo(ascii("0"));
        assertThat(StatusText.code(StatusCode.INTERNAL)).isEqualTo(ascii("13"));
        assertThat(StatusText.code(StatusCode.UNAUTHENTICATED)).isEqualTo(ascii("16"));
    }

    @Test
    void plainAsciiIsLeftAsItIs() {
        assertThat(encode("my favorite character is ~ !"))
                .isEqualTo("my favorite character is ~ !");
        assertThat(encode("")).isEmpty();
    }

    @Test
    void percentControlsAndEverythingBeyondAsciiAreEncoded() {
        assertThat(encode("my favorite character is %")).isEqualTo("my favorite character is %25");
        assertThat(encode("a\nb\r\u007F")).isEqualTo("a%0Ab%0D%7F");
        assertThat(encode("i \u2665")).isEqualTo("i %E2%99%A5");
        assertThat(encode("\uD83D\uDE00")).isEqualTo("%F0%9F%98%80");
    }

    @Test
    void blanksAtTheEndsAreEncoded() {
        assertThat(encode(" a b ")).isEqualTo("%20a b%20");
        assertThat(encode(" ")).isEqualTo("%20");
    }

    @Test
    void whatIsEncodedDecodesToItself() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(60); i > 0; i--) {
                int point = random.nextInt(0x11000);
                if (point < 0xD800 || point > 0xDFFF) text.appendCodePoint(point);
            }
            byte[] encoded = StatusText.encode(text.toString());
            assertThat(StatusText.decode(encoded, 0, encoded.length))
                    .as("seed %s", seed)
                    .isEqualTo(text.toString());
        }
    }

    @Test
    void lowerCaseDigitsDecodeToo() {
        assertThat(decode("i %e2%99%a5")).isEqualTo("i \u2665");
    }

    @Test
    void aPercentWithoutTwoDigitsStays() {
        assertThat(decode("%")).isEqualTo("%");
        assertThat(decode("%2")).isEqualTo("%2");
        assertThat(decode("%zz%2Gx%G2")).isEqualTo("%zz%2Gx%G2");
        assertThat(decode("100% of %41")).isEqualTo("100% of A");
    }

    @Test
    void onlyTheGivenRangeIsDecoded() {
        assertThat(StatusText.decode(ascii("%41%42%43"), 3, 3)).isEqualTo("B");
        assertThat(StatusText.decode(ascii("abc"), 1, 1)).isEqualTo("b");
    }

    private static String encode(String text) {
        return new String(StatusText.encode(text), ISO_8859_1);
    }

    private static String decode(String value) {
        byte[] bytes = ascii(value);
        return StatusText.decode(bytes, 0, bytes.length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
