package io.gyrfalcon.verify.floors;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;

/** Which module stands on which floor, and what it may import. */
final class Floors {
    /** From each module to those of ours that it may import; itself goes without saying. */
    static final Map<String, Set<String>> BELOW =
            Map.of(
                    "primitives", Set.of(),
                    "eventloop", Set.of("primitives"),
                    "tls", Set.of("primitives"),
                    "http2", Set.of("primitives"),
                    "traffic", Set.of("primitives"),
                    "transport", Set.of("primitives", "eventloop", "tls", "http2", "traffic"),
                    "grpc",
                            Set.of(
                                    "primitives",
                                    "eventloop",
                                    "tls",
                                    "http2",
                                    "traffic",
                                    "transport"),
                    "cli",
                            Set.of(
                                    "primitives",
                                    "eventloop",
                                    "tls",
                                    "http2",
                                    "traffic",
                                    "transport",
                                    "grpc"));

    /** The classes of io.grpc that are not public API and that we use all the same. */
    static final Set<String> INTERNALS =
            Set.of(
                    "InternalMetadata",
                    "InternalServer",
                    "InternalChannelz",
                    "InternalConfigSelector",
                    "InternalConfiguratorRegistry",
                    "InternalDecompressorRegistry",
                    "InternalInstrumented",
                    "InternalStatus",
                    "InternalTcpMetrics",
                    "InternalWithLogId",
                    "InternalLogId");

    /**
     * Values that stand in a module's public package, where users find them, and that the rooms
     * inside read. They import nothing of their module, so for cycles each counts as a package of
     * its own.
     */
    static final Set<String> SETTINGS =
            Set.of(
                    "io.gyrfalcon.eventloop.ListenOptions",
                    "io.gyrfalcon.eventloop.LoopFlags",
                    "io.gyrfalcon.eventloop.PollerKind",
                    "io.gyrfalcon.eventloop.SocketOptions");

    private static final String OURS = "io.gyrfalcon.";

    private Floors() {}

    /** The module of one of our classes, or an empty text. */
    static String moduleOf(JavaClass type) {
        String name = type.getPackageName();
        if (!name.startsWith(OURS)) return "";
        int dot = name.indexOf('.', OURS.length());
        return name.substring(OURS.length(), dot < 0 ? name.length() : dot);
    }

    /** What is free of cycles: a package, or one of the settings. */
    static String roomOf(JavaClass type) {
        String name = type.getName();
        int dollar = name.indexOf('$');
        String outer = dollar < 0 ? name : name.substring(0, dollar);
        return SETTINGS.contains(outer) ? outer : type.getPackageName();
    }

    static boolean mayImport(JavaClass from, JavaClass to) {
        String source = moduleOf(from);
        String target = moduleOf(to);
        return target.isEmpty()
                || source.equals(target)
                || BELOW.getOrDefault(source, Set.of()).contains(target);
    }

    /** io.grpc's public classes and the listed internal ones; never its internal packages. */
    static boolean isAllowedOfGrpc(JavaClass unused, JavaClass to) {
        if (!to.getPackageName().startsWith("io.grpc")) return true;
        if (to.getPackageName().startsWith("io.grpc.internal")) return false;
        String nested = to.getName().substring(to.getPackageName().length() + 1);
        int dollar = nested.indexOf('$');
        String name = dollar < 0 ? nested : nested.substring(0, dollar);
        return !name.startsWith("Internal") || INTERNALS.contains(name);
    }

    static DescribedPredicate<JavaClass> inModules(List<String> modules) {
        return DescribedPredicate.describe(
                "in " + modules, type -> modules.contains(moduleOf(type)));
    }

    /** Every import satisfies {@code allowed}; {@code words} says what that means. */
    static ArchCondition<JavaClass> import_(
            String words, BiPredicate<JavaClass, JavaClass> allowed) {
        return new ArchCondition<>(words) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (Dependency use : type.getDirectDependenciesFromSelf()) {
                    if (allowed.test(type, use.getTargetClass())) continue;
                    events.add(SimpleConditionEvent.violated(type, use.getDescription()));
                }
            }
        };
    }
}
