package io.gyrfalcon.verify.blocking;

import java.io.IOException;

/** What a machine had left for a scene. Immutable. */
record Machine(Figures echo, double othersShare) {
    /** It is starved if that is spent on a byte's way to the server's process and back. */
    private static final double STARVED_P99_MILLIS = 10;

    /** Or if others have had so much of its cores. */
    private static final double STARVED_SHARE = 0.1;

    boolean isStarved() {
        return echo.p99Millis() >= STARVED_P99_MILLIS || othersShare >= STARVED_SHARE;
    }

    @Override
    public String toString() {
        return "a plain echo %s; other processes %.0f%%".formatted(echo, 100 * othersShare);
    }

    /** Looks at it until stopped. Owned by the test's thread. */
    static final class Watch {
        private final PlainEcho echo;
        private final CoreTime cores;

        Watch(int echoPort, ProcessHandle... own) throws IOException {
            echo = new PlainEcho(echoPort);
            cores = new CoreTime(own);
        }

        Machine stop() throws IOException, InterruptedException {
            Figures times = echo.stop();
            return new Machine(times, cores.othersShare());
        }
    }
}
