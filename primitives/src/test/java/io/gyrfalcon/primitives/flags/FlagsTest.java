package io.gyrfalcon.primitives.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

class FlagsTest {
    private static final AtomicInteger NEXT = new AtomicInteger();

    private final Properties properties = new Properties();
    private final List<String> warnings = new ArrayList<>();
    private final Logger logger = Logger.getLogger("io.gyrfalcon.flags");
    private final Handler handler =
            new Handler() {
                @Override
                public void publish(LogRecord record) {
                    warnings.add(record.getMessage());
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    @TempDir Path folder;

    @BeforeEach
    void listen() {
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
    }

    @AfterEach
    void restore() {
        logger.removeHandler(handler);
        logger.setUseParentHandlers(true);
        Flags.sources(System.getProperties(), System.getenv());
    }

    private static String fresh() {
        return "test.some-flag-" + NEXT.incrementAndGet();
    }

    private static Flag declare(String name, boolean defaultOn) {
        return Flag.declare(name, "does it", "process", defaultOn, "does it not");
    }

    private void sources(Map<String, String> environment) {
        Flags.sources(properties, environment);
    }

    @Test
    void aFlagIsAsDeclaredWhereNobodySaysOtherwise() {
        Flag flag = declare(fresh(), true);
        assertThat(flag.isOn()).isTrue();
        assertThat(flag.isDefaultOn()).isTrue();
        assertThat(flag.what()).isEqualTo("does it");
        assertThat(flag.whenOff()).isEqualTo("does it not");
        assertThat(flag.scope()).isEqualTo("process");
        assertThat(flag).hasToString(flag.name());
        assertThat(declare(fresh(), false).isOn()).isFalse();
        assertThat(warnings).isEmpty();
    }

    @Test
    void aSystemPropertyBeatsTheEnvironmentAndThatTheFile() throws IOException {
        String name = fresh();
        String variable = FlagSources.variableOf(name);
        assertThat(variable).startsWith("GYRFALCON_FLAG_TEST_SOME_FLAG_");
        Path file = Files.writeString(folder.resolve("flags"), name + " = off # why\n\n# all\n");
        properties.setProperty(FlagSources.FILE_PROPERTY, file.toString());
        Flags.sources(properties, Map.of("OTHER", "x"));
        FlagSources sources = FlagSources.read(properties, Map.of());
        assertThat(sources.isOn(name, true)).isFalse();
        sources = FlagSources.read(properties, Map.of(variable, "ON"));
        assertThat(sources.isOn(name, false)).isTrue();
        properties.setProperty(FlagSources.PROPERTY_PREFIX + name, " off ");
        sources = FlagSources.read(properties, Map.of(variable, "ON"));
        assertThat(sources.isOn(name, true)).isFalse();
        assertThat(sources.takeWarnings()).isEmpty();
        assertThat(declare(name, true).isOn()).isFalse();
    }

    @Test
    void aValueThatIsNeitherOnNorOffIsOneWarning() {
        String name = fresh();
        properties.setProperty(FlagSources.PROPERTY_PREFIX + name, "yes");
        sources(Map.of());
        assertThat(declare(name, true).isOn()).isTrue();
        assertThat(warnings)
                .containsExactly(
                        "system property gyrfalcon.flag."
                                + name
                                + ": yes (expected: on or off); ignored");
    }

    @Test
    void aNameThatNobodyDeclaredIsReportedOnce() throws IOException {
        Path file = Files.writeString(folder.resolve("flags"), "test.no-such = on\n");
        properties.setProperty(FlagSources.FILE_PROPERTY, file.toString());
        properties.setProperty(FlagSources.PROPERTY_PREFIX + "test.nothing", "on");
        properties.setProperty(FlagSources.PROPERTY_PREFIX + CatalogFlags.LISTED_NAME, "on");
        sources(Map.of("GYRFALCON_FLAG_TEST_NONE", "off"));
        Flags.reportUnknown();
        Flags.reportUnknown();
        assertThat(warnings)
                .containsExactly(
                        "system property gyrfalcon.flag.test.nothing: there is no such flag;"
                                + " ignored",
                        file + ", line 1, test.no-such: there is no such flag; ignored",
                        "variable GYRFALCON_FLAG_TEST_NONE: there is no such flag; ignored");
    }

    @Test
    void aPropertyThatIsCalledAsAFlagIsReportedOnce() {
        properties.setProperty("gyrfalcon." + CatalogFlags.LISTED_NAME, "off");
        properties.setProperty("gyrfalcon.something-else", "4");
        sources(Map.of());
        Flags.reportUnknown();
        Flags.reportUnknown();
        assertThat(warnings)
                .containsExactly(
                        "system property gyrfalcon."
                                + CatalogFlags.LISTED_NAME
                                + " (expected: gyrfalcon.flag."
                                + CatalogFlags.LISTED_NAME
                                + "); ignored");
    }

    @Test
    void withoutSourcesThereIsNothingToReport() {
        sources(Map.of());
        Flags.reportUnknown();
        assertThat(warnings).isEmpty();
    }

    @Test
    void aFileThatIsNotThereOrNotTextOrMalformedIsOneWarningEach() throws IOException {
        assertThat(fileWarnings(folder.resolve("absent")))
                .singleElement()
                .asString()
                .contains("no");
        assertThat(fileWarnings(folder)).singleElement().asString().contains("cannot be read");
        assertThat(fileWarnings("a\0b")).singleElement().asString().contains("is no path");
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xFF, 0});
        assertThat(fileWarnings(binary)).singleElement().asString().contains("UTF-8");
        Path bad = folder.resolve("bad");
        Files.write(bad, "= on\njust words\n".getBytes(StandardCharsets.UTF_8));
        assertThat(fileWarnings(bad))
                .containsExactly(
                        bad + ", line 1: = on (expected: name = on|off); ignored",
                        bad + ", line 2: just words (expected: name = on|off); ignored");
    }

