package io.gyrfalcon.primitives.flags;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/** What was said about flags from outside, read once. Owned by {@link Flags}, under its monitor. */
final class FlagSources {
    static final String OWN_PREFIX = "gyrfalcon.";
    static final String PROPERTY_PREFIX = "gyrfalcon.flag.";
    static final String VARIABLE_PREFIX = "GYRFALCON_FLAG_";
    static final String FILE_PROPERTY = "gyrfalcon.flags.file";

    /** One setting: where it stands, the name as written there, and what it says. */
    record Setting(String origin, String key, String value) {}

    private final Map<String, Setting> properties = new LinkedHashMap<>();
    private final Map<String, Setting> variables = new LinkedHashMap<>();
    private final Map<String, Setting> lines = new LinkedHashMap<>();

    /** Properties of ours that set no flag, without {@link #OWN_PREFIX}: some may be meant to. */
    private final Set<String> others = new LinkedHashSet<>();

    private final List<String> warnings = new ArrayList<>();

    /** Reads the three sources; a file that cannot be read is a warning. */
    static FlagSources read(Properties properties, Map<String, String> environment) {
        FlagSources sources = new FlagSources();
        for (Object key : properties.keySet()) {
            if (!(key instanceof String name) || !name.startsWith(OWN_PREFIX)) continue;
            if (name.equals(FILE_PROPERTY)) continue;
            if (!name.startsWith(PROPERTY_PREFIX)) {
                sources.others.add(name.substring(OWN_PREFIX.length()));
                continue;
            }
            String value = properties.getProperty(name);
            if (value == null) continue;
            String flag = name.substring(PROPERTY_PREFIX.length());
            sources.properties.put(flag, new Setting("system property ".concat(name), flag, value));
        }
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            String name = variable.getKey();
            if (!name.startsWith(VARIABLE_PREFIX)) continue;
            Setting setting = new Setting("variable ".concat(name), name, variable.getValue());
            sources.variables.put(name, setting);
        }
        String file = properties.getProperty(FILE_PROPERTY);
        if (file != null) sources.readFile(file);
        return sources;
    }

    /** Whether nothing was said. */
    boolean isEmpty() {
        return properties.isEmpty() && variables.isEmpty() && lines.isEmpty() && others.isEmpty();
    }

    /** Warnings not taken yet. */
    List<String> takeWarnings() {
        List<String> taken = List.copyOf(warnings);
        warnings.clear();
        return taken;
    }

    /** The state of a flag; a value that is neither on nor off is a warning and does not count. */
    boolean isOn(String flag, boolean defaultOn) {
        boolean on = defaultOn;
        // From the weakest to the strongest, so that every bad value is reported.
        on = stateOf(lines.get(flag), on);
        on = stateOf(variables.get(variableOf(flag)), on);
        return stateOf(properties.get(flag), on);
    }

    /**
     * Adds a warning for each setting of a flag that nobody declared, and for each property that is
     * called as a flag is; forgets them.
     */
    void reportUnknown(Set<String> names) {
        for (String other : others) {
            if (!names.contains(other)) continue;
            warnings.add(
                    "system property "
                            + OWN_PREFIX
                            + other
                            + " (expected: "
                            + PROPERTY_PREFIX
                            + other
                            + "); ignored");
        }
        others.clear();
        reportUnknown(properties, names);
        reportUnknown(lines, names);
        Set<String> known = new HashSet<>();
        for (String name : names) known.add(variableOf(name));
        reportUnknown(variables, known);
    }

    static String variableOf(String flag) {
        String upper = flag.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
        return VARIABLE_PREFIX.concat(upper);
    }

    private boolean stateOf(@Nullable Setting setting, boolean otherwise) {
        if (setting == null) return otherwise;
        String value = setting.value.strip();
        if (value.equalsIgnoreCase("on")) return true;
        if (value.equalsIgnoreCase("off")) return false;
        warnings.add(setting.origin + ": " + setting.value + " (expected: on or off); ignored");
        return otherwise;
    }

    private void reportUnknown(Map<String, Setting> settings, Set<String> names) {
        settings.values()
                .removeIf(
                        setting -> {
                            if (names.contains(setting.key)) return false;
                            warnings.add(setting.origin + ": there is no such flag; ignored");
                            return true;
                        });
    }

    private void readFile(String file) {
        try {
            List<String> text = Files.readAllLines(Path.of(file));
            for (int i = 0; i < text.size(); i++) readLine(file + ", line " + (i + 1), text.get(i));
        } catch (InvalidPathException e) {
            warnings.add("flags file " + file + ": is no path: " + e.getReason() + "; ignored");
        } catch (NoSuchFileException e) {
            warnings.add("flags file " + file + ": there is no such file; ignored");
        } catch (MalformedInputException e) {
            warnings.add("flags file " + file + ": is not UTF-8 text; ignored");
        } catch (IOException e) {
            warnings.add("flags file " + file + ": cannot be read: " + e + "; ignored");
        }
    }

    private void readLine(String origin, String text) {
        int comment = text.indexOf('#');
        String line = (comment < 0 ? text : text.substring(0, comment)).strip();
        if (line.isEmpty()) return;
        int equals = line.indexOf('=');
        if (equals < 1) {
            warnings.add(origin + ": " + line + " (expected: name = on|off); ignored");
            return;
        }
        String name = line.substring(0, equals).strip();
        String value = line.substring(equals + 1).strip();
        lines.put(name, new Setting(origin + ", " + name, name, value));
    }
}
