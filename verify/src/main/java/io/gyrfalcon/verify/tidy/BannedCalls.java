package io.gyrfalcon.verify.tidy;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreeScanner;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/** Calls that the house does without, each with what to write instead. Immutable. */
final class BannedCalls implements Rule {
    private static final Set<String> PRODUCT =
            Set.of("primitives", "eventloop", "tls", "http2", "traffic", "transport", "grpc");
    private static final Set<String> ABOVE_LOOPS =
            Set.of("tls", "http2", "traffic", "transport", "grpc");
    private static final Set<String> SANS_IO = Set.of("tls", "http2", "traffic");
    private static final Set<String> EVERYWHERE = Set.of();

    /**
     * A call that is not made.
     *
     * @param call type and member as written ({@code System.nanoTime}, {@code Executors.*}), or
     *     {@code new Thread}, or a member of any type ({@code *.stream})
     * @param modules where; none means everywhere
     * @param exempt simple names of the files that exist to make this call
     * @param hotOnly only inside a type marked {@code @HotPath}
     * @param instead what to do
     */
    record Ban(
            String call, Set<String> modules, Set<String> exempt, boolean hotOnly, String instead) {
        boolean bites(Source source, String written, boolean isHot) {
            if (hotOnly && !isHot) return false;
            if (!modules.isEmpty() && !modules.contains(source.module())) return false;
            return matches(written) && !exempt.contains(source.simpleName());
        }

        private boolean matches(String written) {
            if (call.endsWith(".*"))
                return written.startsWith(call.substring(0, call.length() - 1));
            if (call.startsWith("*.")) return written.endsWith(call.substring(1));
            return written.equals(call);
        }
    }

    private static final List<Ban> BANS =
            List.of(
                    in(
                            PRODUCT,
                            "System.nanoTime",
                            "take `long nowNanos`, or a Clock",
                            "SystemClock",
                            // A user's thread waits for wall time, far from any loop.
                            "GyrfalconServer"),
                    // Channelz reports times of day.
                    in(
                            PRODUCT,
                            "System.currentTimeMillis",
                            "take a Clock",
                            "SystemClock",
                            "Peer",
                            "Link",
                            "ChannelzNode"),
                    // Another thread waits for a selector to let go of a port.
                    in(PRODUCT, "Thread.sleep", "schedule a Timer", "NioPort"),
                    in(ABOVE_LOOPS, "new Thread", "submit to the loop's Runners"),
                    in(ABOVE_LOOPS, "Thread.ofPlatform", "submit to the loop's Runners"),
                    in(ABOVE_LOOPS, "Thread.ofVirtual", "submit to the loop's Runners"),
                    // Whoever waits for the loops to end cannot stand on one.
                    in(
                            ABOVE_LOOPS,
                            "Thread.startVirtualThread",
                            "submit to the loop's Runners",
                            "TransportPort",
                            "ChannelEnd"),
                    in(
                            PRODUCT,
                            "Executors.*",
                            "use Runners, or build a pool with its bounds named"),
                    in(SANS_IO, "new Random", "take randomness as an argument"),
                    in(SANS_IO, "Math.random", "take randomness as an argument"),
                    in(PRODUCT, "System.out", "return a value, or log by System.Logger"),
                    in(PRODUCT, "System.err", "return a value, or log by System.Logger"),
                    in(EVERYWHERE, "Unsafe.*", "use VarHandle and MemorySegment"),
                    hot(
                            "String.format",
                            "write the bytes by hand, or build the text off the hot path"),
                    hot(
                            "*.formatted",
                            "write the bytes by hand, or build the text off the hot path"),
                    hot("*.stream", "write the loop"),
                    hot("Optional.*", "return null, annotated @Nullable"));

    private static Ban in(Set<String> modules, String call, String instead, String... exempt) {
        return new Ban(call, modules, Set.of(exempt), false, instead);
    }

    private static Ban hot(String call, String instead) {
        return new Ban(call, EVERYWHERE, Set.of(), true, instead);
    }

    @Override
    public String name() {
        return "banned-call";
    }

    @Override
    public void check(Source source, BiConsumer<Long, String> report) {
        new Calls(source, report).scan(source.unit(), null);
    }

    private static final class Calls extends TreeScanner<@Nullable Void, @Nullable Void> {
        private final Source source;
        private final BiConsumer<Long, String> report;

        /** Owned by the one thread that scans. */
        private boolean isHot;

        Calls(Source source, BiConsumer<Long, String> report) {
            this.source = source;
            this.report = report;
        }

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable Void unused) {
            boolean wasHot = isHot;
            for (AnnotationTree annotation : type.getModifiers().getAnnotations()) {
                isHot |= annotation.getAnnotationType().toString().endsWith("HotPath");
            }
            super.visitClass(type, null);
            isHot = wasHot;
            return null;
        }

        @Override
        public @Nullable Void visitImport(ImportTree tree, @Nullable Void unused) {
            String name = tree.getQualifiedIdentifier().toString();
            if (tree.isStatic()) judge(tree, lastTwo(name));
            if (name.equals("sun.misc.Unsafe") || name.startsWith("jdk.internal.")) {
                report.accept(source.firstLine(tree), name + ": use VarHandle and MemorySegment");
            }
            return null;
        }

        @Override
        public @Nullable Void visitMemberSelect(MemberSelectTree tree, @Nullable Void unused) {
            judge(tree, lastTwo(tree.toString()));
            return super.visitMemberSelect(tree, null);
        }

        @Override
        public @Nullable Void visitNewClass(NewClassTree tree, @Nullable Void unused) {
            judge(tree, "new " + tree.getIdentifier());
            return super.visitNewClass(tree, null);
        }

        private void judge(Tree tree, String written) {
            for (Ban ban : BANS) {
                if (!ban.bites(source, written, isHot)) continue;
                report.accept(source.firstLine(tree), written + ": " + ban.instead());
            }
        }

        /** {@code java.lang.System.nanoTime} and {@code System.nanoTime} are the same call. */
        private static String lastTwo(String name) {
            int last = name.lastIndexOf('.');
            int before = name.lastIndexOf('.', last - 1);
            return before < 0 ? name : name.substring(before + 1);
        }
    }
}
