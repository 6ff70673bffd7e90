package io.gyrfalcon.verify.floors;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;

import io.gyrfalcon.verify.Repository;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Imports point down, neighbours do not know each other, and the floor below says what is
 * forbidden.
 */
final class FloorsTest {
    private static final List<String> SANS_IO = List.of("http2", "tls", "traffic");
    private static final List<String> BELOW_GRPC =
            List.of("primitives", "eventloop", "tls", "http2", "traffic", "transport");

    private static final JavaClasses PRODUCT =
            new ClassFileImporter()
                    .importPaths(Repository.PRODUCT.stream().map(Repository::classes).toList());

    @Test
    void importsPointDownOnly() {
        check(
                classes()
                        .that(Floors.inModules(Repository.PRODUCT))
                        .should(
                                Floors.import_(
                                        "import only modules of lower floors", Floors::mayImport)));
    }

    @Test
    void packagesOfOneModuleFormNoCycle() {
        check(SlicesRuleDefinition.slices().assignedFrom(byRoom()).should().beFreeOfCycles());
    }

    @Test
    void onlyListedInternalsOfGrpcAreUsed() {
        check(
                classes()
                        .that(Floors.inModules(Repository.PRODUCT))
                        .should(
                                Floors.import_(
                                        "use io.grpc's public API and the listed internals only",
                                        Floors::isAllowedOfGrpc)));
    }

    @Test
    void nothingBelowGrpcKnowsGrpc() {
        check(
                noClasses()
                        .that(Floors.inModules(BELOW_GRPC))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("io.grpc.."));
    }

    @Test
    void theAdaptersKnowNoFrames() {
        check(
                noClasses()
                        .that(Floors.inModules(List.of("grpc")))
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("io.gyrfalcon.http2.frame.."));
    }

    @Test
    void theProductKnowsNoNetty() {
        check(
                noClasses()
                        .that(Floors.inModules(Repository.PRODUCT))
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("io.netty..", "io.grpc.netty.."));
    }

    @Test
    void sansIoModulesHaveNoSocketThreadClockOrChance() {
        check(
                noClasses()
                        .that(Floors.inModules(SANS_IO))
                        .and()
                        // The JDK's key manager has sockets in signatures that have to be there.
                        .doNotHaveFullyQualifiedName("io.gyrfalcon.tls.SingleKey")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("java.net..", "java.nio.channels..", "java.time.."));
        check(
                noClasses()
                        .that(Floors.inModules(SANS_IO))
                        .should()
                        .dependOnClassesThat()
                        .haveNameMatching(
                                "java\\.lang\\.(Thread|ThreadLocal|System\\$Logger)"
                                        + "|java\\.util\\.(Random|Timer)"
                                        + "|java\\.util\\.concurrent\\.(?!atomic).*"
                                        + "|io\\.gyrfalcon\\.primitives\\.time\\.(Clock|SystemClock)"));
        check(
                noClasses()
                        .that(Floors.inModules(SANS_IO))
                        .should()
                        .callMethod(System.class, "nanoTime")
                        .orShould()
                        .callMethod(System.class, "currentTimeMillis"));
    }

    @Test
    void nobodyUsesUnsafe() {
        check(
                noClasses()
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("sun.misc..", "jdk.internal.."));
    }

    @Test
    void noNettyJarIsOnAProductsClassPath() throws Exception {
        for (String module : List.of("grpc", "cli")) {
            Path lib = Repository.root().resolve(module).resolve("target/lib");
            assumeTrue(Files.isDirectory(lib), () -> lib + " is made by `mvn package`");
            try (Stream<Path> jars = Files.list(lib)) {
                assertThat(jars.map(jar -> jar.getFileName().toString()))
                        .isNotEmpty()
                        .noneMatch(name -> name.contains("netty"));
            }
        }
    }

    @Test
    void everyModuleIsLookedAt() {
        assertThat(PRODUCT.stream().map(Floors::moduleOf).distinct())
                .containsExactlyInAnyOrderElementsOf(Floors.BELOW.keySet());
    }

    @Test
    void neighboursAndHigherFloorsAreNotBelow() {
        JavaClass http2 = anyOf("http2");
        assertThat(Floors.mayImport(http2, anyOf("primitives"))).isTrue();
        assertThat(Floors.mayImport(http2, http2)).isTrue();
        assertThat(Floors.mayImport(http2, foreign("java.util.List"))).isTrue();
        assertThat(Floors.mayImport(http2, anyOf("tls"))).isFalse();
        assertThat(Floors.mayImport(http2, anyOf("eventloop"))).isFalse();
        assertThat(Floors.mayImport(http2, anyOf("transport"))).isFalse();
        assertThat(Floors.mayImport(anyOf("traffic"), http2)).isFalse();
        assertThat(Floors.mayImport(anyOf("grpc"), anyOf("cli"))).isFalse();
        assertThat(Floors.mayImport(anyOf("primitives"), anyOf("tls"))).isFalse();
    }

    @Test
    void internalsOfGrpcAreAllowedByNameOnly() {
        assertThat(allowedOfGrpc("java.util.List")).isTrue();
        assertThat(allowedOfGrpc("io.grpc.Metadata")).isTrue();
        assertThat(allowedOfGrpc("io.grpc.InternalMetadata")).isTrue();
        assertThat(allowedOfGrpc("io.grpc.InternalChannelz$ServerStats")).isTrue();
        assertThat(allowedOfGrpc("io.grpc.InternalServiceProviders")).isFalse();
        assertThat(allowedOfGrpc("io.grpc.internal.GrpcUtil")).isFalse();
    }

    private static JavaClass anyOf(String module) {
        return PRODUCT.stream()
                .filter(type -> Floors.moduleOf(type).equals(module))
                .findFirst()
                .orElseThrow();
    }

    private static boolean allowedOfGrpc(String name) {
        return Floors.isAllowedOfGrpc(anyOf("grpc"), foreign(name));
    }

    private static JavaClass foreign(String name) {
        try {
            Class<?> type = Class.forName(name, false, FloorsTest.class.getClassLoader());
            return new ClassFileImporter().importClass(type);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(PRODUCT);
    }

    private static SliceAssignment byRoom() {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return Floors.moduleOf(type).isEmpty()
                        ? SliceIdentifier.ignore()
                        : SliceIdentifier.of(Floors.roomOf(type));
            }

            @Override
            public String getDescription() {
                return "rooms";
            }
        };
    }
}
