package io.gyrfalcon.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.gyrfalcon.grpc.WatchedChannel.Forgotten;
import io.gyrfalcon.grpc.server.HeardLog;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** Channels that their user has forgotten. */
final class WatchedChannelTest {
    private final List<String> log = new ArrayList<>();
    private final List<Forgotten> forgotten = new ArrayList<>();

    private final class Noting extends ManagedChannel {
        @Override
        public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions with) {
            log.add("newCall");
            return null;
        }

        @Override
        public String authority() {
            return "authority";
        }

        @Override
        public ManagedChannel shutdown() {
            log.add("shutdown");
            return this;
        }

        @Override
        public ManagedChannel shutdownNow() {
            log.add("shutdownNow");
            return this;
        }

        @Override
        public boolean isShutdown() {
            return true;
        }

        @Override
        public boolean isTerminated() {
            return true;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            log.add("await " + timeout + " " + unit);
            return true;
        }

        @Override
        public ConnectivityState getState(boolean requestConnection) {
            log.add("getState " + requestConnection);
            return ConnectivityState.READY;
        }

        @Override
        public void notifyWhenStateChanged(ConnectivityState source, Runnable callback) {
            log.add("notify " + source);
        }

        @Override
        public void resetConnectBackoff() {
            log.add("resetConnectBackoff");
        }

        @Override
        public void enterIdle() {
            log.add("enterIdle");
        }

        @Override
        public String toString() {
            return "Noting{}";
        }
    }

    private ManagedChannel watched() {
        return WatchedChannel.of(new Noting(), forgotten::add);
    }

    /** Until one was reported: the collector needs to be asked more than once, sometimes. */
    private void collect() {
        while (forgotten.isEmpty()) {
            System.gc();
            WatchedChannel.reportForgotten();
        }
    }

    @Test
    @Timeout(60)
    void oneThatIsForgottenIsReportedOnceWithItsPlace() {
        ManagedChannel kept = watched();
        watched().authority();
        watched().shutdown();
        watched().shutdownNow();
        collect();
        System.gc();
        WatchedChannel.reportForgotten();
        assertThat(forgotten).hasSize(1);
        assertThat(forgotten.getFirst().name()).isEqualTo("Noting{}");
        assertThat(forgotten.getFirst().site()).hasMessage("ManagedChannel allocation site");
        assertThat(forgotten.getFirst().site().getStackTrace()).isNotEmpty();
        kept.shutdown();
    }

    @Test
    @Timeout(60)
    void placesAreNotNotedWhereThePropertySaysSo() {
        System.setProperty("io.grpc.ManagedChannel.enableAllocationTracking", "false");
        try {
            watched().authority();
        } finally {
            System.clearProperty("io.grpc.ManagedChannel.enableAllocationTracking");
        }
        collect();
        assertThat(forgotten.getFirst().site()).isNull();
    }

    @Test
    @Timeout(60)
    void theReportIsAnErrorInTheLog() throws InterruptedException {
        LogRecord record;
        try (HeardLog heard = new HeardLog()) {
            WatchedChannel.of(new Noting()).authority();
            while (heard.records.isEmpty()) {
                System.gc();
                WatchedChannel.reportForgotten();
            }
            record = heard.records.take();
        }
        assertThat(record.getLevel()).isEqualTo(Level.SEVERE);
        assertThat(record.getMessage())
                .contains("Previous channel Noting{} was garbage collected")
                .contains("Make sure to call shutdown()");
        assertThat(record.getThrown()).hasMessage("ManagedChannel allocation site");
    }

    @Test
    void buildersWatchTheirChannels() throws InterruptedException {
        ManagedChannel channel = GyrfalconChannelBuilder.forTarget("localhost:1").build();
        assertThat(channel).isInstanceOf(WatchedChannel.class);
        assertThat(channel.shutdownNow().awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void allElseIsTheChannels() throws InterruptedException {
        ManagedChannel channel = watched();
        assertThat(channel.newCall(null, CallOptions.DEFAULT)).isNull();
        assertThat(channel.authority()).isEqualTo("authority");
        assertThat(channel.getState(true)).isEqualTo(ConnectivityState.READY);
        channel.notifyWhenStateChanged(ConnectivityState.IDLE, () -> {});
        channel.resetConnectBackoff();
        channel.enterIdle();
        assertThat(channel.shutdown()).isSameAs(channel);
        assertThat(channel.shutdownNow()).isSameAs(channel);
        assertThat(channel.isShutdown()).isTrue();
        assertThat(channel.isTerminated()).isTrue();
        assertThat(channel.awaitTermination(3, TimeUnit.SECONDS)).isTrue();
        assertThat(channel).hasToString("Noting{}");
        assertThat(log)
                .containsExactly(
                        "newCall",
                        "getState true",
                        "notify IDLE",
                        "resetConnectBackoff",
                        "enterIdle",
                        "shutdown",
                        "shutdownNow",
                        "await 3 SECONDS");
    }
}
