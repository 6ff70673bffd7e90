package io.gyrfalcon.http2.hpack;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The table of RFC 7541 Appendix A. Constant; any thread. */
final class StaticTable {
    /** How many entries there are; the first has index 1. */
    static final int LENGTH = 61;

    private static final String TABLE =
            """
            :authority|
            :method|GET
            :method|POST
            :path|/
            :path|/index.html
            :scheme|http
            :scheme|https
            :status|200
            :status|204
            :status|206
            :status|304
            :status|400
            :status|404
            :status|500
            accept-charset|
            accept-encoding|gzip, deflate
            accept-language|
            accept-ranges|
            accept|
            access-control-allow-origin|
            age|
            allow|
            authorization|
            cache-control|
            content-disposition|
            content-encoding|
            content-language|
            content-length|
            content-location|
            content-range|
            content-type|
            cookie|
            date|
            etag|
            expect|
            expires|
            from|
            host|
            if-match|
            if-modified-since|
            if-none-match|
            if-range|
            if-unmodified-since|
            last-modified|
            link|
            location|
            max-forwards|
            proxy-authenticate|
            proxy-authorization|
            range|
            referer|
            refresh|
            retry-after|
            server|
            set-cookie|
            strict-transport-security|
            transfer-encoding|
            user-agent|
            vary|
            via|
            www-authenticate|
            """;

    private static final Field[] FIELDS = new Field[LENGTH + 1];

    private static final int SLOTS = 256;

    /** Open addressing over names: the first index that has the name, or 0. */
    private static final byte[] INDEX_BY_NAME = new byte[SLOTS];

    static {
        final byte[] text = TABLE.getBytes(StandardCharsets.US_ASCII);
        FIELDS[0] = new Field(text);
        int from = 0;
        for (int index = 1; index <= LENGTH; index++) {
            from = enter(index, text, from);
        }
    }

    private StaticTable() {}

    /** Reads one line, squeezes the bar out of it, and returns where the next line starts. */
    private static int enter(int index, byte[] text, int from) {
        int bar = from;
        while (text[bar] != '|') bar++;
        int end = bar;
        while (text[end] != '\n') end++;
        final int nameLength = bar - from;
        final int valueLength = end - bar - 1;
        System.arraycopy(text, bar + 1, text, bar, valueLength);
        final Field field = new Field(text);
        field.become(
                text,
                from,
                nameLength,
                valueLength,
                HeaderRules.kindOf(text, from, nameLength, valueLength));
        FIELDS[index] = field;
        if (nameIndex(text, from, nameLength) == 0) {
            INDEX_BY_NAME[slotOf(text, from, nameLength)] = (byte) index;
        }
        return end + 1;
    }

    /** The entry at {@code index}, 1 to {@link #LENGTH}. */
    static Field field(int index) {
        return FIELDS[index];
    }

    /** The lowest index whose name is this one, or 0. */
    static int nameIndex(byte[] name, int offset, int length) {
        return INDEX_BY_NAME[slotOf(name, offset, length)];
    }

    /** The index whose name and value are these, or 0. */
    static int fieldIndex(byte[] name, byte[] value) {
        int index = nameIndex(name, 0, name.length);
        if (index == 0) return 0;
        while (index <= LENGTH && FIELDS[index].nameIs(name)) {
            if (FIELDS[index].valueIs(value)) return index;
            index++;
        }
        return 0;
    }

    /** The slot that holds the name, or the free one where it would go. */
    private static int slotOf(byte[] name, int offset, int length) {
        int hash = length;
        for (int i = 0; i < length; i++) hash = hash * 31 + name[offset + i];
        int slot = hash & (SLOTS - 1);
        while (INDEX_BY_NAME[slot] != 0) {
            final Field at = FIELDS[INDEX_BY_NAME[slot]];
            if (isSame(at, name, offset, length)) return slot;
            slot = (slot + 1) & (SLOTS - 1);
        }
        return slot;
    }

    private static boolean isSame(Field field, byte[] name, int offset, int length) {
        final int from = field.nameOffset();
        return Arrays.equals(
                field.nameBytes(), from, from + field.nameLength(), name, offset, offset + length);
    }
}
