package io.gyrfalcon.grpc.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallbackMetricInstrument;
import io.grpc.DoubleCounterMetricInstrument;
import io.grpc.DoubleHistogramMetricInstrument;
import io.grpc.LongCounterMetricInstrument;
import io.grpc.LongGaugeMetricInstrument;
import io.grpc.LongHistogramMetricInstrument;
import io.grpc.LongUpDownCounterMetricInstrument;
import io.grpc.MetricInstrument;
import io.grpc.MetricInstrumentRegistry;
import io.grpc.MetricRecorder;
import io.grpc.MetricSink;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a channel's metric sinks are told. */
class MetricsTest {
    private static final List<String> NONE = List.of();
    private static final MetricInstrumentRegistry ALL =
            MetricInstrumentRegistry.getDefaultRegistry();
    private static final DoubleCounterMetricInstrument DOUBLES =
            ALL.registerDoubleCounter("test.doubles", "", "1", NONE, NONE, true);
    private static final LongCounterMetricInstrument LONGS =
            ALL.registerLongCounter("test.longs", "", "1", NONE, NONE, true);
    private static final LongUpDownCounterMetricInstrument LEVEL =
            ALL.registerLongUpDownCounter("test.level", "", "1", NONE, NONE, true);
    private static final DoubleHistogramMetricInstrument SPREAD =
            ALL.registerDoubleHistogram("test.spread", "", "1", List.of(), NONE, NONE, true);
    private static final LongHistogramMetricInstrument SIZES =
            ALL.registerLongHistogram("test.sizes", "", "1", List.of(), NONE, NONE, true);
    private static final LongGaugeMetricInstrument GAUGE =
            ALL.registerLongGauge("test.gauge", "", "1", NONE, NONE, true);
    private static final LongGaugeMetricInstrument OTHER =
            ALL.registerLongGauge("test.other", "", "1", NONE, NONE, true);

    private static final class Sink implements MetricSink {
        final List<String> lines = new ArrayList<>();
        int known;
        Runnable callback;

        private void note(MetricInstrument instrument, Object value) {
            assertThat(known).isGreaterThan(instrument.getIndex());
            lines.add(instrument.getName() + " " + value);
        }

        @Override
        public Map<String, Boolean> getEnabledMetrics() {
            return Map.of();
        }

        @Override
        public Set<String> getOptionalLabels() {
            return Set.of();
        }

        @Override
        public int getMeasuresSize() {
            return known;
        }

        @Override
        public void updateMeasures(List<MetricInstrument> instruments) {
            known = instruments.size();
        }

        @Override
        public void addDoubleCounter(
                DoubleCounterMetricInstrument i, double v, List<String> a, List<String> b) {
            note(i, v);
        }

        @Override
        public void addLongCounter(
                LongCounterMetricInstrument i, long v, List<String> a, List<String> b) {
            note(i, v);
        }

        @Override
        public void addLongUpDownCounter(
                LongUpDownCounterMetricInstrument i, long v, List<String> a, List<String> b) {
            note(i, v);
        }

        @Override
        public void recordDoubleHistogram(
                DoubleHistogramMetricInstrument i, double v, List<String> a, List<String> b) {
            note(i, v);
        }

        @Override
        public void recordLongHistogram(
                LongHistogramMetricInstrument i, long v, List<String> a, List<String> b) {
            note(i, v);
        }

        @Override
        public void recordLongGauge(
                LongGaugeMetricInstrument i, long v, List<String> a, List<String> b) {
            note(i, v);
        }

        @Override
        public Registration registerBatchCallback(
                Runnable observer, CallbackMetricInstrument... observed) {
            callback = observer;
            return () -> callback = null;
        }
    }

    private final Sink first = new Sink();
    private final Sink second = new Sink();
    private final Metrics metrics = new Metrics(List.of(first, second));

    @Test
    void everySinkIsToldOfEverything() {
        metrics.addDoubleCounter(DOUBLES, 0.5, NONE, NONE);
        metrics.addLongCounter(LONGS, 1, NONE, NONE);
        metrics.addLongUpDownCounter(LEVEL, -1, NONE, NONE);
        metrics.recordDoubleHistogram(SPREAD, 1.5, NONE, NONE);
        metrics.recordLongHistogram(SIZES, 2, NONE, NONE);
        assertThat(first.lines)
                .containsExactly(
                        "test.doubles 0.5",
                        "test.longs 1",
                        "test.level -1",
                        "test.spread 1.5",
                        "test.sizes 2");
        assertThat(second.lines).isEqualTo(first.lines);
    }

    @Test
    void connectionsAreCounted() {
        try (ChannelRig rig = new ChannelRig()) {
            rig.sinks = List.of(first, second);
            rig.unary();
            assertThat(first.lines)
                    .containsExactly(
                            "grpc.tcp.connections_created 1", "grpc.tcp.connection_count 1");
            rig.server().close();
            rig.settle();
            assertThat(first.lines).endsWith("grpc.tcp.connection_count -1");
            assertThat(second.lines).isEqualTo(first.lines);
        }
    }

    @Test
    void aCallbackIsAskedForEachSink() {
        MetricRecorder.Registration registration =
                metrics.registerBatchCallback(
                        recorder -> recorder.recordLongGauge(GAUGE, 3, NONE, NONE), GAUGE);
        second.callback.run();
        assertThat(first.lines).isEmpty();
        assertThat(second.lines).containsExactly("test.gauge 3");
        registration.close();
        assertThat(first.callback).isNull();
        assertThat(second.callback).isNull();
    }

    @Test
    @SuppressWarnings("resource") // The registration goes with the test.
    void aCallbackRecordsOnlyWhatItWasRegisteredFor() {
        metrics.registerBatchCallback(
                recorder -> recorder.recordLongGauge(OTHER, 3, NONE, NONE), GAUGE);
        assertThatThrownBy(first.callback::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("test.gauge");
    }
}
