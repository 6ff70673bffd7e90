package io.gyrfalcon.verify.tidy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The checker's own tests: each rule at its limit, beyond it, and where it must keep quiet. */
final class TidyTest {
    @Test
    void aMethodOfSixtyLinesFitsAndOneMoreDoesNot() {
        assertThat(rules("http2/A.java", methodOf(60))).isEmpty();
        assertThat(rules("http2/A.java", methodOf(61))).containsExactly("size");
    }

    @Test
    void aFileOfSixHundredLinesFitsAndOneMoreDoesNot() {
        assertThat(rules("http2/A.java", "final class A {}\n" + "\n".repeat(599))).isEmpty();
        assertThat(rules("http2/A.java", "final class A {}\n" + "\n".repeat(600)))
                .containsExactly("size");
    }

    @Test
    void aLineOfAHundredColumnsFitsAndOneMoreDoesNot() {
        String comment = "// " + "é".repeat(97);
        assertThat(rules("http2/A.java", comment + "\nfinal class A {}")).isEmpty();
        assertThat(rules("http2/A.java", comment + "é\nfinal class A {}")).containsExactly("size");
    }

    @Test
    void anImportMayBeWide() {
        String wide = "import " + "a".repeat(60) + "." + "B".repeat(60) + ";\n";
        assertThat(rules("http2/A.java", wide + "final class A {}")).isEmpty();
    }

    @Test
    void aTypeIsPublicBecauseItsPackageListsIt() {
        String type = "public interface Frame {}";
        assertThat(rules("http2/A.java", type)).containsExactly("public-type");
        assertThat(rules("stress/A.java", type)).isEmpty();
        assertThat(rules("http2/A.java", "interface Frame { public interface Part {} }")).isEmpty();
        String list = "/** Public: {@link a.%s}. */ package a;";
        Map<String, String> texts = new TreeMap<>(Map.of("http2/A.java", type));
        texts.put("http2/package-info.java", list.formatted("Frame"));
        assertThat(rules(texts)).isEmpty();
        texts.put("http2/package-info.java", list.formatted("FrameType"));
        assertThat(rules(texts)).containsExactly("public-type");
    }

    @Test
    void namesThatSayNothingAreRefusedInsideOthersToo() {
        assertThat(rules("http2/A.java", "final class FrameUtil {}")).containsExactly("type-name");
        assertThat(rules("http2/A.java", "final class A { enum FrameInfo { X } }"))
                .containsExactly("type-name");
        assertThat(rules("http2/A.java", "final class DefaultFrame {}"))
                .containsExactly("type-name");
        assertThat(rules("http2/A.java", "final class Database {}")).isEmpty();
        assertThat(rules("http2/A.java", "final class DataFrame {}")).isEmpty();
    }

    @Test
    void clocksAreReadOnlyByTheClock() {
        String text = "final class A { long now() { return System.nanoTime(); } }";
        assertThat(rules("transport/x/A.java", text)).containsExactly("banned-call");
        assertThat(rules("primitives/x/SystemClock.java", text)).isEmpty();
        assertThat(rules("bench/x/A.java", text)).isEmpty();
    }

    @Test
    void aCallIsFoundQualifiedAndByStaticImport() {
        assertThat(
                        rules(
                                "grpc/A.java",
                                "final class A { long now() { return java.lang.System.nanoTime(); } }"))
                .containsExactly("banned-call");
        assertThat(
                        rules(
                                "grpc/A.java",
                                "import static java.lang.System.nanoTime; final class A {}"))
                .containsExactly("banned-call");
    }

    @Test
    void threadsAreMadeByTheEventLoopAlone() {
        String text = "final class A { Thread t() { return new Thread(); } }";
        assertThat(rules("http2/A.java", text)).containsExactly("banned-call");
        assertThat(rules("eventloop/A.java", text)).isEmpty();
    }

