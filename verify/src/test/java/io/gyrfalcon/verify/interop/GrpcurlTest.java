package io.gyrfalcon.verify.interop;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gyrfalcon.verify.Child;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** grpcurl, which learns every message through reflection. */
class GrpcurlTest {
    private static final String SERVICE = "grpc.testing.TestService/";
    private static final int SECONDS = 60;

    private static Path grpcurl;
    private static Target target;

    @BeforeAll
    static void start() throws IOException {
        grpcurl = Tools.require("grpcurl");
        target = new Target();
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (target != null) target.close();
    }

    @Test
    void reflectionListsAndDescribes() throws Exception {
        assertThat(ok(List.of(), "list"))
                .contains("grpc.testing.TestService", "grpc.health.v1.Health")
                .contains("grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha");
        assertThat(ok(List.of(), "describe", "grpc.testing.TestService"))
                .contains("rpc UnaryCall ( .grpc.testing.SimpleRequest )")
                .contains("rpc FullDuplexCall ( stream ");
    }

    @Test
    void aUnaryCallIsAnswered() throws Exception {
        assertThat(ok(List.of("-d", "{\"responseSize\": 4}"), SERVICE + "UnaryCall"))
                .contains("\"body\": \"AAAAAA==\"");
        assertThat(ok(List.of(), "grpc.health.v1.Health/Check")).contains("SERVING");
    }

    @Test
    void streamsPassBothWays() throws Exception {
        String three = "{\"responseParameters\": [{\"size\": 1}, {\"size\": 2}, {\"size\": 3}]}";
        assertThat(ok(List.of("-d", three), SERVICE + "StreamingOutputCall"))
                .contains("\"AA==\"", "\"AAA=\"", "\"AAAA\"");
        String twice = "{\"payload\": {\"body\": \"AAAA\"}} {\"payload\": {\"body\": \"AAAA\"}}";
        assertThat(ok(List.of("-d", twice), SERVICE + "StreamingInputCall"))
                .containsPattern("(?i)aggregated_?payload_?size\": 6");
        assertThat(ok(List.of("-d", three + three), SERVICE + "FullDuplexCall"))
                .containsPattern("(?s)AAAA.*AA==.*AAAA");
    }

    @Test
    void aDeadlineEndsTheCall() throws Exception {
        String late = "{\"responseParameters\": [{\"size\": 1, \"intervalUs\": 9000000}]}";
        List<String> options = List.of("-max-time", "0.5", "-d", late);
        try (Child child = start(options, SERVICE + "StreamingOutputCall")) {
            assertThat(child.await(SECONDS)).isNotZero();
            assertThat(child.output()).contains("DeadlineExceeded");
        }
    }

    @Test
    void aClientThatGoesAwayCancelsItsCall() throws Exception {
        int before = target.cancelled();
        try (Child child = start(List.of("-d", "@"), SERVICE + "FullDuplexCall")) {
            OutputStream input = child.input();
            input.write("{\"responseParameters\": [{\"size\": 3}]}\n".getBytes(UTF_8));
            input.flush();
            child.awaitOutput("AAAA", SECONDS);
            child.interrupt();
            child.await(SECONDS);
        }
        target.awaitCancelled(before + 1);
    }

    @Test
    void metadataComesBack() throws Exception {
        List<String> options =
                List.of(
                        "-v",
                        "-H",
                        "x-grpc-test-echo-initial: first",
                        "-H",
                        "x-grpc-test-echo-trailing-bin: AKv/",
                        "-d",
                        "{\"responseSize\": 1}");
        assertThat(ok(options, SERVICE + "UnaryCall"))
                .contains("x-grpc-test-echo-initial: first")
                .contains("x-grpc-test-echo-trailing-bin: AKv/");
    }

    @Test
    void aStatusHasItsCodeAndText() throws Exception {
        String request = "{\"responseStatus\": {\"code\": 3, \"message\": \"50% \\u00e4\"}}";
        try (Child child = start(List.of("-d", request), SERVICE + "UnaryCall")) {
            assertThat(child.await(SECONDS)).isNotZero();
            assertThat(child.output()).contains("InvalidArgument", "50% \u00e4");
        }
    }

    private static String ok(List<String> options, String... symbols) throws Exception {
        try (Child child = start(options, symbols)) {
            assertThat(child.await(SECONDS)).as(child.output()).isZero();
            return child.output();
        }
    }

    private static Child start(List<String> options, String... symbols) throws IOException {
        List<String> command = new ArrayList<>(List.of(grpcurl.toString(), "-plaintext"));
        command.addAll(options);
        command.add(target.address());
        command.addAll(List.of(symbols));
        return Child.start(command);
    }
}
