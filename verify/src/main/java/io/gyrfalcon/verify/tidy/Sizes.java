package io.gyrfalcon.verify.tidy;

import com.sun.source.tree.MethodTree;
import com.sun.source.util.TreeScanner;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.BiConsumer;

/** Methods fit a screen, files stay small, lines are not wide. Immutable. */
final class Sizes implements Rule {
    static final int METHOD_LINES_MAX = 60;
    static final int FILE_LINES_MAX = 600;
    static final int COLUMNS_MAX = 100;

    @Override
    public String name() {
        return "size";
    }

    @Override
    public void check(Source source, BiConsumer<Long, String> report) {
        List<String> lines = source.lines();
        if (lines.size() > FILE_LINES_MAX) {
            report.accept(
                    1L,
                    "a file of %d lines (expected: <= %d): cut it by what changes together"
                            .formatted(lines.size(), FILE_LINES_MAX));
        }
        for (int i = 0; i < lines.size(); i++) {
            checkWidth(lines.get(i), i + 1, report);
        }
        new Methods(source, report).scan(source.unit(), null);
    }

    private static void checkWidth(String line, long number, BiConsumer<Long, String> report) {
        int columns = line.codePointCount(0, line.length());
        if (columns <= COLUMNS_MAX || line.startsWith("import ")) return;
        report.accept(
                number,
                "%d columns (expected: <= %d): break the line".formatted(columns, COLUMNS_MAX));
    }

    private static final class Methods extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final Source source;
        private final BiConsumer<Long, String> report;

        Methods(Source source, BiConsumer<Long, String> report) {
            this.source = source;
            this.report = report;
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Void unused) {
            long first = source.firstLine(method);
            long lines = source.lastLine(method) - first + 1;
            if (lines > METHOD_LINES_MAX) {
                report.accept(
                        first,
                        "%s has %d lines (expected: <= %d): give its parts names"
                                .formatted(method.getName(), lines, METHOD_LINES_MAX));
            }
            return super.visitMethod(method, null);
        }
    }
}
