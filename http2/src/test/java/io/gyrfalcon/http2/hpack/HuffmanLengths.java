package io.gyrfalcon.http2.hpack;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The program that prints {@link Huffman#LENGTHS} from the table of RFC 7541 Appendix B. */
final class HuffmanLengths {
    private static final String TABLE = "rfc7541-appendix-b.txt";

    private HuffmanLengths() {}

    /** A row of the appendix. */
    record Row(int symbol, int code, int bits) {}

    /** The appendix: symbol, code in hex, length in bits. */
    static List<Row> rows() {
        try (InputStream in = HuffmanLengths.class.getResourceAsStream(TABLE)) {
            final List<Row> rows = new ArrayList<>();
            final String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            for (String line : text.lines().toList()) {
                final String[] words = line.split(" ");
                rows.add(
                        new Row(
                                Integer.parseInt(words[0]),
                                Integer.parseInt(words[1], 16),
                                Integer.parseInt(words[2])));
            }
            return rows;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String lengths() {
        final StringBuilder text = new StringBuilder();
        for (Row row : rows()) text.append((char) ('A' + row.bits() - Huffman.BITS_MIN));
        return text.toString();
    }

    public static void main(String[] arguments) {
        System.out.println(lengths());
    }
}
