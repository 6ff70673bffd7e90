package io.gyrfalcon.transport.wire;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.junit.jupiter.api.Test;

import java.util.Base64;
import java.util.Random;

class BinaryTest {
    @Test
    void whatIsWrittenIsBase64WithoutPadding() {
        for (long seed = 0; seed < 300; seed++) {
            byte[] plain = random(seed);
            assertThat(Binary.encode(plain))
                    .as("seed %s", seed)
                    .isEqualTo(Base64.getEncoder().withoutPadding().encode(plain));
            assertThat(Binary.encodedBytes(plain.length)).isEqualTo(Binary.encode(plain).length);
        }
    }

    @Test
    void whatIsReadMayBePadded() {
        for (long seed = 0; seed < 300; seed++) {
            byte[] plain = random(seed);
            byte[] padded = Base64.getEncoder().encode(plain);
            assertThat(decode(padded, 0, padded.length)).as("seed %s", seed).isEqualTo(plain);
            byte[] bare = Binary.encode(plain);
            assertThat(decode(bare, 0, bare.length)).as("seed %s", seed).isEqualTo(plain);
        }
    }

    @Test
    void onlyTheGivenRangeIsDecoded() {
        assertThat(decode(ascii("??YWJj??"), 2, 4)).isEqualTo(ascii("abc"));
    }

    @Test
    void whatIsNoBase64IsBad() {
        for (String bad :
                new String[] {"A", "AAAAA", "A===", "AB=C", "=", "==AA", "A B", "\u00E9"}) {
            byte[] bytes = ascii(bad);
            byte[] out = new byte[Binary.decodedBytesMax(bytes.length) + 3];
            int expected = bad.equals("=") ? 0 : Binary.BAD;
            assertThat(Binary.decode(bytes, 0, bytes.length, out, 0))
                    .as("'%s'", bad)
                    .isEqualTo(expected);
        }
    }

    @Test
    void valuesJoinedByCommasAreFoundOneByOne() {
        byte[] field = ascii("YWJj,,ZA==");
        assertThat(Binary.valueCount(field, 0, field.length)).isEqualTo(3);

        int first = Binary.valueEnd(field, 0, field.length);
        int second = Binary.valueEnd(field, first + 1, field.length);
        int third = Binary.valueEnd(field, second + 1, field.length);

        assertThat(decode(field, 0, first)).isEqualTo(ascii("abc"));
        assertThat(decode(field, first + 1, second - first - 1)).isEmpty();
        assertThat(decode(field, second + 1, third - second - 1)).isEqualTo(ascii("d"));
        assertThat(third).isEqualTo(field.length);
    }

    @Test
    void namesThatEndInBinAreBinary() {
        assertThat(isBinary("x-bin")).isTrue();
        assertThat(isBinary("trace-bin")).isTrue();
        for (String name : new String[] {"-bin", "bin", "x-bim", "x-ban", "x-cin", "x_bin", ""}) {
            assertThat(isBinary(name)).as(name).isFalse();
        }
    }

    private static boolean isBinary(String name) {
        return Binary.isBinaryName(ascii(name), 0, name.length());
    }

    private static byte[] decode(byte[] value, int offset, int length) {
        byte[] out = new byte[Binary.decodedBytesMax(length)];
        int count = Binary.decode(value, offset, length, out, 0);
        assertThat(count).isNotEqualTo(Binary.BAD);
        return java.util.Arrays.copyOf(out, count);
    }

    private static byte[] random(long seed) {
        Random random = new Random(seed);
        byte[] plain = new byte[random.nextInt(50)];
        random.nextBytes(plain);
        return plain;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
