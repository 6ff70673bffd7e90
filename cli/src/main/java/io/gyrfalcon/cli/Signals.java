package io.gyrfalcon.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * SIGTERM and SIGINT as calls: a process that handles them itself ends with the exit code it wants,
 * where a shutdown hook cannot change 143.
 */
final class Signals {
    private static final String[] ENDING = {"TERM", "INT"};

    private Signals() {}

    /**
     * Runs an action, on a thread of its own, for each signal to end. Where there is no module
     * {@code jdk.unsupported} it becomes a shutdown hook. With {@code -Xrs} the JVM leaves signals
     * to the system, which ends the process at once.
     */
    static void onEnd(Runnable action) {
        try {
            for (String name : ENDING) handle(name, action);
        } catch (ReflectiveOperationException | RuntimeException e) {
            Runtime.getRuntime().addShutdownHook(new Thread(action, "gyrfalcon-drain"));
        }
    }

    /** The public classes of {@code jdk.unsupported}, which the compiler warns of by name. */
    private static void handle(String name, Runnable action) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        InvocationHandler calls =
                (proxy, method, arguments) -> {
                    if (method.getName().equals("handle")) action.run();
                    return null;
                };
        Object proxy =
                Proxy.newProxyInstance(
                        Signals.class.getClassLoader(), new Class<?>[] {handler}, calls);
        Object named = signal.getConstructor(String.class).newInstance(name);
        signal.getMethod("handle", signal, handler).invoke(null, named, proxy);
    }
}
