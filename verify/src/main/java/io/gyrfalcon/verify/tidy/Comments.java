package io.gyrfalcon.verify.tidy;

import java.util.ArrayList;
import java.util.List;

/**
 * Finds the comments of a Java text, past strings, characters and text blocks. Owned by one call.
 */
final class Comments {
    /**
     * A comment.
     *
     * @param offset of its first character in the file
     * @param text with its delimiters
     */
    record Comment(int offset, String text) {}

    private final String text;
    private final List<Comment> found = new ArrayList<>();
    private int at;

    private Comments(String text) {
        this.text = text;
    }

    static List<Comment> of(String text) {
        Comments comments = new Comments(text);
        while (comments.at < text.length()) comments.step();
        return comments.found;
    }

    private void step() {
        if (text.startsWith("//", at)) take(endOfLine());
        else if (text.startsWith("/*", at)) take(after("*/", at + 2));
        else if (text.startsWith("\"\"\"", at)) at = afterQuote("\"\"\"", at + 3);
        else if (text.charAt(at) == '"') at = afterQuote("\"", at + 1);
        else if (text.charAt(at) == '\'') at = afterQuote("'", at + 1);
        else at++;
    }

    private void take(int end) {
        found.add(new Comment(at, text.substring(at, end)));
        at = end;
    }

    private int endOfLine() {
        int end = text.indexOf('\n', at);
        return end < 0 ? text.length() : end;
    }

    private int after(String delimiter, int from) {
        int end = text.indexOf(delimiter, from);
        return end < 0 ? text.length() : end + delimiter.length();
    }

    private int afterQuote(String quote, int from) {
        int i = from;
        while (i < text.length() && !text.startsWith(quote, i)) {
            i += text.charAt(i) == '\\' ? 2 : 1;
        }
        return Math.min(text.length(), i + quote.length());
    }
}
