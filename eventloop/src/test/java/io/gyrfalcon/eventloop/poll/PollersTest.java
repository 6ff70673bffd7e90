package io.gyrfalcon.eventloop.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.eventloop.LoopFlags;
import io.gyrfalcon.eventloop.PollerKind;
import io.gyrfalcon.primitives.flags.FlagOverride;
import io.gyrfalcon.primitives.flags.Flags;

import org.junit.jupiter.api.Test;

import java.io.File;
import java.util.concurrent.TimeUnit;

class PollersTest {
    @Test
    void autoIsEpollWhereItCanBeUsed() {
        assertThat(Pollers.choose(PollerKind.AUTO)).isEqualTo(PollerKind.EPOLL);
        assertThat(Pollers.choose(PollerKind.EPOLL)).isEqualTo(PollerKind.EPOLL);
        assertThat(Pollers.choose(PollerKind.NIO)).isEqualTo(PollerKind.NIO);
        for (PollerKind kind : PollerKind.values()) Pollers.open(kind).close();
    }

    @Test
    void theFlagSwitchesAutoToNioAndLeavesAWishAlone() {
        try (FlagOverride _ = Flags.override(LoopFlags.EPOLL, false)) {
            assertThat(Pollers.choose(PollerKind.AUTO)).isEqualTo(PollerKind.NIO);
            assertThat(Pollers.choose(PollerKind.EPOLL)).isEqualTo(PollerKind.EPOLL);
        }
    }

    @Test
    void otherMachinesAreTold() {
        assertThat(LibC.unavailable("Windows 11", "amd64")).contains("Linux", "Windows 11");
        assertThat(LibC.unavailable("Linux", "riscv64")).contains("aarch64", "riscv64");
        assertThat(LibC.unavailable("Linux", "aarch64")).isNull();
        assertThat(Pollers.choose(PollerKind.AUTO, "epoll is missing")).isEqualTo(PollerKind.NIO);
        assertThat(Pollers.choose(PollerKind.AUTO, "epoll is missing")).isEqualTo(PollerKind.NIO);
        assertThatThrownBy(() -> Pollers.choose(PollerKind.EPOLL, "epoll is missing"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("poller EPOLL: epoll is missing");
    }

    @Test
    void allFlagsAreListed() {
        assertThat(Flags.declared())
                .extracting(flag -> flag.name())
                .contains(
                        "epoll",
                        "so-reuseport",
                        "runner-batching",
                        "short-read-is-drained",
                        "writev");
        assertThat(LoopFlags.SO_REUSEPORT.isOn()).isFalse();
    }

    /** Started in a virtual machine of its own. */
    static final class Denied {
        private Denied() {}

        public static void main(String[] arguments) {
            System.out.println("auto: " + Pollers.choose(PollerKind.AUTO));
            System.out.println("again: " + Pollers.choose(PollerKind.AUTO));
            try {
                Pollers.choose(PollerKind.EPOLL);
            } catch (IllegalStateException refused) {
                System.out.println("asked: " + refused.getMessage());
            }
        }
    }

    @Test
    void withoutNativeAccessAutoWarnsOnceAndAWishIsRefused() throws Exception {
        String java = System.getProperty("java.home") + File.separator + "bin/java";
        Process child =
                new ProcessBuilder(
                                java,
                                "--illegal-native-access=deny",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Denied.class.getName())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(child.getInputStream().readAllBytes());
        assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(output).contains("auto: NIO").contains("again: NIO");
        assertThat(output).containsOnlyOnce("using NIO");
        assertThat(output).contains("asked: poller EPOLL: epoll needs native access");
    }
}
