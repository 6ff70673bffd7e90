package io.gyrfalcon.grpc.client;

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
import io.gyrfalcon.grpc.server.ConnectionMetrics;
import io.gyrfalcon.grpc.server.ConnectionWatch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Tells all metric sinks of a channel what is recorded. Immutable; any thread. */
public final class Metrics implements MetricRecorder {
    private final List<MetricSink> sinks;
    private final MetricInstrumentRegistry instruments;
    private final ConnectionWatch connections;

    /** A recorder for these sinks, in their order. */
    public Metrics(List<MetricSink> sinks) {
        this.sinks = List.copyOf(sinks);
        instruments = MetricInstrumentRegistry.getDefaultRegistry();
        connections = ConnectionMetrics.of(this.sinks);
    }

    /** Tells the sinks of the channel's connections. */
    ConnectionWatch connections() {
        return connections;
    }

    private void tell(MetricInstrument instrument, Consumer<MetricSink> what) {
        for (MetricSink sink : sinks) {
            prepare(sink, instrument);
            what.accept(sink);
        }
    }

    /** A sink learns of instruments when one that it does not know is used. */
    private void prepare(MetricSink sink, MetricInstrument instrument) {
        if (sink.getMeasuresSize() > instrument.getIndex()) return;
        sink.updateMeasures(instruments.getMetricInstruments());
    }

    @Override
    public void addDoubleCounter(
            DoubleCounterMetricInstrument instrument,
            double value,
            List<String> required,
            List<String> optional) {
        tell(instrument, sink -> sink.addDoubleCounter(instrument, value, required, optional));
    }

    @Override
    public void addLongCounter(
            LongCounterMetricInstrument instrument,
            long value,
            List<String> required,
            List<String> optional) {
        tell(instrument, sink -> sink.addLongCounter(instrument, value, required, optional));
    }

    @Override
    public void addLongUpDownCounter(
            LongUpDownCounterMetricInstrument instrument,
            long value,
            List<String> required,
            List<String> optional) {
        tell(instrument, sink -> sink.addLongUpDownCounter(instrument, value, required, optional));
    }

    @Override
    public void recordDoubleHistogram(
            DoubleHistogramMetricInstrument instrument,
            double value,
            List<String> required,
            List<String> optional) {
        tell(instrument, sink -> sink.recordDoubleHistogram(instrument, value, required, optional));
    }

    @Override
    public void recordLongHistogram(
            LongHistogramMetricInstrument instrument,
            long value,
            List<String> required,
            List<String> optional) {
        tell(instrument, sink -> sink.recordLongHistogram(instrument, value, required, optional));
    }

    @Override
    public Registration registerBatchCallback(
            BatchCallback callback, CallbackMetricInstrument... observed) {
        List<MetricSink.Registration> registrations = new ArrayList<>();
        for (MetricSink sink : sinks) {
            for (CallbackMetricInstrument instrument : observed) prepare(sink, instrument);
            BatchRecorder recorder = new ToSink(sink, List.of(observed));
            registrations.add(
                    sink.registerBatchCallback(() -> callback.accept(recorder), observed));
        }
        return () -> registrations.forEach(MetricSink.Registration::close);
    }

    /** What a callback records of the instruments that it was registered for. Immutable. */
    private record ToSink(MetricSink sink, List<CallbackMetricInstrument> observed)
            implements BatchRecorder {
        @Override
        public void recordLongGauge(
                LongGaugeMetricInstrument instrument,
                long value,
                List<String> required,
                List<String> optional) {
            if (!observed.contains(instrument)) {
                throw new IllegalArgumentException(
                        "instrument: " + instrument + " (expected: one of " + observed + ")");
            }
            sink.recordLongGauge(instrument, value, required, optional);
        }
    }
}
