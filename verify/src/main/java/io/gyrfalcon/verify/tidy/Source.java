package io.gyrfalcon.verify.tidy;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.Trees;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** One parsed file. Immutable. */
public final class Source {
    private final String path;
    private final String text;
    private final CompilationUnitTree unit;
    private final Trees trees;

    private Source(String path, String text, CompilationUnitTree unit, Trees trees) {
        this.path = path;
        this.text = text;
        this.unit = unit;
        this.trees = trees;
    }

    /**
     * Parses texts by path.
     *
     * @throws IllegalArgumentException when one does not parse
     */
    public static List<Source> parse(Map<String, String> textsByPath) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<Text> files = new ArrayList<>();
        for (Map.Entry<String, String> entry : new TreeMap<>(textsByPath).entrySet()) {
            files.add(new Text(entry.getKey(), entry.getValue()));
        }
        List<String> faults = new ArrayList<>();
        JavacTask task =
                (JavacTask)
                        compiler.getTask(
                                null,
                                null,
                                diagnostic -> faults.add(diagnostic.toString()),
                                List.of("-proc:none"),
                                null,
                                files);
        Trees trees = Trees.instance(task);
        List<Source> sources = new ArrayList<>();
        try {
            for (CompilationUnitTree unit : task.parse()) {
                String path = unit.getSourceFile().toUri().getPath().substring(1);
                String text = unit.getSourceFile().getCharContent(true).toString();
                sources.add(new Source(path, text, unit, trees));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException("does not parse: " + faults);
        }
        return sources;
    }

    /** Relative to the root of the repository, with slashes. */
    public String path() {
        return path;
    }

    /** The first folder of the path: {@code http2}. */
    public String module() {
        int slash = path.indexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    /** The file's name without {@code .java}. */
    public String simpleName() {
        String name = path.substring(path.lastIndexOf('/') + 1);
        return name.endsWith(".java") ? name.substring(0, name.length() - 5) : name;
    }

    String text() {
        return text;
    }

    List<String> lines() {
        return text.lines().toList();
    }

    CompilationUnitTree unit() {
        return unit;
    }

    long firstLine(Tree tree) {
        return unit.getLineMap().getLineNumber(positions().getStartPosition(unit, tree));
    }

    long lastLine(Tree tree) {
        return unit.getLineMap().getLineNumber(positions().getEndPosition(unit, tree) - 1);
    }

    long lineAt(int offset) {
        return unit.getLineMap().getLineNumber(offset);
    }

    /** The Javadoc text above a declaration, without its stars. */
    @Nullable String javadoc(TreePath declaration) {
        return trees.getDocComment(declaration);
    }

    private SourcePositions positions() {
        return trees.getSourcePositions();
    }

    private static final class Text extends SimpleJavaFileObject {
        private final String text;

        Text(String path, String text) {
            super(URI.create("tidy:///" + path), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