    @Test
    void unsafeIsRefusedEverywhere() {
        assertThat(rules("bench/A.java", "import sun.misc.Unsafe; final class A {}"))
                .containsExactly("banned-call");
        assertThat(rules("bench/A.java", "import jdk.internal.misc.VM; final class A {}"))
                .containsExactly("banned-call");
        assertThat(
                        rules(
                                "bench/A.java",
                                "final class A { Object u() { return Unsafe.getUnsafe(); } }"))
                .containsExactly("banned-call");
    }

    @Test
    void formattingIsRefusedOnTheHotPathOnly() {
        String body = "{ String s(int i) { return String.format(\"%d\", i); } }";
        assertThat(rules("http2/A.java", "@HotPath final class A " + body))
                .containsExactly("banned-call");
        assertThat(rules("http2/A.java", "@HotPath final class A { static class B " + body + " }"))
                .containsExactly("banned-call");
        assertThat(rules("http2/A.java", "final class A " + body)).isEmpty();
    }

    @Test
    void aFindingSaysWhatToDoInstead() {
        List<Finding> findings =
                Tidy.check(
                        Map.of(
                                "tls/A.java",
                                "\nfinal class A { Object r() { return new Random(); } }"));
        assertThat(findings)
                .singleElement()
                .hasToString(
                        "tls/A.java:2 [banned-call] new Random: take randomness as an argument");
    }

    @Test
    void aSwitchOverAnEnumOfOursHasNoDefault() {
        String color = "enum Color { RED, GREEN, BLUE }";
        String open = switchOver("case RED, GREEN -> 1; default -> 2;");
        String closed = switchOver("case RED, GREEN -> 1; case BLUE -> 2;");
        assertThat(rules(Map.of("http2/Color.java", color, "http2/A.java", open)))
                .containsExactly("open-switch");
        assertThat(rules(Map.of("http2/Color.java", color, "http2/A.java", closed))).isEmpty();
    }

    @Test
    void aLabelMayBeWrittenWithItsEnum() {
        String color = "enum Color { RED, GREEN, BLUE }";
        String open = switchOver("case Color.RED -> 1; default -> 2;");
        assertThat(rules(Map.of("http2/Color.java", color, "http2/A.java", open)))
                .containsExactly("open-switch");
    }

    @Test
    void aSwitchStatementWithoutArrowsIsSeenToo() {
        String color = "enum Color { RED, GREEN }";
        String open =
                "final class A { void f(Color c) { switch (c) { case RED: break; default: f(c); } } }";
        assertThat(rules(Map.of("http2/Color.java", color, "http2/A.java", open)))
                .containsExactly("open-switch");
    }

    @Test
    void aSwitchOverIntegersOrOthersEnumsMayHaveADefault() {
        String color = "enum Color { RED, GREEN, BLUE }";
        String integers =
                "final class A { static final int RED = 1; int f(int c) {\n"
                        + " return switch (c) { case RED -> 1; default -> 2; }; } }";
        String imported =
                "import static x.Numbers.RED; " + switchOver("case RED -> 1; default -> 2;");
        String qualified = switchOver("case Numbers.RED -> 1; default -> 2;");
        assertThat(rules(Map.of("http2/Color.java", color, "http2/A.java", imported))).isEmpty();
        assertThat(rules(Map.of("http2/Color.java", color, "http2/A.java", qualified))).isEmpty();
        String others = switchOver("case MONDAY -> 1; default -> 2;");
        assertThat(rules(Map.of("http2/Color.java", color, "http2/A.java", integers))).isEmpty();
        assertThat(rules(Map.of("http2/Color.java", color, "http2/A.java", others))).isEmpty();
    }

    @Test
    void aSwitchOverASealedTypeOfOursHasNoDefault() {
        String shape = "sealed interface Shape { record Dot() implements Shape {} }";
        String open = switchOver("case Shape.Dot d -> 1; default -> 2;");
        assertThat(rules(Map.of("http2/Shape.java", shape, "http2/A.java", open)))
                .containsExactly("open-switch");
        String permits = "sealed interface Shape permits Dot {} record Dot() implements Shape {}";
        String record = switchOver("case Dot() -> 1; default -> 2;");
        assertThat(rules(Map.of("http2/Shape.java", permits, "http2/A.java", record)))
                .containsExactly("open-switch");
    }

