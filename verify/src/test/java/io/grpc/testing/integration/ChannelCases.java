package io.grpc.testing.integration;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.InternalNettyChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.testing.TlsTesting;
import io.gyrfalcon.grpc.GyrfalconChannelBuilder;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The cases of grpc-java's {@link TestServiceClient} that need neither Google nor policies of its
 * own, over our channel or its, to a server that runs elsewhere. Without the two that probe whether
 * a server checks that requests are compressed: grpc-java's does not. One thread; each case has a
 * channel of its own.
 */
public final class ChannelCases extends AbstractInteropTest {
    private static final String HOST = "localhost";
    private static final int TIMEOUT_MILLIS = 30_000;

    private interface Case {
        void run(AbstractInteropTest suite) throws Exception;
    }

    private static final Map<String, Case> ALL = new LinkedHashMap<>();

    static {
        ALL.put("empty_unary", AbstractInteropTest::emptyUnary);
        ALL.put("large_unary", AbstractInteropTest::largeUnary);
        ALL.put("client_compressed_unary_noprobe", suite -> suite.clientCompressedUnary(false));
        ALL.put("server_compressed_unary", AbstractInteropTest::serverCompressedUnary);
        ALL.put("client_streaming", AbstractInteropTest::clientStreaming);
        ALL.put(
                "client_compressed_streaming_noprobe",
                suite -> suite.clientCompressedStreaming(false));
        ALL.put("server_streaming", AbstractInteropTest::serverStreaming);
        ALL.put("server_compressed_streaming", AbstractInteropTest::serverCompressedStreaming);
        ALL.put("ping_pong", AbstractInteropTest::pingPong);
        ALL.put("empty_stream", AbstractInteropTest::emptyStream);
        ALL.put("custom_metadata", AbstractInteropTest::customMetadata);
        ALL.put("status_code_and_message", AbstractInteropTest::statusCodeAndMessage);
        ALL.put("special_status_message", AbstractInteropTest::specialStatusMessage);
        ALL.put("unimplemented_method", AbstractInteropTest::unimplementedMethod);
        ALL.put("unimplemented_service", AbstractInteropTest::unimplementedService);
        ALL.put("cancel_after_begin", AbstractInteropTest::cancelAfterBegin);
        ALL.put("cancel_after_first_response", AbstractInteropTest::cancelAfterFirstResponse);
        ALL.put("timeout_on_sleeping_server", AbstractInteropTest::timeoutOnSleepingServer);
        ALL.put("very_large_request", AbstractInteropTest::veryLargeRequest);
        ALL.put("very_large_response", AbstractInteropTest::veryLargeResponse);
        ALL.put("full_duplex", AbstractInteropTest::fullDuplexCallShouldSucceed);
        ALL.put("half_duplex", AbstractInteropTest::halfDuplexCallShouldSucceed);
        ALL.put("deadline_not_exceeded", AbstractInteropTest::deadlineNotExceeded);
        ALL.put("deadline_exceeded", AbstractInteropTest::deadlineExceeded);
        ALL.put("deadline_in_past", AbstractInteropTest::deadlineInPast);
        ALL.put("graceful_shutdown", AbstractInteropTest::gracefulShutdown);
    }

    private final boolean isOurs;
    private final int port;
    private final boolean useTls;

    private ChannelCases(boolean isOurs, int port, boolean useTls) {
        this.isOurs = isOurs;
        this.port = port;
        this.useTls = useTls;
    }

    /** How many cases there are. */
    public static int count() {
        return ALL.size();
    }

    /** The cases that fail over our channel, or grpc-java's, each with what was thrown. */
    public static Map<String, String> failed(boolean isOurs, int port, boolean useTls) {
        Map<String, String> failed = new LinkedHashMap<>();
        ALL.forEach(
                (name, one) -> {
                    try {
                        run(one, new ChannelCases(isOurs, port, useTls));
                    } catch (Throwable thrown) {
                        failed.put(name, text(thrown));
                    }
                });
        return failed;
    }

    private static void run(Case one, ChannelCases suite) throws Exception {
        suite.setUp();
        try {
            one.run(suite);
        } finally {
            suite.tearDown();
        }
    }

    private static String text(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Override
    protected ManagedChannelBuilder<?> createChannelBuilder() {
        ManagedChannelBuilder<?> builder = builder();
        if (useTls) builder.overrideAuthority("foo.test.google.fr");
        return builder.maxInboundMessageSize(MAX_MESSAGE_SIZE)
                .intercept(createCensusStatsClientInterceptor());
    }

    private ManagedChannelBuilder<?> builder() {
        if (isOurs) return found();
        NettyChannelBuilder theirs = NettyChannelBuilder.forAddress(HOST, port, credentials());
        InternalNettyChannelBuilder.setStatsEnabled(theirs, false);
        return theirs;
    }

    /** By the SPI. */
    private ManagedChannelBuilder<?> found() {
        ManagedChannelBuilder<?> builder =
                Grpc.newChannelBuilderForAddress(HOST, port, credentials());
        if (builder instanceof GyrfalconChannelBuilder) return builder;
        throw new AssertionError("found " + builder.getClass() + " (expected: our own builder)");
    }

    private ChannelCredentials credentials() {
        if (!useTls) return InsecureChannelCredentials.create();
        try {
            return TlsChannelCredentials.newBuilder()
                    .trustManager(TlsTesting.loadCert("ca.pem"))
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected boolean metricsExpected() {
        return false;
    }

    @Override
    protected int operationTimeoutMillis() {
        return TIMEOUT_MILLIS;
    }
}
