package io.gyrfalcon.verify.tidy;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.Tree;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

import javax.lang.model.element.Modifier;

/**
 * A type is public because the {@code package-info} beside it lists it; but for {@code stress},
 * whose types stand in packages of others, and are public for jcstress. Immutable.
 */
final class PublicTypes implements Rule {
    private static final String LIST = "package-info";

    private final Map<String, String> lists;

    private PublicTypes(Map<String, String> lists) {
        this.lists = Map.copyOf(lists);
    }

    /** The rule for types of these sources. */
    static PublicTypes of(List<Source> sources) {
        Map<String, String> lists = new HashMap<>();
        for (Source source : sources) {
            if (source.simpleName().equals(LIST)) lists.put(folder(source), source.text());
        }
        return new PublicTypes(lists);
    }

    private static String folder(Source source) {
        return source.path().substring(0, source.path().lastIndexOf('/') + 1);
    }

    @Override
    public String name() {
        return "public-type";
    }

    @Override
    public void check(Source source, BiConsumer<Long, String> report) {
        if (source.module().equals("stress")) return;
        String list = lists.getOrDefault(folder(source), "");
        for (Tree declared : source.unit().getTypeDecls()) {
            if (declared instanceof ClassTree type && isPublic(type) && !isIn(list, type)) {
                report.accept(
                        source.firstLine(type),
                        type.getSimpleName() + " is public, and its package-info does not list it");
            }
        }
    }

    private static boolean isPublic(ClassTree type) {
        return type.getModifiers().getFlags().contains(Modifier.PUBLIC);
    }

    private static boolean isIn(String list, ClassTree type) {
        return Pattern.compile("\\b" + type.getSimpleName() + "\\b").matcher(list).find();
    }
}
