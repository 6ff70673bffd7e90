package io.gyrfalcon.verify.tidy;

import io.gyrfalcon.verify.tidy.Comments.Comment;

import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Citations of specifications have one form, so that they can be searched and counted. Immutable.
 */
final class Citations implements Rule {
    private static final String NUMBER = "\\d+(?:\\.\\d+)*";

    /**
     * A blank, or the end of a line with what begins the next one in a comment: formatters wrap
     * there.
     */
    private static final String GAP = "(?: |\\s*\\R\\s*(?:\\*|///?)? ?)";

    /** A mention of a document, or of a part of one. */
    private static final Pattern GOOD =
            Pattern.compile(
                    "RFC"
                            + GAP
                            + "\\d{3,5}(?:"
                            + GAP
                            + "§"
                            + NUMBER
                            + "|"
                            + GAP
                            + "Appendix"
                            + GAP
                            + "[A-Z](?:\\.\\d+)*)?(?![\\d§])");

    private static final Pattern MENTION = Pattern.compile("(?i)\\brfc(?:-?|" + GAP + ")\\d|§");

    /** What follows a bare document where a part was meant. */
    private static final Pattern PART_WITHOUT_SIGN =
            Pattern.compile(
                    "^[,:]?\\s*(?:(?i:sec(?:tion|\\.)?|ch(?:apter|\\.)?)\\s*)?\\d+\\.\\d.*");

    private static final Pattern SECTION_WORD =
            Pattern.compile("^[,:]?\\s*(?i:sec(?:tion|\\.)|chapter)\\s*\\d.*");

    @Override
    public String name() {
        return "citation";
    }

    @Override
    public void check(Source source, BiConsumer<Long, String> report) {
        for (Comment comment : Comments.of(source.text())) {
            checkComment(comment, source, report);
        }
    }

    private static void checkComment(
            Comment comment, Source source, BiConsumer<Long, String> report) {
        String text = comment.text();
        Matcher mention = MENTION.matcher(text);
        Matcher good = GOOD.matcher(text);
        int from = 0;
        while (mention.find(from)) {
            good.region(mention.start(), text.length());
            boolean isGood =
                    good.lookingAt() && !isPartial(good.group(), text.substring(good.end()));
            from = isGood ? good.end() : mention.end();
            if (isGood) continue;
            report.accept(
                    source.lineAt(comment.offset() + mention.start()),
                    "'"
                            + excerpt(text, mention.start())
                            + "': cite as 'RFC 9113 §6.9.2' or 'RFC 7541 Appendix C.1', each part"
                            + " with its document");
        }
    }

    private static boolean isPartial(String citation, String rest) {
        if (citation.contains("§") || citation.contains("Appendix")) return false;
        String line = rest.lines().findFirst().orElse("");
        return PART_WITHOUT_SIGN.matcher(line).matches() || SECTION_WORD.matcher(line).matches();
    }

    private static String excerpt(String text, int from) {
        String line = text.substring(from).lines().findFirst().orElse("");
        return line.substring(0, Math.min(24, line.length()));
    }
}
