package io.gyrfalcon.verify.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.testing.integration.ClientCases;
import io.grpc.testing.integration.TestCases;
import io.grpc.testing.integration.TestServiceServer;
import io.gyrfalcon.verify.Child;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * grpc-java's own test server, unmodified, on our engine through the SPI, and grpc-java's own
 * client, on Netty: every case that needs no credentials of Google's.
 */
class TestServiceTest {
    private static final Set<TestCases> NEED_GOOGLE =
            EnumSet.of(
                    TestCases.COMPUTE_ENGINE_CREDS,
                    TestCases.COMPUTE_ENGINE_CHANNEL_CREDENTIALS,
                    TestCases.SERVICE_ACCOUNT_CREDS,
                    TestCases.JWT_TOKEN_CREDS,
                    TestCases.OAUTH2_AUTH_TOKEN,
                    TestCases.PER_RPC_CREDS,
                    TestCases.GOOGLE_DEFAULT_CREDENTIALS);
    private static final int START_SECONDS = 60;
    private static final int CASES_SECONDS = 300;

    @TempDir Path folder;

    private final List<String> faults = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyCasePassesThatPassesOnGrpcJava(boolean useTls) throws Exception {
        List<String> failed = failed(true, useTls, cases());
        if (failed.isEmpty()) return;

        List<String> failedThere = failed(false, useTls, failed);

        assertThat(failed).as(String.join("\n", faults)).isEqualTo(failedThere);
    }

    /** The cases that fail: on our server, or on grpc-java's own. */
    private List<String> failed(boolean isOurs, boolean useTls, List<String> cases)
            throws Exception {
        int port = freePort();
        Path classes = folder.resolve(isOurs + "-classes.log");
        List<String> failed = new ArrayList<>();
        try (Child server =
                Child.java(
                        "-Xlog:class+load:file=" + classes,
                        "-Dgyrfalcon.enabled=" + isOurs,
                        TestServiceServer.class.getName(),
                        "--port=" + port,
                        "--use_tls=" + useTls)) {
            server.awaitOutput("Server started on port " + port, START_SECONDS);
            String output = run(port, useTls, cases);
            for (String name : cases) {
                boolean isPassed = output.contains("PASS " + name + " ");
                if (!isPassed) failed.add(name);
                if (!isPassed && isOurs) faults.add(after("FAIL " + name, output));
            }
        }
        String loaded = Files.readString(classes);
        assertThat(loaded.contains(" io.gyrfalcon.grpc.GyrfalconServer ")).isEqualTo(isOurs);
        assertThat(loaded.contains(" io.grpc.netty.NettyServer ")).isNotEqualTo(isOurs);
        return failed;
    }

    private static String run(int port, boolean useTls, List<String> cases) throws Exception {
        try (Child client = Child.java(clientArguments(port, useTls, cases))) {
            assertThat(client.await(CASES_SECONDS)).as(client.output()).isZero();
            return client.output();
        }
    }

    private static String after(String mark, String output) {
        int at = Math.max(0, output.indexOf(mark));
        return output.substring(at, Math.min(output.length(), at + 1500));
    }

    private static List<String> cases() {
        List<String> cases = new ArrayList<>();
        for (TestCases one : TestCases.values()) {
            if (!NEED_GOOGLE.contains(one)) cases.add(one.name().toLowerCase(Locale.ROOT));
        }
        return cases;
    }

    private static String[] clientArguments(int port, boolean useTls, List<String> cases) {
        List<String> arguments = new ArrayList<>();
        arguments.add(ClientCases.class.getName());
        arguments.add(Integer.toString(port));
        arguments.add(Boolean.toString(useTls));
        arguments.addAll(cases);
        return arguments.toArray(new String[0]);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
