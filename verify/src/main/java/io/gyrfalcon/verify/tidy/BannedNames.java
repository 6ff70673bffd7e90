package io.gyrfalcon.verify.tidy;

import com.sun.source.tree.ClassTree;
import com.sun.source.util.TreeScanner;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.BiConsumer;

/** Type names say what a thing is. Immutable. */
final class BannedNames implements Rule {
    private static final List<String> SUFFIXES =
            List.of(
                    "Impl", "Default", "Base", "Util", "Utils", "Helper", "Helpers", "Manager",
                    "Info", "Data");

    @Override
    public String name() {
        return "type-name";
    }

    @Override
    public void check(Source source, BiConsumer<Long, String> report) {
        new TreeScanner<@Nullable Void, @Nullable Void>() {
            @Override
            public @Nullable Void visitClass(ClassTree type, @Nullable Void unused) {
                String fault = faultOf(type.getSimpleName().toString());
                if (fault != null) report.accept(source.firstLine(type), fault);
                return super.visitClass(type, null);
            }
        }.scan(source.unit(), null);
    }

    private static @Nullable String faultOf(String name) {
        if (name.startsWith("Default") && name.length() > 7) {
            return name + " begins with Default: say what it does that others do not";
        }
        for (String suffix : SUFFIXES) {
            if (name.endsWith(suffix)) {
                return name
                        + " ends in "
                        + suffix
                        + ": use the specification's noun for what it is";
            }
        }
        return null;
    }
}