    private static List<String> fileWarnings(Path file) {
        return fileWarnings(file.toString());
    }

    private static List<String> fileWarnings(String file) {
        Properties properties = new Properties();
        properties.put("not a string", 1);
        properties.put(12, "not a string");
        properties.setProperty(FlagSources.FILE_PROPERTY, file);
        FlagSources sources = FlagSources.read(properties, Map.of());
        assertThat(sources.isEmpty()).isTrue();
        return sources.takeWarnings();
    }

    @Test
    void aPropertyThatIsNoStringIsNoSetting() {
        properties.put(FlagSources.PROPERTY_PREFIX + "test.number", 1);
        assertThat(FlagSources.read(properties, Map.of()).isEmpty()).isTrue();
    }

    @Test
    void aSnapshotDoesNotChangeWhenAFlagIsSwitched() {
        Flag flag = declare(fresh(), false);
        FlagSet before = Flags.current();
        Flags.set(flag, true);
        assertThat(flag.isOn()).isTrue();
        assertThat(flag.isOn(before)).isFalse();
        assertThat(before.isOn(flag)).isFalse();
        Flags.set(flag, false);
        assertThat(flag.isOn()).isFalse();
    }

    @Test
    void aFlagDeclaredAfterASnapshotIsInItAsTheSourcesSaid() {
        FlagSet before = Flags.current();
        String name = fresh();
        properties.setProperty(FlagSources.PROPERTY_PREFIX + name, "on");
        sources(Map.of());
        Flag flag = declare(name, false);
        Flags.set(flag, false);
        assertThat(flag.isOn(before)).isTrue();
        assertThat(flag.isOn()).isFalse();
    }

    @Test
    void anOverrideEndsWhenItIsClosed() {
        Flag flag = declare(fresh(), true);
        try (FlagOverride off = Flags.override(flag, false)) {
            assertThat(flag.isOn()).isFalse();
        }
        assertThat(flag.isOn()).isTrue();
    }

    @Test
    void aNameIsDeclaredOnceAndWellFormed() {
        String name = fresh();
        declare(name, true);
        assertThatThrownBy(() -> declare(name, true)).hasMessageContaining("declared twice");
        for (String bad : new String[] {"", "Upper", "a_b", "a b", "x".repeat(65)}) {
            assertThatThrownBy(() -> declare(bad, true))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected");
        }
    }

    @Test
    void allFlagsAreListedByNameWithThoseOfTheCatalogs() {
        Flag flag = declare(fresh(), true);
        assertThat(Flags.declared()).contains(flag);
        List<String> names = new ArrayList<>();
        for (Flag one : Flags.declared()) names.add(one.name());
        assertThat(names).contains(CatalogFlags.LISTED_NAME).isSorted();
    }
}
