package io.gyrfalcon.verify.tidy;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;

import org.jspecify.annotations.Nullable;

import java.util.function.BiConsumer;
import java.util.regex.Pattern;

import javax.lang.model.element.Modifier;

/**
 * A class with a field that changes says whose it is: by {@code @LoopOwned}, or in the first
 * paragraph of its Javadoc. A class inside another has the outer one's owner. Immutable.
 */
final class Owners implements Rule {
    private static final Pattern OWNER =
            Pattern.compile(
                    "(?i)\\b(loop-owned|thread-?safe|threads?|loops?|owned by|owner"
                            + "|single[- ]writer|runners?|caller's|process-wide|immutable)\\b");

    @Override
    public String name() {
        return "owner";
    }

    @Override
    public void check(Source source, BiConsumer<Long, String> report) {
        new Types(source, report).scan(source.unit(), null);
    }

    private static boolean isMutable(ClassTree type) {
        if (type.getKind() != Tree.Kind.CLASS) return false;
        for (Tree member : type.getMembers()) {
            if (member instanceof VariableTree field
                    && !field.getModifiers().getFlags().contains(Modifier.FINAL)) {
                return true;
            }
        }
        return false;
    }

    private static final class Types extends TreePathScanner<@Nullable Void, @Nullable Void> {
        private final Source source;
        private final BiConsumer<Long, String> report;

        Types(Source source, BiConsumer<Long, String> report) {
            this.source = source;
            this.report = report;
        }

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable Void unused) {
            if (saysOwner(type)) return null;
            if (isMutable(type) && !type.getSimpleName().isEmpty()) {
                report.accept(
                        source.firstLine(type),
                        type.getSimpleName()
                                + " has fields that change: annotate it @LoopOwned, or name its"
                                + " thread in the first paragraph of its Javadoc"
                                + " ('Loop-owned.', 'Any thread.', 'One writer thread ...')");
            }
            return super.visitClass(type, null);
        }

        private boolean saysOwner(ClassTree type) {
            for (AnnotationTree annotation : type.getModifiers().getAnnotations()) {
                if (annotation.getAnnotationType().toString().endsWith("LoopOwned")) return true;
            }
            TreePath path = getCurrentPath();
            String javadoc = source.javadoc(path);
            return javadoc != null && OWNER.matcher(firstParagraph(javadoc)).find();
        }

        private static String firstParagraph(String javadoc) {
            String text = javadoc.strip();
            int end = text.length();
            for (String stop : new String[] {"<p>", "\n\n", "\n \n", "<pre>", "\n@", "\n @"}) {
                int at = text.indexOf(stop);
                if (at >= 0) end = Math.min(end, at);
            }
            return text.substring(0, end);
        }
    }
}
