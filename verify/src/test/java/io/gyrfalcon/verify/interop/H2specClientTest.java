package io.gyrfalcon.verify.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.testing.integration.EmptyProtos.Empty;
import io.grpc.testing.integration.TestServiceGrpc;
import io.gyrfalcon.grpc.GyrfalconChannelBuilder;
import io.gyrfalcon.verify.Child;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * h2spec's suite for clients against our channel. Each case is a server on a port of its own, which
 * judges the connection that comes; a further port tells the outcomes, as a page.
 */
class H2specClientTest {
    private static final int CASES = 57;
    private static final String HOST = "127.0.0.1";

    /** Below the ports that systems give to whoever asks for any. */
    private static final int PORT_MIN = 20_000;

    private static final int PORT_MAX = 30_000;
    private static final int STARTS_MAX = 5;
    private static final int SECONDS = 60;

    private final HttpClient http = HttpClient.newHttpClient();
    private int port;

    @Test
    void allCasesPassAndNoneIsSkipped() throws Exception {
        Path h2specd = Tools.require("h2specd");
        List<ManagedChannel> channels = new ArrayList<>();
        try (http;
                Child child = start(h2specd)) {
            List<Future<Empty>> calls = new ArrayList<>();
            for (int i = 1; i <= CASES; i++) {
                channels.add(channel(port + i));
                calls.add(call(channels.getLast()));
            }
            for (Future<Empty> call : calls) awaitEnd(call);
            String report = awaitReport();

            assertThat(outcomes(report, "✔")).as("%s%n%s", report, child.output()).hasSize(CASES);
            assertThat(report).doesNotContain("✖");
        } finally {
            for (ManagedChannel channel : channels) end(channel);
        }
    }

    /** It wants ports in a row; some other process may be faster to take one of them. */
    private Child start(Path h2specd) throws Exception {
        for (int i = 0; i < STARTS_MAX; i++) {
            port = portsInARow();
            Child child =
                    Child.start(
                            List.of(
                                    h2specd.toString(),
                                    "--host=" + HOST,
                                    "--port=" + port,
                                    "--from-port=" + (port + 1),
                                    "--timeout=20"));
            if (isUp(child)) return child;
            child.close();
        }
        throw new AssertionError("h2specd found no ports in a row");
    }

    private boolean isUp(Child child) throws InterruptedException {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (child.handle().isAlive() && System.nanoTime() - endNanos < 0) {
            try {
                report();
                return child.handle().isAlive();
            } catch (IOException e) {
                Thread.sleep(20);
            }
        }
        return false;
    }

    private static int portsInARow() {
        while (true) {
            int first = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_MAX - CASES);
            if (areFree(first, first + CASES)) return first;
        }
    }

    private static boolean areFree(int from, int to) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = from; i <= to; i++) {
                sockets.add(new ServerSocket(i, 1, InetAddress.getByName(HOST)));
            }
            return true;
        } catch (IOException taken) {
            return false;
        } finally {
            for (ServerSocket socket : sockets) close(socket);
        }
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A call is not tried again where its case says goodbye: that would be judged anew. */
    private static ManagedChannel channel(int casePort) {
        return GyrfalconChannelBuilder.forAddress(HOST, casePort)
                .usePlaintext()
                .disableRetry()
                .build();
    }

    private static Future<Empty> call(ManagedChannel channel) {
        return TestServiceGrpc.newFutureStub(channel).emptyCall(Empty.getDefaultInstance());
    }

    /** Every case closes its connection once it has judged it, and answers no call. */
    private static void awaitEnd(Future<Empty> call) {
        assertThatThrownBy(() -> call.get(SECONDS, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class);
    }

    private static void end(ManagedChannel channel) throws InterruptedException {
        channel.shutdownNow();
        assertThat(channel.awaitTermination(SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    /** The outcomes, once there are all. */
    private String awaitReport() throws Exception {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (true) {
            String report = report();
            if (outcomes(report, "[✔✖]").size() == CASES) return report;
            assertThat(System.nanoTime() - endNanos).as(report).isNegative();
            Thread.sleep(20);
        }
    }

    private static List<String> outcomes(String report, String mark) {
        return report.lines().filter(line -> line.matches(mark + "http:.*")).toList();
    }

    /** The page of outcomes, as text. */
    private String report() throws IOException, InterruptedException {
        URI address = URI.create("http://" + HOST + ":" + port + "/report");
        HttpRequest request = HttpRequest.newBuilder(address).build();
        String page = http.send(request, BodyHandlers.ofString()).body();
        return page.replace("</div>", "\n").replace("&nbsp;", " ").replaceAll("<[^>]*>", "");
    }
}
