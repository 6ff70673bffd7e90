package io.gyrfalcon.verify.tidy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Applies every rule to every source. Without state: any thread. */
public final class Tidy {
    private Tidy() {}

    /**
     * The findings in the main sources of every module under {@code root}; generated ones are not
     * among them.
     */
    public static List<Finding> checkRepository(Path root) throws IOException {
        Map<String, String> texts = new TreeMap<>();
        for (Path module : modulesOf(root)) readInto(texts, root, module.resolve("src/main/java"));
        return check(texts);
    }

    /**
     * The findings in some texts by path (relative to the root, with slashes), in the order of path
     * and line.
     */
    public static List<Finding> check(Map<String, String> textsByPath) {
        List<Source> sources = Source.parse(textsByPath);
        List<Rule> rules =
                List.of(
                        new Sizes(),
                        new BannedNames(),
                        new BannedCalls(),
                        new OpenSwitches(OwnTypes.of(sources)),
                        new Citations(),
                        new LooseEnds(),
                        new Owners(),
                        PublicTypes.of(sources));
        List<Finding> findings = new ArrayList<>();
        for (Source source : sources) {
            for (Rule rule : rules) {
                rule.check(
                        source,
                        (line, message) ->
                                findings.add(
                                        new Finding(source.path(), line, rule.name(), message)));
            }
        }
        return findings;
    }

    /**
     * Prints the findings of the repository at the first argument; ends with 1 when there are any.
     */
    public static void main(String[] arguments) throws IOException {
        List<Finding> findings =
                checkRepository(Path.of(arguments.length > 0 ? arguments[0] : "."));
        for (Finding finding : findings) System.out.println(finding);
        if (!findings.isEmpty()) System.exit(1);
    }

    private static List<Path> modulesOf(Path root) throws IOException {
        try (Stream<Path> folders = Files.list(root)) {
            return folders.filter(folder -> Files.exists(folder.resolve("pom.xml"))).toList();
        }
    }

    private static void readInto(Map<String, String> texts, Path root, Path folder)
            throws IOException {
        if (!Files.isDirectory(folder)) return;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                texts.put(
                        root.relativize(file).toString().replace('\\', '/'),
                        Files.readString(file));
            }
        }
    }
}
