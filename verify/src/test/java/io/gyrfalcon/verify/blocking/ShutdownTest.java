package io.gyrfalcon.verify.blocking;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.verify.Child;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What servers and channels leave to their JVM: nothing of their own, and all else at work. */
@Timeout(360)
final class ShutdownTest {
    private static final int CYCLES = Integer.getInteger("verify.restarts", 1_000);

    @ParameterizedTest
    @EnumSource
    void everyOtherVirtualThreadWorksOn(Mode mode) throws Exception {
        runsWell(mode.command(Shutdown.class));
    }

    @ParameterizedTest
    @EnumSource
    void aThousandServersStartedAndStoppedLeaveNothingBehind(Mode mode) throws Exception {
        runsWell(mode.command(Restarts.class, Integer.toString(CYCLES)));
    }

    @ParameterizedTest
    @EnumSource
    void aThousandChannelsUsedAndShutDownLeaveNothingBehind(Mode mode) throws Exception {
        runsWell(mode.command(ManyChannels.class, Integer.toString(CYCLES)));
    }

    private static void runsWell(String... command) throws Exception {
        try (Child child = Child.java(command)) {
            int exit = child.await(300);
            System.out.println(child.output().strip());
            assertThat(exit).as(child.output()).isZero();
            assertThat(child.output()).contains("well.");
        }
    }
}
