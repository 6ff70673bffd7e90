package io.gyrfalcon.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** One block of a PEM text: RFC 7468 §2. Immutable. */
final class PemBlock {
    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    private final String label;
    private final byte[] der;
    private final boolean isLegacyEncrypted;

    private PemBlock(String label, byte[] der, boolean isLegacyEncrypted) {
        this.label = label;
        this.der = der;
        this.isLegacyEncrypted = isLegacyEncrypted;
    }

    /** What stands after BEGIN. */
    String label() {
        return label;
    }

    /** The decoded bytes; not to be written to. */
    byte[] der() {
        return der;
    }

    /** Whether headers of RFC 1421 say that the bytes are encrypted. */
    boolean isLegacyEncrypted() {
        return isLegacyEncrypted;
    }

    /** All blocks of a text. Whatever stands between them is skipped. */
    static List<PemBlock> read(byte[] pem, String name) {
        String text = new String(pem, ISO_8859_1);
        List<PemBlock> blocks = new ArrayList<>();
        int begin = text.indexOf(BEGIN);
        while (begin >= 0) {
            int labelAt = begin + BEGIN.length();
            int labelEnd = text.indexOf(DASHES, labelAt);
            if (labelEnd < 0) throw bad(name, "BEGIN without a label");
            String label = text.substring(labelAt, labelEnd);
            int bodyAt = labelEnd + DASHES.length();
            int bodyEnd = text.indexOf(END + label + DASHES, bodyAt);
            if (bodyEnd < 0) throw bad(name, "BEGIN " + label + " without its END");
            blocks.add(block(label, text.substring(bodyAt, bodyEnd), name));
            begin = text.indexOf(BEGIN, bodyEnd);
        }
        return blocks;
    }

    /** The labels, for a text that says what was found. */
    static String labels(List<PemBlock> blocks) {
        if (blocks.isEmpty()) return "no PEM block";
        StringBuilder text = new StringBuilder();
        for (PemBlock block : blocks) {
            if (!text.isEmpty()) text.append(", ");
            text.append("BEGIN ").append(block.label());
        }
        return text.toString();
    }

    private static PemBlock block(String label, String body, String name) {
        boolean isEncrypted = body.contains("Proc-Type: 4,ENCRYPTED");
        if (isEncrypted) return new PemBlock(label, new byte[0], true);
        try {
            return new PemBlock(label, Base64.getMimeDecoder().decode(body), false);
        } catch (IllegalArgumentException e) {
            throw bad(name, "BEGIN " + label + " with bad base64: " + e.getMessage());
        }
    }

    private static IllegalArgumentException bad(String name, String found) {
        return new IllegalArgumentException(
                name + ": found " + found + " (expected: whole PEM blocks)");
    }
}
