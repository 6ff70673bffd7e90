package io.gyrfalcon.verify.tidy;

import com.sun.source.tree.BindingPatternTree;
import com.sun.source.tree.CaseLabelTree;
import com.sun.source.tree.CaseTree;
import com.sun.source.tree.ConstantCaseLabelTree;
import com.sun.source.tree.DeconstructionPatternTree;
import com.sun.source.tree.DefaultCaseLabelTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.PatternCaseLabelTree;
import com.sun.source.tree.SwitchExpressionTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreeScanner;

import org.jspecify.annotations.Nullable;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

import javax.lang.model.element.Modifier;

/**
 * A switch over an enum or sealed type of ours has no {@code default}: a new constant must break
 * the build. Labels that the file itself declares as constants are left alone (integers may share
 * an enum's names). Immutable.
 */
final class OpenSwitches implements Rule {
    private final OwnTypes types;

    OpenSwitches(OwnTypes types) {
        this.types = types;
    }

    @Override
    public String name() {
        return "open-switch";
    }

    @Override
    public void check(Source source, BiConsumer<Long, String> report) {
        Fields fields = new Fields();
        fields.scan(source.unit(), null);
        new TreeScanner<@Nullable Void, @Nullable Void>() {
            @Override
            public @Nullable Void visitSwitch(SwitchTree tree, @Nullable Void unused) {
                judge(tree, tree.getCases());
                return super.visitSwitch(tree, null);
            }

            @Override
            public @Nullable Void visitSwitchExpression(
                    SwitchExpressionTree tree, @Nullable Void unused) {
                judge(tree, tree.getCases());
                return super.visitSwitchExpression(tree, null);
            }

            private void judge(Tree tree, List<? extends CaseTree> cases) {
                String type = openOver(cases, fields.constants);
                if (type == null) return;
                report.accept(
                        source.firstLine(tree),
                        "a switch over "
                                + type
                                + " with `default`: name what is left, so that a new constant"
                                + " breaks the build");
            }
        }.scan(source.unit(), null);
    }

    private @Nullable String openOver(List<? extends CaseTree> cases, Set<String> ownFields) {
        boolean hasDefault = false;
        Set<String> constants = new HashSet<>();
        Set<String> kinds = new HashSet<>();
        for (CaseTree branch : cases) {
            for (CaseLabelTree label : branch.getLabels()) {
                if (label instanceof DefaultCaseLabelTree) hasDefault = true;
                if (label instanceof ConstantCaseLabelTree constant) {
                    constants.add(constant.getConstantExpression().toString());
                }
                if (label instanceof PatternCaseLabelTree pattern) kinds.add(typeOf(pattern));
            }
        }
        constants.remove("null");
        if (!hasDefault) return null;
        if (!kinds.isEmpty()) return types.sealedWith(kinds);
        String type = types.enumWith(simpleNames(constants));
        return type != null && areConstantsOf(type, constants, ownFields) ? type : null;
    }

    /** A label may be written with its enum; with another type before it, it is a number's name. */
    private static boolean areConstantsOf(String type, Set<String> labels, Set<String> ownFields) {
        for (String label : labels) {
            int dot = label.lastIndexOf('.');
            if (dot < 0 && ownFields.contains(label)) return false;
            if (dot >= 0 && !("." + label.substring(0, dot)).endsWith("." + type)) return false;
        }
        return true;
    }

    private static Set<String> simpleNames(Set<String> labels) {
        Set<String> names = new HashSet<>();
        for (String label : labels) names.add(label.substring(label.lastIndexOf('.') + 1));
        return names;
    }

    private static String typeOf(PatternCaseLabelTree label) {
        Tree pattern = label.getPattern();
        if (pattern instanceof BindingPatternTree binding) {
            return String.valueOf(binding.getVariable().getType());
        }
        if (pattern instanceof DeconstructionPatternTree record) {
            return record.getDeconstructor().toString();
        }
        return pattern.toString();
    }

    /** Names of the numbers of one file, its own and those imported. Owned by one call. */
    private static final class Fields extends TreeScanner<@Nullable Void, @Nullable Void> {
        final Set<String> constants = new HashSet<>();

        @Override
        public @Nullable Void visitImport(ImportTree tree, @Nullable Void unused) {
            String name = tree.getQualifiedIdentifier().toString();
            if (tree.isStatic()) constants.add(name.substring(name.lastIndexOf('.') + 1));
            return null;
        }

        @Override
        public @Nullable Void visitVariable(VariableTree field, @Nullable Void unused) {
            Set<Modifier> flags = field.getModifiers().getFlags();
            boolean isPrimitive = field.getType() instanceof com.sun.source.tree.PrimitiveTypeTree;
            if (isPrimitive && flags.contains(Modifier.STATIC) && flags.contains(Modifier.FINAL)) {
                constants.add(field.getName().toString());
            }
            return super.visitVariable(field, null);
        }
    }
}
