package io.gyrfalcon.http2.hpack;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

/** The examples of RFC 7541 Appendix C. */
final class AppendixCTest {
    private static final List<String> REQUEST_1 =
            List.of(":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com");
    private static final List<String> REQUEST_2 =
            List.of(
                    ":method: GET",
                    ":scheme: http",
                    ":path: /",
                    ":authority: www.example.com",
                    "cache-control: no-cache");
    private static final List<String> REQUEST_3 =
            List.of(
                    ":method: GET",
                    ":scheme: https",
                    ":path: /index.html",
                    ":authority: www.example.com",
                    "custom-key: custom-value");
    private static final String DATE_1 = "date: Mon, 21 Oct 2013 20:13:21 GMT";
    private static final String DATE_2 = "date: Mon, 21 Oct 2013 20:13:22 GMT";
    private static final String LOCATION = "location: https://www.example.com";
    private static final String COOKIE =
            "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";
    private static final List<String> RESPONSE_1 =
            List.of(":status: 302", "cache-control: private", DATE_1, LOCATION);
    private static final List<String> RESPONSE_2 =
            List.of(":status: 307", "cache-control: private", DATE_1, LOCATION);
    private static final List<String> RESPONSE_3 =
            List.of(
                    ":status: 200",
                    "cache-control: private",
                    DATE_2,
                    LOCATION,
                    "content-encoding: gzip",
                    COOKIE);

    /** What the dynamic table holds, read through its indices from 62 on. */
    private static List<String> table(HpackDecoder decoder, int entries) {
        final byte[] block = new byte[entries];
        for (int i = 0; i < entries; i++) block[i] = (byte) (0x80 | (62 + i));
        final byte[] tooFar = {(byte) (0x80 | (62 + entries))};
        final List<String> fields = Blocks.fields(decoder, block);
        assertThat(Blocks.decode(decoder, tooFar, field -> {}))
                .isEqualTo(HpackOutcome.COMPRESSION_ERROR);
        return fields;
    }

    private static byte[] integer(int pattern, int prefixBits, int value) {
        final var out = Blocks.room(HpackWriter.INTEGER_BYTES_MAX);
        final long end = HpackWriter.integer(pattern, prefixBits, value, out, 0);
        return Blocks.written(out, 0, (int) end);
    }

    @Test
    void c11TenInAPrefixOfFiveBits() {
        assertThat(integer(0, 5, 10)).isEqualTo(Blocks.bytes("0a"));
    }

    @Test
    void c12OneThousandThreeHundredAndThirtySevenInAPrefixOfFiveBits() {
        assertThat(integer(0, 5, 1337)).isEqualTo(Blocks.bytes("1f 9a 0a"));
        final HpackDecoder decoder = Blocks.decoder();
        assertThat(Blocks.decode(decoder, "3f 9a 0a")).isEqualTo(HpackOutcome.OK);
    }

    @Test
    void c13FortyTwoAtAnOctetBoundary() {
        assertThat(integer(0, 8, 42)).isEqualTo(Blocks.bytes("2a"));
    }

    @Test
    void c21LiteralWithIndexing() {
        final HpackDecoder decoder = Blocks.decoder();
        final String block = "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572";
        assertThat(Blocks.fields(decoder, block)).containsExactly("custom-key: custom-header");
        assertThat(decoder.tableBytes()).isEqualTo(55);
        assertThat(table(decoder, 1)).containsExactly("custom-key: custom-header");
    }

    @Test
    void c22LiteralWithoutIndexing() {
        final HpackDecoder decoder = Blocks.decoder();
        final String block = "040c 2f73 616d 706c 652f 7061 7468";
        assertThat(Blocks.fields(decoder, block)).containsExactly(":path: /sample/path");
        assertThat(decoder.tableBytes()).isZero();
    }

    @Test
    void c23LiteralNeverIndexed() {
        final HpackDecoder decoder = Blocks.decoder();
        final String block = "1008 7061 7373 776f 7264 0673 6563 7265 74";
        final byte[] bytes = Blocks.bytes(block);
        final boolean[] sensitive = {false};
        Blocks.decode(decoder, bytes, field -> sensitive[0] = field.isSensitive());
        assertThat(sensitive).containsExactly(true);
        assertThat(Blocks.fields(decoder, block)).containsExactly("password: secret");
        assertThat(decoder.tableBytes()).isZero();
    }

    @Test
    void c24Indexed() {
        final HpackDecoder decoder = Blocks.decoder();
        assertThat(Blocks.fields(decoder, "82")).containsExactly(":method: GET");
        assertThat(decoder.tableBytes()).isZero();
    }

    private static void requests(String first, String second, String third) {
        final HpackDecoder decoder = Blocks.decoder();
        assertThat(Blocks.fields(decoder, first)).isEqualTo(REQUEST_1);
        assertThat(decoder.tableBytes()).isEqualTo(57);
        assertThat(Blocks.fields(decoder, second)).isEqualTo(REQUEST_2);
        assertThat(decoder.tableBytes()).isEqualTo(110);
        assertThat(Blocks.fields(decoder, third)).isEqualTo(REQUEST_3);
        assertThat(decoder.tableBytes()).isEqualTo(164);
        assertThat(table(decoder, 3))
                .containsExactly(
                        "custom-key: custom-value",
                        "cache-control: no-cache",
                        ":authority: www.example.com");
    }

    @Test
    void c3RequestsWithoutHuffmanCoding() {
        requests(
                "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
                "8286 84be 5808 6e6f 2d63 6163 6865",
                "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65");
    }

    @Test
    void c4RequestsWithHuffmanCoding() {
        requests(
                "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
                "8286 84be 5886 a8eb 1064 9cbf",
                "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf");
    }

    private static void responses(String first, String second, String third) {
        final HpackDecoder decoder = Blocks.decoder(256);
        assertThat(Blocks.fields(decoder, first)).isEqualTo(RESPONSE_1);
        assertThat(decoder.tableBytes()).isEqualTo(222);
        assertThat(Blocks.fields(decoder, second)).isEqualTo(RESPONSE_2);
        assertThat(decoder.tableBytes()).isEqualTo(222);
        assertThat(Blocks.fields(decoder, third)).isEqualTo(RESPONSE_3);
        assertThat(decoder.tableBytes()).isEqualTo(215);
        assertThat(table(decoder, 3)).containsExactly(COOKIE, "content-encoding: gzip", DATE_2);
    }

    @Test
    void c5ResponsesWithoutHuffmanCoding() {
        responses(
                "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133"
                        + " 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 78"
                        + " 616d 706c 652e 636f 6d",
                "4803 3330 37c1 c0bf",
                "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d"
                        + " 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f"
                        + " 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572"
                        + " 7369 6f6e 3d31");
    }

    @Test
    void c6ResponsesWithHuffmanCoding() {
        responses(
                "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6"
                        + " 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
                "4883 640e ffc1 c0bf",
                "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab"
                        + " 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5"
                        + " 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07");
    }
}
