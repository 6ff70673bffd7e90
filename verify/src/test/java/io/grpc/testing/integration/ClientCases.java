package io.grpc.testing.integration;

import io.grpc.LoadBalancerRegistry;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs cases of grpc-java's {@link TestServiceClient}, one after another in one process: {@code
 * PORT USE_TLS CASE...}. Prints a line for each, and one at the end.
 */
public final class ClientCases {
    private static final String ORCA =
            "{\"loadBalancingConfig\":[{\"test_backend_metrics_load_balancer\":{}}]}";

    private ClientCases() {}

    /** See above. */
    public static void main(String[] arguments) throws Exception {
        LoadBalancerRegistry.getDefaultRegistry()
                .register(new CustomBackendMetricsLoadBalancerProvider());
        boolean useTls = Boolean.parseBoolean(arguments[1]);
        int failed = 0;
        for (int i = 2; i < arguments.length; i++) {
            if (!passes(arguments[0], useTls, arguments[i])) failed++;
        }
        System.out.println("done, " + failed + " failed");
        System.exit(0);
    }

    private static boolean passes(String port, boolean useTls, String name) {
        long startNanos = System.nanoTime();
        try {
            run(port, useTls, name);
            long millis = (System.nanoTime() - startNanos) / 1_000_000;
            System.out.println("PASS " + name + " " + millis + " ms");
            return true;
        } catch (Throwable e) {
            System.out.println("FAIL " + name);
            e.printStackTrace(System.out);
            return false;
        }
    }

    /** As {@link TestServiceClient#main} does it, but for the exit at its end. */
    private static void run(String port, boolean useTls, String name) throws Exception {
        List<String> flags = new ArrayList<>();
        flags.add("--server_host=localhost");
        flags.add("--server_port=" + port);
        flags.add("--test_case=" + name);
        flags.add("--use_tls=" + useTls);
        if (useTls) flags.add("--use_test_ca=true");
        if (useTls) flags.add("--server_host_override=foo.test.google.fr");
        if (name.startsWith("orca")) flags.add("--service_config_json=" + ORCA);
        if (name.endsWith("soak")) flags.add("--soak_iterations=20");
        if (name.endsWith("soak")) flags.add("--soak_per_iteration_max_acceptable_latency_ms=9000");
        TestServiceClient client = new TestServiceClient();
        client.parseArgs(flags.toArray(new String[0]));
        client.setUp();
        try {
            call(client, "run");
        } finally {
            call(client, "tearDown");
        }
    }

    private static void call(TestServiceClient client, String name) throws Exception {
        Method method = TestServiceClient.class.getDeclaredMethod(name);
        method.setAccessible(true);
        method.invoke(client);
    }
}
