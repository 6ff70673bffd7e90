package io.gyrfalcon.verify.tidy;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreeScanner;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import javax.lang.model.element.Modifier;

/**
 * The enums and sealed types that we declare ourselves, by simple name: parsing alone knows no
 * types, so a switch is taken to be over the type that has all of its labels. Immutable.
 */
final class OwnTypes {
    private final Map<String, Set<String>> constantsByEnum;
    private final Map<String, Set<String>> kindsBySealed;

    private OwnTypes(
            Map<String, Set<String>> constantsByEnum, Map<String, Set<String>> kindsBySealed) {
        this.constantsByEnum = constantsByEnum;
        this.kindsBySealed = kindsBySealed;
    }

    static OwnTypes of(List<Source> sources) {
        Collector collector = new Collector();
        for (Source source : sources) collector.scan(source.unit(), null);
        return new OwnTypes(collector.constantsByEnum, collector.kindsBySealed);
    }

    /** The enum of ours that has all of these constants, or null. */
    @Nullable String enumWith(Set<String> constants) {
        return ownerOf(constants, constantsByEnum);
    }

    /** The sealed type of ours that permits all of these types, or null. */
    @Nullable String sealedWith(Set<String> types) {
        return ownerOf(types, kindsBySealed);
    }

    private static @Nullable String ownerOf(Set<String> names, Map<String, Set<String>> owners) {
        if (names.isEmpty()) return null;
        for (Map.Entry<String, Set<String>> owner : owners.entrySet()) {
            if (owner.getValue().containsAll(names)) return owner.getKey();
        }
        return null;
    }

    private static final class Collector extends TreeScanner<@Nullable Void, @Nullable Void> {
        final Map<String, Set<String>> constantsByEnum = new HashMap<>();
        final Map<String, Set<String>> kindsBySealed = new HashMap<>();
        private final Deque<String> sealedAround = new ArrayDeque<>();

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable Void unused) {
            String name = type.getSimpleName().toString();
            if (type.getKind() == Tree.Kind.ENUM) constantsByEnum.put(name, constantsOf(type));
            noteKinds(type, name);
            boolean isSealed = type.getModifiers().getFlags().contains(Modifier.SEALED);
            if (isSealed) {
                Set<String> kinds = kindsBySealed.computeIfAbsent(name, k -> new HashSet<>());
                for (Tree permitted : type.getPermitsClause()) kinds.add(permitted.toString());
                sealedAround.push(name);
            }
            super.visitClass(type, null);
            if (isSealed) sealedAround.pop();
            return null;
        }

        /** A type inside a sealed one that extends it is permitted without a clause. */
        private void noteKinds(ClassTree type, String name) {
            for (String around : sealedAround) {
                boolean extendsIt =
                        String.valueOf(type.getExtendsClause()).equals(around)
                                || type.getImplementsClause().stream()
                                        .anyMatch(t -> t.toString().equals(around));
                Set<String> kinds = kindsBySealed.get(around);
                if (!extendsIt || kinds == null) continue;
                kinds.add(name);
                kinds.add(around + "." + name);
            }
        }

        private static Set<String> constantsOf(ClassTree type) {
            Set<String> constants = new HashSet<>();
            for (Tree member : type.getMembers()) {
                // The compiler's tree marks a constant by a field whose type is the enum itself and
                // whose initializer creates it.
                if (member instanceof VariableTree field
                        && String.valueOf(field.getType()).equals(type.getSimpleName().toString())
                        && field.getInitializer() != null) {
                    constants.add(field.getName().toString());
                }
            }
            return constants;
        }
    }
}
