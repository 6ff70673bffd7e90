package io.gyrfalcon.http2.hpack;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** As much JSON as the HPACK stories need: maps, lists, strings and whole numbers. */
final class Json {
    private final byte[] text;
    private int at;

    private Json(byte[] text) {
        this.text = text;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> parse(byte[] text) {
        return (Map<String, Object>) new Json(text).value();
    }

    private Object value() {
        return switch (peek()) {
            case '{' -> map();
            case '[' -> list();
            case '"' -> string();
            case 'n' -> nothing();
            default -> number();
        };
    }

    private byte peek() {
        while (text[at] <= ' ') at++;
        return text[at];
    }

    private boolean skip(char c) {
        if (peek() != c) return false;
        at++;
        return true;
    }

    private Map<String, Object> map() {
        final Map<String, Object> map = new LinkedHashMap<>();
        at++;
        while (!skip('}')) {
            peek();
            final String key = string();
            if (!skip(':')) throw new AssertionError("no colon at " + at);
            map.put(key, value());
            skip(',');
        }
        return map;
    }

    private List<Object> list() {
        final List<Object> list = new ArrayList<>();
        at++;
        while (!skip(']')) {
            list.add(value());
            skip(',');
        }
        return list;
    }

    private Object nothing() {
        at += "null".length();
        return "";
    }

    private Integer number() {
        final int from = at;
        while (text[at] >= '0' && text[at] <= '9') at++;
        return Integer.valueOf(new String(text, from, at - from, StandardCharsets.US_ASCII));
    }

    private String string() {
        final StringBuilder string = new StringBuilder();
        at++;
        while (text[at] != '"') {
            if (text[at] == '\\') string.append(escaped());
            else string.append((char) (text[at++] & 0xff));
        }
        at++;
        return string.toString();
    }

    private char escaped() {
        final char c = (char) text[at + 1];
        at += 2;
        if (c == 'n') return '\n';
        if (c == 't') return '\t';
        if (c != 'u') return c;
        at += 4;
        final String hex = new String(text, at - 4, 4, StandardCharsets.US_ASCII);
        return (char) Integer.parseInt(hex, 16);
    }
}
