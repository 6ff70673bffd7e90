package io.gyrfalcon.traffic.outlier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.traffic.Seeds;
import io.gyrfalcon.traffic.outlier.OutlierSettings.FailurePercentage;
import io.gyrfalcon.traffic.outlier.OutlierSettings.SuccessRate;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class OutlierSweepTest {
    private static final long SECONDS = 1_000_000_000L;
    private static final OutlierSettings OFF = OutlierSettings.standard();

    private final Random random = new Random(1);
    private final long now = -77;

    @Test
    void withoutAMeasureNothingIsAnOutlier() {
        assertThat(OFF.isOn()).isFalse();
        assertThat(ejected(OFF, calls(100, 0), calls(0, 100))).isEmpty();
    }

    @Test
    void whoFailsMoreThanTheThresholdIsEjected() {
        OutlierSettings settings = byFailures(new FailurePercentage(85, 100, 2, 50));
        assertThat(ejected(settings, calls(15, 85), calls(100, 0))).isEmpty();
        assertThat(ejected(settings, calls(14, 86), calls(100, 0))).containsExactly(0);
    }

    @Test
    void anEndpointWithTooFewCallsIsNotLookedAt() {
        OutlierSettings settings = byFailures(new FailurePercentage(85, 100, 1, 50));
        assertThat(ejected(settings, calls(0, 49), calls(100, 0))).isEmpty();
        assertThat(ejected(settings, calls(0, 50), calls(100, 0))).containsExactly(0);
        assertThat(ejected(byFailures(new FailurePercentage(0, 100, 0, 0)), calls(0, 0))).isEmpty();
    }

    @Test
    void amongTooFewEndpointsNoneIsEjected() {
        OutlierSettings settings = byFailures(new FailurePercentage(85, 100, 3, 50));
        assertThat(ejected(settings, calls(0, 50), calls(50, 0), calls(49, 0))).isEmpty();
        assertThat(ejected(settings, calls(0, 50), calls(50, 0), calls(50, 0))).containsExactly(0);
    }

    @Test
    void whoIsFarBelowTheMeanIsEjected() {
        OutlierSettings settings = bySuccess(SuccessRate.STANDARD);
        Observed good = calls(100, 0);
        assertThat(ejected(settings, good, good, good, good, good, good, calls(50, 50)))
                .containsExactly(6);
        assertThat(ejected(settings, good, good, good, good, calls(50, 49))).isEmpty();
        // Two of five make the deviation so large that nobody is far.
        assertThat(ejected(settings, good, good, good, calls(50, 50), calls(50, 50))).isEmpty();
    }

    @Test
    void endpointsThatFareAlikeAreNoOutliersHoweverTheirMeanIsRounded() {
        OutlierSettings settings = bySuccess(new SuccessRate(0, 100, 1, 1));
        for (int successes = 0; successes <= 300; successes++) {
            Observed one = calls(successes, 300 - successes);
            for (int n = 1; n < 12; n++) {
                Observed[] all = new Observed[n];
                java.util.Arrays.fill(all, one);
                assertThat(ejected(settings, all)).isEmpty();
            }
        }
    }

    @Test
    void theShareOfEjectedIsLimitedButOneCanAlwaysBe() {
        FailurePercentage all = new FailurePercentage(50, 100, 1, 1);
        Observed bad = calls(0, 10);
        assertThat(ejected(settings(10, null, all), bad, bad, bad)).containsExactly(0);
        assertThat(ejected(settings(34, null, all), bad, bad, bad)).containsExactly(0, 1);
        assertThat(ejected(settings(0, null, all), bad, bad, bad)).isEmpty();
        assertThat(ejected(settings(100, null, all), bad, bad, bad)).containsExactly(0, 1, 2);
    }

    @Test
    void thoseThatAreEjectedAlreadyCountForTheLimit() {
        FailurePercentage all = new FailurePercentage(50, 100, 1, 1);
        Observed out = new Observed(0, 0, new Ejection(true, now, 1));
        assertThat(ejected(settings(50, null, all), out, calls(0, 10))).containsExactly(0);
        assertThat(ejected(settings(51, null, all), out, calls(0, 10))).containsExactly(0, 1);
    }

    @Test
    void onlySoManyOfAHundredOutliersAreEjected() {
        Random many = Seeds.random(OutlierSweepTest.class);
        OutlierSettings settings = settings(100, null, new FailurePercentage(50, 30, 1, 1));
        int ejected = 0;
        for (int i = 0; i < 10_000; i++) {
            if (OutlierSweep.of(List.of(calls(0, 10)), settings, many, now).get(0).isEjected()) {
                ejected++;
            }
        }
        assertThat(ejected).isBetween(2_700, 3_300);
    }

    @Test
    void eachFurtherEjectionLastsLongerUpToTheLongest() {
        OutlierSettings settings =
                new OutlierSettings(SECONDS, 10 * SECONDS, 25 * SECONDS, 100, null, null);
        assertThat(secondsOut(settings, 1)).isEqualTo(10);
        assertThat(secondsOut(settings, 2)).isEqualTo(20);
        assertThat(secondsOut(settings, 3)).isEqualTo(25);
        assertThat(secondsOut(settings, Integer.MAX_VALUE)).isEqualTo(25);
        OutlierSettings short_ =
                new OutlierSettings(SECONDS, 10 * SECONDS, 5 * SECONDS, 100, null, null);
        assertThat(secondsOut(short_, 3)).isEqualTo(10);
    }

    @Test
    void whoIsGoodIsForgivenOneEjectionPerSweep() {
        Ejection ejection = new Ejection(false, 0, 2);
        ejection = sweep(OFF, new Observed(9, 0, ejection)).getFirst();
        assertThat(ejection).isEqualTo(new Ejection(false, 0, 1));
        ejection = sweep(OFF, new Observed(9, 0, ejection)).getFirst();
        assertThat(ejection).isEqualTo(Ejection.NONE);
        assertThat(sweep(OFF, new Observed(9, 0, ejection)).getFirst()).isEqualTo(Ejection.NONE);
    }

    @Test
    void anEjectionCountsFromItsSweep() {
        Ejection ejection =
                sweep(byFailures(new FailurePercentage(50, 100, 1, 1)), calls(0, 10)).getFirst();
        assertThat(ejection).isEqualTo(new Ejection(true, now, 1));
    }

    @Test
    void settingsOutOfTheirRangesAreNamed() {
        assertThatThrownBy(() -> new OutlierSettings(-1, 0, 0, 0, null, null))
                .hasMessage("intervalNanos: -1 (expected: >= 0)");
        assertThatThrownBy(() -> new OutlierSettings(0, 0, 0, 101, null, null))
                .hasMessage("maxEjectionPercent: 101 (expected: 0..100)");
        assertThatThrownBy(() -> new SuccessRate(-1, 0, 0, 0))
                .hasMessage("stdevFactor: -1 (expected: >= 0)");
        assertThatThrownBy(() -> new FailurePercentage(0, -1, 0, 0))
                .hasMessage("enforcementPercent: -1 (expected: 0..100)");
        assertThatThrownBy(() -> new Ejection(true, 0, 0))
                .hasMessage("multiplier: 0 (expected: >= 1)");
        assertThatThrownBy(() -> new Ejection(false, 0, -1))
                .hasMessage("multiplier: -1 (expected: >= 0)");
        assertThatThrownBy(() -> new Observed(-1, 0, Ejection.NONE))
                .hasMessage("calls: -1, 0 (expected: >= 0)");
    }

    /** After how many seconds an endpoint that was ejected so often gets calls again. */
    private long secondsOut(OutlierSettings settings, int multiplier) {
        Observed out = new Observed(0, 0, new Ejection(true, now, multiplier));
        for (long seconds = 0; ; seconds++) {
            long at = now + seconds * SECONDS + 1;
            Ejection next = OutlierSweep.of(List.of(out), settings, random, at).getFirst();
            if (next.isEjected()) continue;
            assertThat(next.multiplier()).isEqualTo(multiplier);
            return seconds;
        }
    }

    private static Observed calls(long successes, long failures) {
        return new Observed(successes, failures, Ejection.NONE);
    }

    private static OutlierSettings byFailures(FailurePercentage by) {
        return settings(50, null, by);
    }

    private static OutlierSettings bySuccess(SuccessRate by) {
        return settings(50, by, null);
    }

    private static OutlierSettings settings(
            int percent, SuccessRate bySuccess, FailurePercentage byFailures) {
        return new OutlierSettings(0, SECONDS, SECONDS, percent, bySuccess, byFailures);
    }

    private List<Ejection> sweep(OutlierSettings settings, Observed... endpoints) {
        return OutlierSweep.of(List.of(endpoints), settings, random, now);
    }

    private List<Integer> ejected(OutlierSettings settings, Observed... endpoints) {
        List<Integer> indexes = new ArrayList<>();
        List<Ejection> ejections = sweep(settings, endpoints);
        for (int i = 0; i < ejections.size(); i++) {
            if (ejections.get(i).isEjected()) indexes.add(i);
        }
        return indexes;
    }
}