    @Test
    void citationsHaveOneForm() {
        for (String good :
                List.of(
                        "RFC 9113 §6.9.2",
                        "RFC 9113 §8. And more",
                        "RFC 7541 Appendix C.1",
                        "RFC 9113 and RFC 7541",
                        "RFC 7540 §5.3.1, RFC 9113 §5.1")) {
            assertThat(rules("http2/A.java", "// " + good + "\nfinal class A {}"))
                    .as(good)
                    .isEmpty();
        }
        for (String bad :
                List.of(
                        "RFC9113 §6.9",
                        "rfc 9113",
                        "RFC-9113",
                        "RFC 9113 6.9",
                        "RFC 9113, section 6.9",
                        "RFC 9113 Section 6",
                        "RFC 9113 §",
                        "RFC 9113 § 6.9",
                        "see §6.9")) {
            assertThat(rules("http2/A.java", "// " + bad + "\nfinal class A {}"))
                    .as(bad)
                    .isNotEmpty()
                    .containsOnly("citation");
        }
    }

    @Test
    void aCitationMayBeWrapped() {
        for (String good :
                List.of("RFC\n * 9113 §8", "RFC 9113\n * §8.1", "RFC 7541\n * Appendix C")) {
            assertThat(rules("http2/A.java", "/**\n * " + good + ". */ final class A {}"))
                    .as(good)
                    .isEmpty();
        }
        assertThat(rules("http2/A.java", "/**\n * RFC\n * 9113 8.1. */ final class A {}"))
                .containsExactly("citation");
    }

    @Test
    void onlyCommentsAreReadForWords() {
        String text =
                "final class A { String s = \"// TODO \\\" §\"; char q = '\"'; String b = \"\"\"\n"
                        + " \\\"\"\" // TODO \"\"\"; }";
        assertThat(rules("bench/A.java", "/** Any thread. */ " + text)).isEmpty();
    }

    @Test
    void whatIsLeftOpenNamesItsDecision() {
        assertThat(rules("http2/A.java", "// TODO(0042) grow\nfinal class A {}")).isEmpty();
        assertThat(rules("http2/A.java", "// TODO grow\nfinal class A {}"))
                .containsExactly("loose-end");
        assertThat(rules("http2/A.java", "/* FIXME(0042) */ final class A {}"))
                .containsExactly("loose-end");
    }

    @Test
    void aClassWithFieldsThatChangeNamesItsOwner() {
        String body = " final class A { int count; static class B { int more; } }";
        assertThat(rules("http2/A.java", "/** Counts. */" + body)).contains("owner");
        assertThat(rules("http2/A.java", "/** Counts. Loop-owned. */" + body)).isEmpty();
        assertThat(rules("http2/A.java", "/** Counts; any thread. */" + body)).isEmpty();
        assertThat(rules("http2/A.java", "@LoopOwned" + body)).isEmpty();
        assertThat(rules("http2/A.java", "/** Counts.\n *\n * <p>Loop-owned. */" + body))
                .contains("owner");
    }

    @Test
    void classesThatCannotChangeNeedNoOwner() {
        assertThat(
                        rules(
                                "http2/A.java",
                                "final class A { final int a = 1; static final int B = 2; }"))
                .isEmpty();
        assertThat(rules("http2/A.java", "record A(int a) {}")).isEmpty();
        assertThat(rules("http2/A.java", "enum A { X; int a; }")).isEmpty();
    }

    @Test
    void aTextThatDoesNotParseIsSaid() {
        assertThatThrownBy(() -> rules("http2/A.java", "final class {"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("does not parse");
    }

    private static String switchOver(String cases) {
        return "final class A { int f(Object c) { return switch (c) { " + cases + " }; } }";
    }

    private static String methodOf(int lines) {
        return "final class A {\n  void f() {\n" + "\n".repeat(lines - 2) + "  }\n}\n";
    }

    private static List<String> rules(String path, String text) {
        return rules(Map.of(path, text));
    }

    private static List<String> rules(Map<String, String> texts) {
        return Tidy.check(texts).stream().map(Finding::rule).toList();
    }
}
