package io.gyrfalcon.http2.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class HeaderRulesTest {
    private static FieldKind kindOf(String name, String value) {
        final byte[] bytes = Blocks.ascii("??" + name + value + "\n");
        return HeaderRules.kindOf(bytes, 2, name.length(), value.length());
    }

    @Test
    void namesSayWhatAFieldIs() {
        assertThat(kindOf(":method", "POST")).isEqualTo(FieldKind.METHOD);
        assertThat(kindOf(":scheme", "http")).isEqualTo(FieldKind.SCHEME);
        assertThat(kindOf(":authority", "a")).isEqualTo(FieldKind.AUTHORITY);
        assertThat(kindOf(":path", "/")).isEqualTo(FieldKind.PATH);
        assertThat(kindOf(":status", "200")).isEqualTo(FieldKind.STATUS);
        assertThat(kindOf(":protocol", "websocket")).isEqualTo(FieldKind.PROTOCOL);
        assertThat(kindOf("content-length", "1")).isEqualTo(FieldKind.CONTENT_LENGTH);
        assertThat(kindOf("host", "a")).isEqualTo(FieldKind.HOST);
        assertThat(kindOf("cookie", "a")).isEqualTo(FieldKind.COOKIE);
        assertThat(kindOf("grpc-timeout", "1S")).isEqualTo(FieldKind.REGULAR);
    }

    /** RFC 9113 §8.3. */
    @Test
    void otherPseudoFieldsAreUnknown() {
        for (String name : new String[] {":", ":foo", ":metho", ":methods", ":statut"}) {
            final FieldKind kind = kindOf(name, "x");
            assertThat(kind)
                    .as(name)
                    .isEqualTo(name.equals(":") ? FieldKind.MALFORMED : FieldKind.UNKNOWN_PSEUDO);
        }
    }

    /** RFC 9113 §8.2.2. */
    @Test
    void fieldsOfTheConnectionAreTold() {
        final String[] names = {
            "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"
        };
        for (String name : names) {
            assertThat(kindOf(name, "x")).as(name).isEqualTo(FieldKind.CONNECTION_SPECIFIC);
            final String other = name.substring(0, name.length() - 1) + "-";
            assertThat(kindOf(other, "x")).as(other).isEqualTo(FieldKind.REGULAR);
        }
    }

    /** RFC 9113 §8.2.2. */
    @Test
    void teIsAllowedWithTrailersOnly() {
        assertThat(kindOf("te", "trailers")).isEqualTo(FieldKind.TE);
        assertThat(kindOf("te", "Trailers")).isEqualTo(FieldKind.TE);
        assertThat(kindOf("te", "trailerS")).isEqualTo(FieldKind.TE);
        assertThat(kindOf("te", "trailer!")).isEqualTo(FieldKind.CONNECTION_SPECIFIC);
        assertThat(kindOf("te", "trailers, gzip")).isEqualTo(FieldKind.CONNECTION_SPECIFIC);
        assertThat(kindOf("te", "")).isEqualTo(FieldKind.CONNECTION_SPECIFIC);
        assertThat(kindOf("tf", "trailers")).isEqualTo(FieldKind.REGULAR);
    }

    /** RFC 9113 §8.2.1. */
    @Test
    void everyOctetOfANameIsJudged() {
        for (int c = 0; c < 256; c++) {
            final boolean isBad = c <= 0x20 || c >= 0x7f || (c >= 'A' && c <= 'Z') || c == ':';
            assertThat(kindOf("a" + (char) c + "b", "x"))
                    .as("octet %s", c)
                    .isEqualTo(isBad ? FieldKind.MALFORMED : FieldKind.REGULAR);
            assertThat(kindOf(":a" + (char) c + "b", "x"))
                    .as("octet %s", c)
                    .isEqualTo(isBad ? FieldKind.MALFORMED : FieldKind.UNKNOWN_PSEUDO);
        }
        assertThat(kindOf("", "x")).isEqualTo(FieldKind.MALFORMED);
        assertThat(kindOf("::", "x")).isEqualTo(FieldKind.MALFORMED);
    }

    /** RFC 9113 §8.2.1. */
    @Test
    void everyOctetOfAValueIsJudged() {
        for (int c = 0; c < 256; c++) {
            final boolean isBlank = c == ' ' || c == '\t';
            final boolean isBad = c == 0 || c == '\r' || c == '\n';
            final FieldKind inside = isBad ? FieldKind.MALFORMED : FieldKind.REGULAR;
            final FieldKind path = isBad || isBlank ? FieldKind.MALFORMED : FieldKind.PATH;
            final FieldKind host = isBad || isBlank ? FieldKind.MALFORMED : FieldKind.HOST;
            for (String odd : new String[] {(char) c + "y", "x" + (char) c, "" + (char) c}) {
                assertThat(kindOf("a", odd)).as("octet %s", c).isEqualTo(inside);
                assertThat(kindOf(":path", odd)).as("octet %s", c).isEqualTo(path);
                assertThat(kindOf("host", odd)).as("octet %s", c).isEqualTo(host);
            }
            assertThat(kindOf("a", "x" + (char) c + "y")).as("octet %s", c).isEqualTo(inside);
            assertThat(kindOf("a", "long enough a value" + (char) c + "to have it anywhere"))
                    .isEqualTo(inside);
        }
        assertThat(kindOf("a", "")).isEqualTo(FieldKind.REGULAR);
        assertThat(kindOf(":path", "/\n")).isEqualTo(FieldKind.MALFORMED);
    }

    @Test
    void aKnownNameNeedsOnlyItsValueJudged() {
        final byte[] bytes = Blocks.ascii("hosta");
        for (FieldKind kind : FieldKind.values()) {
            final FieldKind expected =
                    switch (kind) {
                        case TE, CONNECTION_SPECIFIC, MALFORMED -> FieldKind.HOST;
                        default -> kind;
                    };
            assertThat(HeaderRules.kindOf(kind, bytes, 0, 4, 1)).isEqualTo(expected);
        }
        final byte[] padded = Blocks.ascii("host a ");
        for (FieldKind kind : FieldKind.values()) {
            assertThat(HeaderRules.kindOf(kind, padded, 0, 4, 3))
                    .isEqualTo(kind == FieldKind.REGULAR ? kind : FieldKind.MALFORMED);
        }
    }

    @Test
    void aFieldShowsItsNameAndValue() {
        final byte[] bytes = Blocks.ascii("--te: trailers");
        final Field field = new Field(bytes);
        assertThat(field.kind()).isEqualTo(FieldKind.MALFORMED);
        field.become(bytes, 2, 2, 10, FieldKind.TE);
        assertThat(field.nameIs(Blocks.ascii("te"))).isTrue();
        assertThat(field.nameIs(Blocks.ascii("tf"))).isFalse();
        assertThat(field.nameIs(Blocks.ascii("t"))).isFalse();
        assertThat(field.valueIs(Blocks.ascii(": trailers"))).isTrue();
        assertThat(field.valueIs(Blocks.ascii(": trailerz"))).isFalse();
        assertThat(field.valueIs(Blocks.ascii(""))).isFalse();
        assertThat(field.copyName()).isEqualTo(Blocks.ascii("te"));
        assertThat(field.copyValue()).isEqualTo(Blocks.ascii(": trailers"));
        assertThat(field.valueBytes()).isSameAs(bytes);
        assertThat(field.valueOffset()).isEqualTo(4);
        assertThat(field).hasToString("te: : trailers");
    }
}
