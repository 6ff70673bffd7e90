package io.gyrfalcon.bench.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * What a measured server tells of itself: one line in, one line out. Owned by the main thread.
 *
 * <ul>
 *   <li>{@code engine}: the class that serves;
 *   <li>{@code pollers}: where threads wait for sockets, by class;
 *   <li>{@code allocated}: bytes allocated by all threads so far, ended ones included;
 *   <li>{@code memory}: live heap after collections, direct pools, native memory where it is
 *       tracked;
 *   <li>{@code null-transport N}: bytes that one call of the stub allocates with no transport below
 *       it;
 *   <li>{@code outstanding}: what the engine holds, by name, where an engine tells;
 *   <li>{@code threads}, {@code thread-names}: platform threads that are alive, without the JDK's
 *       own for virtual threads;
 *   <li>{@code quit}.
 * </ul>
 */
public final class ControlLines {
    private final String engine;

    /** For a server of that class. */
    public ControlLines(String engine) {
        this.engine = engine;
    }

    /** Answers until the input ends or says {@code quit}. */
    public void serve(InputStream input, PrintStream output) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.equals("quit")) return;
            output.println(answer(line));
            output.flush();
        }
    }

    private String answer(String line) {
        try {
            if (line.equals("engine")) return "engine " + engine;
            if (line.equals("pollers")) return "pollers" + Pollers.names();
            if (line.equals("allocated")) return "allocated " + Allocation.processBytes();
            if (line.equals("memory")) return "memory" + ServerMemory.measure();
            if (line.equals("threads")) return "threads count=" + PlatformThreads.count();
            if (line.equals("thread-names")) return "thread-names " + PlatformThreads.names();
            if (line.equals("outstanding")) return "outstanding" + Outstanding.line();
            if (line.startsWith("null-transport ")) {
                int calls = Integer.parseInt(line.substring("null-transport ".length()));
                return "null-transport " + Allocation.nullTransportBytesPerCall(calls);
            }
        } catch (RuntimeException e) {
            return "failed " + e;
        }
        return "unknown " + line;
    }
}
