package io.gyrfalcon.transport.wire;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.junit.jupiter.api.Test;

class TimeoutTextTest {
    @Test
    void everyUnitIsReadAsNanoseconds() {
        assertThat(parse("7n")).isEqualTo(7L);
        assertThat(parse("7u")).isEqualTo(7_000L);
        assertThat(parse("7m")).isEqualTo(7_000_000L);
        assertThat(parse("7S")).isEqualTo(7_000_000_000L);
        assertThat(parse("7M")).isEqualTo(420_000_000_000L);
        assertThat(parse("7H")).isEqualTo(25_200_000_000_000L);
    }

    @Test
    void zeroAndEightDigitsAreLegal() {
        assertThat(parse("0n")).isZero();
        assertThat(parse("00000001S")).isEqualTo(1_000_000_000L);
        assertThat(parse("99999999S")).isEqualTo(99_999_999_000_000_000L);
    }

    @Test
    void whatDoesNotFitSaturates() {
        assertThat(parse("99999999H")).isEqualTo(Long.MAX_VALUE);
        assertThat(parse("2562047H")).isEqualTo(2_562_047L * 3_600_000_000_000L);
        assertThat(parse("2562048H")).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void anythingElseIsBad() {
        for (String bad :
                new String[] {
                    "",
                    "n",
                    "1",
                    "12",
                    "1x",
                    "123456789n",
                    "-1n",
                    "+1n",
                    " 1n",
                    "1 n",
                    "1.5S",
                    "1nn",
                    "1s",
                    "1h",
                    "\u00B91n",
                    "1\u0000"
                }) {
            assertThat(parse(bad)).as("'%s'", bad).isEqualTo(TimeoutText.BAD);
        }
    }

    @Test
    void onlyTheGivenRangeIsRead() {
        assertThat(TimeoutText.parseNanos("xx15mxx".getBytes(ISO_8859_1), 2, 3))
                .isEqualTo(15_000_000L);
    }

    @Test
    void theFaultIsNamedInGrpcJavasWords() {
        assertThat(fault("")).isEqualTo("empty timeout");
        assertThat(fault("1234567890")).isEqualTo("bad timeout format");
        assertThat(fault("n")).isEqualTo("For input string: \"\"");
        assertThat(fault("1a2n")).isEqualTo("For input string: \"1a2\"");
        assertThat(fault("-2n")).isEqualTo("For input string: \"-2\"");
        assertThat(fault("12x")).isEqualTo("Invalid timeout unit: x");
    }

    private static long parse(String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        return TimeoutText.parseNanos(bytes, 0, bytes.length);
    }

    private static String fault(String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        return FaultText.badTimeout(bytes, 0, bytes.length);
    }

    @Test
    void aTimeIsWrittenInTheFinestUnitThatItFits() {
        assertThat(text(-1)).isEqualTo("0n");
        assertThat(text(0)).isEqualTo("0n");
        assertThat(text(99_999_999)).isEqualTo("99999999n");
        assertThat(text(100_000_000)).isEqualTo("100000u");
        assertThat(text(100_000_000_000L - 1)).isEqualTo("99999999u");
        assertThat(text(100_000_000_000L)).isEqualTo("100000m");
        assertThat(text(100_000_000_000_000L)).isEqualTo("100000S");
        assertThat(text(100_000_000_000_000_000L)).isEqualTo("1666666M");
        assertThat(text(Long.MAX_VALUE)).isEqualTo("2562047H");
    }

    @Test
    void whatIsWrittenIsReadAgainAndNeverLonger() {
        for (long nanos = 1; nanos > 0 && nanos < Long.MAX_VALUE / 3; nanos = 3 * nanos + 1) {
            byte[] value = TimeoutText.encode(nanos);
            assertThat(value.length).isLessThanOrEqualTo(9);
            long read = TimeoutText.parseNanos(value, 0, value.length);
            assertThat(read).isBetween(nanos - nanos / 100_000 - 1, nanos);
        }
    }

    private static String text(long nanos) {
        return new String(TimeoutText.encode(nanos), java.nio.charset.StandardCharsets.US_ASCII);
    }
}
