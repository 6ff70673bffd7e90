package io.gyrfalcon.traffic.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.traffic.Seeds;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

class StridePickerTest {
    private static final long SECONDS = 1_000_000_000L;
    private static final WeightSettings SETTINGS = WeightSettings.standard();

    @Test
    void eachIsPickedAsOftenAsItsWeightSays() {
        assertThat(shares(4, 2, 1, 3)).containsExactly(0.4, 0.2, 0.1, 0.3);
    }

    @Test
    void anyWeightsAreKeptToAThousandth() {
        Random random = Seeds.random(StridePickerTest.class);
        for (int round = 0; round < 20; round++) {
            double[] weights = new double[2 + random.nextInt(10)];
            for (int i = 0; i < weights.length; i++) weights[i] = 1 + random.nextDouble();
            double sum = Arrays.stream(weights).sum();
            double[] shares = shares(weights);
            for (int i = 0; i < weights.length; i++) {
                assertThat(shares[i]).isBetween(weights[i] / sum - 1e-3, weights[i] / sum + 1e-3);
            }
        }
    }

    @Test
    void picksAreSpreadEvenly() {
        Picker<String> picker = picker(1, 1, 2);
        Turns turns = new Turns(0);
        int gap = 0;
        for (int i = 0; i < 10_000; i++) {
            gap = picker.pick(turns).target().equals("2") ? 0 : gap + 1;
            assertThat(gap).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void anUnknownWeightCountsAsTheMean() {
        assertThat(shares(3, 0, 1, Double.NaN)).containsExactly(0.375, 0.25, 0.125, 0.25);
    }

    @Test
    void fewerThanTwoKnownWeightsMeanTurns() {
        assertThat(picker(5, 0, 0)).isInstanceOf(RoundRobinPicker.class);
        assertThat(picker(0, 0)).isInstanceOf(RoundRobinPicker.class);
        assertThat(picker(5, 0, 1)).isInstanceOf(StridePicker.class);
        assertThat(picker(5, 1)).isEqualTo(picker(10, 2)).hasSameHashCodeAs(picker(10, 2));
        assertThat(picker(5, 1)).isNotEqualTo(picker(5, 2)).isNotEqualTo(Pick.use("0"));
        assertThat(picker(5, 1).toString()).startsWith("by weight").contains("65535");
    }

    @Test
    void weightsFarFromTheMeanAreCut() {
        // A mean of 10, so each has 1 at least.
        double[] low = shares(10, 10, 19.99, 0.01);
        assertThat(low[3] / low[0]).isBetween(0.099, 0.101);
        double[] weights = new double[40];
        Arrays.fill(weights, 1);
        weights[7] = 1e9;
        double[] high = shares(weights);
        // Ten times the mean to a tenth of it.
        assertThat(high[7] / high[0]).isBetween(98.0, 102.0);
    }

    @Test
    void turnsMayStartAnywhere() {
        Picker<String> picker = picker(3, 1);
        for (int start : new int[] {-1, Integer.MAX_VALUE, Integer.MIN_VALUE, 7}) {
            Turns turns = new Turns(start);
            int heavy = 0;
            for (int i = 0; i < 4_000; i++)
                heavy += "0".equals(picker.pick(turns).target()) ? 1 : 0;
            assertThat(heavy).as("" + start).isBetween(2_990, 3_010);
        }
    }

    @Test
    void aWeightIsWhatAnEndpointServesByWhatItNeeds() {
        EndpointWeight weight = reported(100, 0, 0.5);
        assertThat(weight.at(SETTINGS, 10 * SECONDS)).isEqualTo(200);
        assertThat(reported(100, 50, 0.5).at(SETTINGS, 10 * SECONDS)).isEqualTo(100);
    }

    @Test
    void aWeightCountsAfterTheBlackout() {
        EndpointWeight weight = reported(100, 0, 0.5);
        assertThat(weight.at(SETTINGS, 10 * SECONDS - 1)).isZero();
        assertThat(weight.at(SETTINGS, 10 * SECONDS)).isEqualTo(200);
        weight.onReady();
        assertThat(weight.at(SETTINGS, 10 * SECONDS)).isZero();
        weight.onReport(100, 0, 1, SETTINGS, 11 * SECONDS);
        assertThat(weight.at(SETTINGS, 21 * SECONDS - 1)).isZero();
        assertThat(weight.at(SETTINGS, 21 * SECONDS)).isEqualTo(100);
    }

    @Test
    void aWeightExpiresAndIsBlackedOutAgain() {
        EndpointWeight weight = reported(100, 0, 0.5);
        assertThat(weight.at(SETTINGS, 180 * SECONDS - 1)).isEqualTo(200);
        assertThat(weight.at(SETTINGS, 180 * SECONDS)).isZero();
        weight.onReport(100, 0, 0.5, SETTINGS, 181 * SECONDS);
        assertThat(weight.at(SETTINGS, 182 * SECONDS)).isZero();
        assertThat(weight.at(SETTINGS, 191 * SECONDS)).isEqualTo(200);
    }

    @Test
    void aReportThatMakesNoSenseIsNoReport() {
        EndpointWeight weight = reported(100, 0, 0.5);
        for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            weight.onReport(bad, 0, 0.5, SETTINGS, 0);
            weight.onReport(100, 0, bad, SETTINGS, 0);
        }
        weight.onReport(100, -1, 0.5, SETTINGS, 0);
        weight.onReport(100, Double.NaN, 0.5, SETTINGS, 0);
        assertThat(weight.at(SETTINGS, 10 * SECONDS)).isEqualTo(200);
        assertThat(new EndpointWeight().at(SETTINGS, 0)).isZero();
    }

    @Test
    void settingsOfWeightsAreChecked() {
        assertThat(new WeightSettings(0, 0, 1, 0).updateNanos()).isEqualTo(SECONDS / 10);
        assertThatThrownBy(() -> new WeightSettings(-1, 0, 1, 0))
                .hasMessage("blackoutNanos, expiryNanos: -1, 0 (expected: >= 0)");
        assertThatThrownBy(() -> new WeightSettings(0, 0, 1, -0.5))
                .hasMessage("errorPenalty: -0.5 (expected: >= 0)");
        assertThatThrownBy(() -> new WeightSettings(0, 0, 1, Double.NaN))
                .hasMessage("errorPenalty: NaN (expected: >= 0)");
    }

    private static EndpointWeight reported(double calls, double errors, double utilization) {
        EndpointWeight weight = new EndpointWeight();
        weight.onReport(calls, errors, utilization, SETTINGS, 0);
        return weight;
    }

    private static Picker<String> picker(double... weights) {
        List<Pick<String>> picks =
                IntStream.range(0, weights.length).mapToObj(i -> Pick.use("" + i)).toList();
        return StridePicker.of(picks, weights);
    }

    /** The share of each over all generations, rounded to four decimals. */
    private static double[] shares(double... weights) {
        Picker<String> picker = picker(weights);
        Turns turns = new Turns(0);
        int[] counts = new int[weights.length];
        int all = 0;
        for (; all < 100_000; all++) counts[Integer.parseInt(picker.pick(turns).target())]++;
        double[] shares = new double[weights.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = Math.round(10_000.0 * counts[i] / all) / 10_000.0;
        }
        return shares;
    }
}
