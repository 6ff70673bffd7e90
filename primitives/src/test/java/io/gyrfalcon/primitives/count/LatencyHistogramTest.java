package io.gyrfalcon.primitives.count;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;

class LatencyHistogramTest {
    private final LatencyHistogram histogram = new LatencyHistogram();

    @Test
    void anEmptyOneIsAllZero() {
        LatencySnapshot snapshot = histogram.snapshot();
        assertThat(snapshot.count()).isZero();
        assertThat(snapshot.valueAtPercentile(99)).isZero();
        assertThat(snapshot.maxNanos()).isZero();
        assertThat(snapshot.meanNanos()).isZero();
    }

    @Test
    void smallValuesAreExact() {
        for (int i = 0; i < 64; i++) histogram.record(i);
        LatencySnapshot snapshot = histogram.snapshot();
        assertThat(snapshot.count()).isEqualTo(64);
        assertThat(snapshot.valueAtPercentile(0)).isZero();
        assertThat(snapshot.valueAtPercentile(50)).isEqualTo(31);
        assertThat(snapshot.valueAtPercentile(100)).isEqualTo(63);
        assertThat(snapshot.valueAtPercentile(400)).isEqualTo(63);
        assertThat(snapshot.meanNanos()).isEqualTo(31.5);
    }

    @Test
    void everyBucketHoldsItsOwnMaximumAndTheNextBucketStartsAfterIt() {
        for (int bucket = 0; bucket < LatencyHistogram.BUCKETS; bucket++) {
            long max = LatencyHistogram.bucketMax(bucket);
            assertThat(LatencyHistogram.bucketOf(max)).isEqualTo(bucket);
            assertThat(LatencyHistogram.bucketOf(max + 1)).isEqualTo(bucket + 1);
        }
    }

    @Test
    void valuesBeyondTheRangeAreCutToIt() {
        histogram.record(-5);
        histogram.record(Long.MAX_VALUE);
        LatencySnapshot snapshot = histogram.snapshot();
        assertThat(snapshot.valueAtPercentile(1)).isZero();
        assertThat(snapshot.maxNanos()).isGreaterThan(TimeUnit.HOURS.toNanos(1));
    }

    @Test
    void percentilesAreNeverBelowTheTruthAndAtMostAThirtySecondAbove() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        long[] values = new long[10_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextLong() >>> (22 + random.nextInt(40));
            histogram.record(values[i]);
        }
        Arrays.sort(values);
        LatencySnapshot snapshot = histogram.snapshot();
        for (double percentile : new double[] {0.01, 1, 25, 50, 90, 99, 99.9, 100}) {
            int rank = Math.max(1, (int) Math.ceil(percentile / 100 * values.length));
            long truth = values[rank - 1];
            assertThat(snapshot.valueAtPercentile(percentile))
                    .as("seed %d percentile %s", seed, percentile)
                    .isBetween(truth, truth + truth / 32);
        }
    }

    @Test
    void snapshotsAddUpAndSubtract() {
        histogram.record(10);
        LatencySnapshot first = histogram.snapshot();
        histogram.record(20);
        histogram.record(30);
        LatencySnapshot second = histogram.snapshot();
        assertThat(first.count()).isEqualTo(1);
        LatencySnapshot between = second.since(first);
        assertThat(between.count()).isEqualTo(2);
        assertThat(between.meanNanos()).isEqualTo(25);
        LatencySnapshot both = first.plus(between);
        assertThat(both.count()).isEqualTo(3);
        assertThat(both.meanNanos()).isEqualTo(20);
        assertThat(both.maxNanos()).isEqualTo(30);
    }
}
