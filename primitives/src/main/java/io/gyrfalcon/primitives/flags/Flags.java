package io.gyrfalcon.primitives.flags;

import io.gyrfalcon.primitives.HotPath;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.Set;

/** All flags of the process and the snapshot of their states. Any thread. */
public final class Flags {
    private static final Flags PROCESS = new Flags();

    private static volatile FlagSet current = FlagSet.NONE;

    private final List<Flag> declared = new ArrayList<>();
    private FlagSources sources = FlagSources.read(System.getProperties(), System.getenv());

    private Flags() {}

    /** The snapshot of now. Read it once per decision, call or connection. */
    @HotPath
    public static FlagSet current() {
        return current;
    }

    /**
     * Every flag of every module on the class path, by name: catalogs are loaded first.
     *
     * @return a copy
     */
    public static Collection<Flag> declared() {
        for (FlagCatalog catalog : ServiceLoader.load(FlagCatalog.class, loader())) {
            catalog.declareAll();
        }
        synchronized (PROCESS) {
            List<Flag> copy = new ArrayList<>(PROCESS.declared);
            copy.sort(Comparator.comparing(Flag::name));
            return copy;
        }
    }

    /**
     * Warns, once, of every setting in the sources that names no flag. Costs nothing where no
     * source says anything; loads the catalogs otherwise. For the start of a server.
     */
    public static void reportUnknown() {
        synchronized (PROCESS) {
            PROCESS.warn();
            if (PROCESS.sources.isEmpty()) return;
        }
        Collection<Flag> known = declared();
        synchronized (PROCESS) {
            Set<String> names = new HashSet<>();
            for (Flag flag : known) names.add(flag.name());
            PROCESS.sources.reportUnknown(names);
            PROCESS.warn();
        }
    }

    /**
     * Switches a flag from now on: whoever reads the next snapshot sees it.
     *
     * @param flag any
     * @param on its new state
     */
    public static void set(Flag flag, boolean on) {
        synchronized (PROCESS) {
            current = current.with(flag.index, on);
        }
    }

    /**
     * Switches a flag until the result is closed. For tests.
     *
     * @param flag any
     * @param on its state until then
     */
    public static FlagOverride override(Flag flag, boolean on) {
        synchronized (PROCESS) {
            FlagOverride override = new FlagOverride(flag, flag.isOn());
            set(flag, on);
            return override;
        }
    }

    static Flag declare(Flag.Declaration text) {
        synchronized (PROCESS) {
            for (Flag flag : PROCESS.declared) {
                if (!flag.name().equals(text.name)) continue;
                throw new IllegalArgumentException("flag: " + text.name + " is declared twice");
            }
            boolean on = PROCESS.sources.isOn(text.name, text.defaultOn);
            Flag flag = new Flag(text, PROCESS.declared.size(), on);
            PROCESS.declared.add(flag);
            current = current.with(flag.index, on);
            PROCESS.warn();
            return flag;
        }
    }

    /** Reads other sources for flags declared later. For tests of this package. */
    static void sources(Properties properties, Map<String, String> environment) {
        synchronized (PROCESS) {
            PROCESS.sources = FlagSources.read(properties, environment);
        }
    }

    private void warn() {
        List<String> warnings = sources.takeWarnings();
        if (warnings.isEmpty()) return;
        System.Logger logger = System.getLogger("io.gyrfalcon.flags");
        for (String warning : warnings) logger.log(System.Logger.Level.WARNING, warning);
    }

    private static ClassLoader loader() {
        ClassLoader own = Flags.class.getClassLoader();
        return own == null ? ClassLoader.getSystemClassLoader() : own;
    }
}
