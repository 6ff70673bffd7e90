package io.gyrfalcon.grpc;

import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import io.grpc.ServerProvider;

/**
 * How grpc-api finds this engine on the class path: before grpc-java's own, unless {@code
 * -Dgyrfalcon.enabled=false} or {@code GYRFALCON_ENABLED=false} steps back. Any thread.
 *
 * <p>Compiled for Java 11: on a JDK that cannot load the engine it says so, where a class that
 * cannot be loaded would take every other provider along.
 */
public final class GyrfalconServerProvider extends ServerProvider {
    private static final int PRIORITY = 7;
    private static final int FEATURE_MIN = 25;

    /** Called by {@link java.util.ServiceLoader}. Never throws. */
    public GyrfalconServerProvider() {}

    @Override
    protected boolean isAvailable() {
        return isHere();
    }

    /** Whether this JDK can load the engine, and nobody has it step back. */
    static boolean isHere() {
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
        return ProvidedBuilders.forPort(port);
    }

    @Override
    protected NewServerBuilderResult newServerBuilderForPort(
            int port, ServerCredentials credentials) {
        return ProvidedBuilders.forPort(port, credentials);
    }
}
