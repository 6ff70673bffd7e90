package io.gyrfalcon.verify.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.verify.Child;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import javax.xml.parsers.DocumentBuilderFactory;

/** The conformance suite for RFC 9113 and RFC 7541, strict, against the gRPC port itself. */
class H2specTest {
    private static final int CASES = 146;
    private static final int SECONDS = 240;

    @TempDir Path folder;

    @Test
    void allCasesPassAndNoneIsSkipped() throws Exception {
        Path h2spec = Tools.require("h2spec");
        Path report = folder.resolve("h2spec.xml");
        try (Target target = new Target();
                Child child =
                        Child.start(
                                List.of(
                                        h2spec.toString(),
                                        "--strict",
                                        "--host=127.0.0.1",
                                        "--port=" + target.port(),
                                        "--timeout=4",
                                        "--junit-report=" + report))) {
            int exit = child.await(SECONDS);

            List<String> others = new ArrayList<>();
            int passed = passed(report, others);

            assertThat(others).as(child.output()).isEmpty();
            assertThat(passed).isEqualTo(CASES);
            assertThat(exit).isZero();
        }
    }

    /** Counts the cases that passed, and names those that failed or were skipped. */
    private static int passed(Path report, List<String> others) throws Exception {
        NodeList cases =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(report.toFile())
                        .getElementsByTagName("testcase");
        int passed = 0;
        for (int i = 0; i < cases.getLength(); i++) {
            Element element = (Element) cases.item(i);
            String outcome = outcome(element);
            if (outcome.equals("passed")) passed++;
            else others.add(outcome + " " + name(element));
        }
        return passed;
    }

    private static String outcome(Element element) {
        for (String outcome : List.of("failure", "error", "skipped")) {
            if (element.getElementsByTagName(outcome).getLength() > 0) return outcome;
        }
        return "passed";
    }

    private static String name(Element element) {
        return element.getAttribute("package")
                + " "
                + element.getAttribute("classname")
                + " "
                + element.getAttribute("name");
    }
}
