package io.gyrfalcon.verify.tidy;

import io.gyrfalcon.verify.tidy.Comments.Comment;

import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is left open names the decision that leaves it open. Immutable. */
final class LooseEnds implements Rule {
    private static final Pattern MARK =
            Pattern.compile("\\b(TODO|FIXME|XXX|HACK)\\b(\\(\\d{4}\\))?");

    @Override
    public String name() {
        return "loose-end";
    }

    @Override
    public void check(Source source, BiConsumer<Long, String> report) {
        for (Comment comment : Comments.of(source.text())) {
            Matcher mark = MARK.matcher(comment.text());
            while (mark.find()) {
                if (mark.group(1).equals("TODO") && mark.group(2) != null) continue;
                report.accept(
                        source.lineAt(comment.offset() + mark.start()),
                        mark.group(1)
                                + ": finish it, or write TODO(0042) with the decision that leaves"
                                + " it open");
            }
        }
    }
}
