package io.gyrfalcon.traffic.config;

import io.gyrfalcon.traffic.TrafficLimits;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads RFC 8259 and nothing more lenient; a name comes once in an object. Owned by one call.
 *
 * <p>What comes out is an unmodifiable {@code Map<String, ?>} or {@code List<?>}, a {@code String},
 * {@code Double} or {@code Boolean}, or null.
 */
public final class Json {
    private static final char END = '\uffff';

    private final String text;
    private final int depthMax;
    private int at;
    private int depth;

    private Json(String text, TrafficLimits limits) {
        this.text = text;
        depthMax = limits.jsonDepthMax();
    }

    /**
     * The value that a text is.
     *
     * @throws IllegalArgumentException if it is none, or beyond a limit; the message says where,
     *     what was found and what was expected
     */
    public static @Nullable Object parse(String text, TrafficLimits limits) {
        if (text.length() > limits.jsonCharsMax()) {
            throw new IllegalArgumentException(
                    "JSON: "
                            + text.length()
                            + " characters (expected: at most "
                            + limits.jsonCharsMax()
                            + ")");
        }
        Json json = new Json(text, limits);
        json.skipBlanks();
        Object value = json.value();
        if (json.at < text.length()) throw json.fault("the end");
        return value;
    }

    /** Each value takes the blanks behind it. */
    private @Nullable Object value() {
        Object value =
                switch (peek()) {
                    case '{' -> object();
                    case '[' -> list();
                    case '"' -> string();
                    case 't' -> word("true", Boolean.TRUE);
                    case 'f' -> word("false", Boolean.FALSE);
                    case 'n' -> word("null", null);
                    default -> number();
                };
        skipBlanks();
        return value;
    }

    private Map<String, ?> object() {
        enter();
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (boolean isMore = !isNext('}'); isMore; isMore = isMore('}')) {
            if (peek() != '"') throw fault("a name in quotes");
            int start = at;
            String name = string();
            if (object.containsKey(name)) {
                at = start;
                throw fault("another name: this one came before");
            }
            skipBlanks();
            if (!isNext(':')) throw fault("':'");
            object.put(name, value());
        }
        depth--;
        return Collections.unmodifiableMap(object);
    }

    private List<?> list() {
        enter();
        List<@Nullable Object> list = new ArrayList<>();
        for (boolean isMore = !isNext(']'); isMore; isMore = isMore(']')) list.add(value());
        depth--;
        return Collections.unmodifiableList(list);
    }

    private void enter() {
        if (++depth > depthMax)
            throw fault("at most " + depthMax + " lists and objects in another");
        at++;
        skipBlanks();
    }

    /** Whether the next thing is this one; it and the blanks behind it are taken. */
    private boolean isNext(char wanted) {
        if (peek() != wanted) return false;
        at++;
        skipBlanks();
        return true;
    }

    private boolean isMore(char end) {
        if (isNext(',')) return true;
        if (isNext(end)) return false;
        throw fault("',' or '" + end + "'");
    }

    private String string() {
        StringBuilder string = new StringBuilder();
        at++;
        while (peek() != '"') {
            char c = peek();
            if (at >= text.length() || c < ' ') throw fault("a character, or the closing quote");
            at++;
            string.append(c == '\\' ? escaped() : c);
        }
        at++;
        return string.toString();
    }

    private char escaped() {
        char c = peek();
        char meant =
                switch (c) {
                    case '"', '\\', '/' -> c;
                    case 'b' -> '\b';
                    case 'f' -> '\f';
                    case 'n' -> '\n';
                    case 'r' -> '\r';
                    case 't' -> '\t';
                    case 'u' -> unicode();
                    default -> throw fault("one of \"\\/bfnrtu");
                };
        at++;
        return meant;
    }

    /** Four digits behind the u, up to the last. */
    private char unicode() {
        int c = 0;
        for (int i = 0; i < 4; i++) {
            at++;
            char next = peek();
            int digit = next < 128 ? Character.digit(next, 16) : -1;
            if (digit < 0) throw fault("a hexadecimal digit");
            c = c << 4 | digit;
        }
        return (char) c;
    }

    private @Nullable Boolean word(String word, @Nullable Boolean value) {
        if (!text.startsWith(word, at)) throw fault("a value");
        at += word.length();
        return value;
    }

    private Double number() {
        int start = at;
        if (peek() == '-') at++;
        else if (!isDigit()) throw fault("a value");
        if (peek() == '0') at++;
        else digits();
        if (peek() == '.') {
            at++;
            digits();
        }
        if (peek() == 'e' || peek() == 'E') {
            at++;
            if (peek() == '+' || peek() == '-') at++;
            digits();
        }
        double value = Double.parseDouble(text.substring(start, at));
        if (!Double.isInfinite(value)) return value;
        at = start;
        throw fault("a number that a double can hold");
    }

    private void digits() {
        if (!isDigit()) throw fault("a digit");
        while (isDigit()) at++;
    }

    private boolean isDigit() {
        return peek() >= '0' && peek() <= '9';
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : END;
    }

    private void skipBlanks() {
        while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') at++;
    }

    private IllegalArgumentException fault(String expected) {
        String found = at < text.length() ? "'" + text.charAt(at) + "'" : "the end";
        return new IllegalArgumentException(
                "JSON at character " + at + ": " + found + " (expected: " + expected + ")");
    }
}
