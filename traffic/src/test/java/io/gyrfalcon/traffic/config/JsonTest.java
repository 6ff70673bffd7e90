package io.gyrfalcon.traffic.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.traffic.Seeds;
import io.gyrfalcon.traffic.TrafficLimits;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Map;
import java.util.Random;

class JsonTest {
    @Test
    void valuesOfEveryKindAreRead() {
        assertThat(parse(" {\"a\" : [1, -2.5e+1 ,\"x\",true,false,null,{},[]]} \r\n\t"))
                .hasToString("{a=[1.0, -25.0, x, true, false, null, {}, []]}");
        assertThat(parse("null")).isNull();
        assertThat(parse("0")).isEqualTo(0.0);
        assertThat(parse("-0.5E-1")).isEqualTo(-0.05);
        assertThat(parse("\"\"")).isEqualTo("");
    }

    @Test
    void escapesAreRead() {
        assertThat(parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00é\""))
                .isEqualTo("\"\\/\b\f\n\r\té\uD83D\uDE00é");
    }

    @Test
    void objectsKeepTheirOrderAndCannotBeChanged() {
        Map<?, ?> object = (Map<?, ?>) parse("{\"b\":1,\"a\":[2]}");
        assertThat(object.keySet().toString()).isEqualTo("[b, a]");
        assertThatThrownBy(object::clear).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(((List<?>) object.get("a"))::clear)
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "``~0: the end~a value",
                "nul~0: 'n'~a value",
                "True~0: 'T'~a value",
                "01~1: '1'~the end",
                "1 2~2: '2'~the end",
                "+1~0: '+'~a value",
                ".5~0: '.'~a value",
                "1.~2: the end~a digit",
                "1e~2: the end~a digit",
                "-~1: the end~a digit",
                "-a~1: 'a'~a digit",
                "1e999~0: '1'~a number that a double can hold",
                "NaN~0: 'N'~a value",
                "[1,]~3: ']'~a value",
                "[1~2: the end~',' or ']'",
                "[1 2]~3: '2'~',' or ']'",
                "{\"a\":1,}~7: '}'~a name in quotes",
                "{a:1}~1: 'a'~a name in quotes",
                "{\"a\" 1}~5: '1'~':'",
                "{\"a\":1;}~6: ';'~',' or '}'",
                "{\"a\":1,\"a\":2}~7: '\"'~another name: this one came before",
                "\"a~2: the end~a character, or the closing quote",
                "\"\\x\"~2: 'x'~one of \"\\/bfnrtu",
                "\"\\u12g4\"~5: 'g'~a hexadecimal digit",
                "\"\\u12~5: the end~a hexadecimal digit",
                "\"\\u٣٣٣٣\"~3: '٣'~a hexadecimal digit",
                "'a'~0: '''~a value",
                "// c~0: '/'~a value",
            })
    void whatIsNoJsonIsNamedWithItsPlace(String text, String found, String expected) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("JSON at character " + found + " (expected: " + expected + ")");
    }

    @Test
    void aLineBreakInATextIsNoJson() {
        assertThatThrownBy(() -> parse("\"a\nb\""))
                .hasMessage(
                        "JSON at character 2: '\n' (expected: a character, or the closing quote)");
    }

    @Test
    void aTextAsLongAsAllowedIsReadAndOneMoreIsNot() {
        TrafficLimits limits = TrafficLimits.standard();
        String longest = "\"" + "x".repeat(limits.jsonCharsMax() - 2) + "\"";
        assertThat(Json.parse(longest, limits)).isEqualTo(longest.substring(1, 65_534));
        assertThatThrownBy(() -> Json.parse(longest + " ", limits))
                .hasMessage("JSON: 65536 characters (expected: at most 65535)");
    }

    @Test
    void valuesAsDeepAsAllowedAreReadAndOneMoreIsNot() {
        int max = TrafficLimits.standard().jsonDepthMax();
        assertThat(parse("[".repeat(max) + "]".repeat(max))).isInstanceOf(List.class);
        assertThatThrownBy(() -> parse("[".repeat(max + 1) + "]".repeat(max + 1)))
                .hasMessage(
                        "JSON at character 64: '[' (expected: at most 64 lists and objects in"
                                + " another)");
        // Depth is not length.
        assertThat((List<?>) parse("[" + "[],".repeat(100) + "{}]")).hasSize(101);
    }

    @Test
    void noiseIsRefusedOrReadButNeverBreaksTheReader() {
        Random random = Seeds.random(JsonTest.class);
        String alphabet = "{}[]\",:\\u0123456789.eE+-truefalsn \n\u0000é";
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(20); n >= 0; n--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                parse(text.toString());
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("JSON at character ");
            }
        }
    }

    private static Object parse(String text) {
        return Json.parse(text, TrafficLimits.standard());
    }
}
