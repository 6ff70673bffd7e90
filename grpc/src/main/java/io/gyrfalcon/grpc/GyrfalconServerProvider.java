package io.gyrfalcon.grpc;

import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import io.grpc.ServerProvider;

import java.net.InetSocketAddress;

/**
 * How grpc-api finds this engine on the class path: before grpc-java's own, unless {@code
 * -Dgyrfalcon.enabled=false} or {@code GYRFALCON_ENABLED=false} steps back. Any thread.
 */
public final class GyrfalconServerProvider extends ServerProvider {
    private static final int PRIORITY = 7;
    private static final int FEATURE_MIN = 25;

    /** Called by {@link java.util.ServiceLoader}. Never throws. */
    public GyrfalconServerProvider() {}

    @Override
    protected boolean isAvailable() {
        return isEnabled(setting()) && Runtime.version().feature() >= FEATURE_MIN;
    }

    private static String setting() {
        try {
            String property = System.getProperty("gyrfalcon.enabled");
            if (property != null) return property;
            String variable = System.getenv("GYRFALCON_ENABLED");
            return variable == null ? "true" : variable;
        } catch (SecurityException unreadable) {
            return "true";
        }
    }

    static boolean isEnabled(String setting) {
        String trimmed = setting.trim();
        return !trimmed.equalsIgnoreCase("false")
                && !trimmed.equalsIgnoreCase("off")
                && !trimmed.equals("0");
    }

    @Override
    protected int priority() {
        return PRIORITY;
    }

    @Override
    protected ServerBuilder<?> builderForPort(int port) {
        return GyrfalconServerBuilder.forPort(port);
    }

    @Override
    protected NewServerBuilderResult newServerBuilderForPort(
            int port, ServerCredentials credentials) {
        Security security = Security.of(credentials);
        String error = security.error();
        if (error != null) return NewServerBuilderResult.error(error);
        return NewServerBuilderResult.serverBuilder(
                new GyrfalconServerBuilder(new InetSocketAddress(port), security, true));
    }
}
