package io.gyrfalcon.bench.server;

import java.util.Map;
import java.util.TreeSet;

/** Where the threads of this process wait for sockets, read from their stacks. Stateless. */
final class Pollers {
    private Pollers() {}

    /** The class names, each after a space. */
    static String names() {
        TreeSet<String> names = new TreeSet<>();
        for (Map.Entry<Thread, StackTraceElement[]> one : Thread.getAllStackTraces().entrySet()) {
            for (StackTraceElement frame : one.getValue()) {
                if (isPolling(frame.getClassName())) {
                    names.add(frame.getClassName() + "." + frame.getMethodName());
                    break;
                }
            }
        }
        StringBuilder line = new StringBuilder();
        for (String name : names) line.append(' ').append(name);
        return line.toString();
    }

    private static boolean isPolling(String name) {
        return name.startsWith("io.netty.channel.epoll.")
                || name.startsWith("io.netty.channel.nio.")
                || name.startsWith("io.gyrfalcon.eventloop.");
    }
}
