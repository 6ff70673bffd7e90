package io.gyrfalcon.verify.blocking;

import java.util.ArrayList;
import java.util.List;

/** What carries the default lane of a server under test. */
enum Mode {
    /** The JDK lets an engine carry virtual threads on its own loop. */
    OPENED("epoll", true),
    /** It does not: runners are on the JDK's scheduler. */
    CLOSED("epoll", false),
    /** As {@link #OPENED}, on the twin of the native poller. */
    NIO("nio", true);

    final String poller;
    final boolean isOpened;

    Mode(String poller, boolean isOpened) {
        this.poller = poller;
        this.isOpened = isOpened;
    }

    /** Flags of the JVM, a main class, and the poller's name behind it. */
    String[] command(Class<?> main, String... more) {
        List<String> command = new ArrayList<>();
        if (isOpened) command.add("--add-opens=java.base/java.lang=ALL-UNNAMED");
        command.add(main.getName());
        command.add(poller);
        command.addAll(List.of(more));
        return command.toArray(String[]::new);
    }
}
