package io.gyrfalcon.verify.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.LongCounterMetricInstrument;
import io.grpc.LongUpDownCounterMetricInstrument;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.MetricInstrument;
import io.grpc.MetricSink;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a server tells its metric sinks. */
@Timeout(180)
final class MetricSinkTest {
    /** A sink that knows no instrument until it is told. */
    private static final class Noted implements MetricSink {
        final Log log = new Log();
        private volatile int known;

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
        public void addLongCounter(
                LongCounterMetricInstrument counter,
                long value,
                List<String> required,
                List<String> optional) {
            note(counter, value, required, optional);
        }

        @Override
        public void addLongUpDownCounter(
                LongUpDownCounterMetricInstrument counter,
                long value,
                List<String> required,
                List<String> optional) {
            note(counter, value, required, optional);
        }

        private void note(
                MetricInstrument of, long value, List<String> required, List<String> optional) {
            if (!of.getName().startsWith("grpc.tcp.connection")) return;
            assertThat(known).isGreaterThan(of.getIndex());
            List<String> hosts = List.of(optional.get(0), optional.get(2));
            log.add(of.getName() + " " + value + " " + required + hosts + optional.size());
        }
    }

    @Test
    void connectionsAreCountedAsGrpcJavaCountsThem() {
        List<List<String>> seen = new ArrayList<>();
        for (Engine engine : Engine.values()) {
            Noted sink = new Noted();
            try (Stage stage = new Stage(engine, Lane.DEFAULT)) {
                stage.configure(b -> b.addMetricSink(sink));
                stage.handler(
                        new Noting(stage.server, 2) {
                            @Override
                            void onHalfClose(io.grpc.ServerCall<String, String> call) {
                                answer(call, "fine");
                            }
                        });
                stage.call(MethodType.UNARY).send("a").halfClose().ended();
            }
            sink.log.await("grpc.tcp.connection", 3);
            seen.add(sink.log.events());
        }
        assertThat(seen.getFirst()).hasSize(3);
        assertThat(seen.getLast()).containsExactlyInAnyOrderElementsOf(seen.getFirst());
    }
}
