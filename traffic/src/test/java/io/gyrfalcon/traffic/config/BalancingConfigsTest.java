package io.gyrfalcon.traffic.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.balance.PickFirstSettings;
import io.gyrfalcon.traffic.balance.WeightSettings;
import io.gyrfalcon.traffic.outlier.OutlierSettings;
import io.gyrfalcon.traffic.outlier.OutlierSettings.FailurePercentage;
import io.gyrfalcon.traffic.outlier.OutlierSettings.SuccessRate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Map;

class BalancingConfigsTest {
    private static final long SECONDS = 1_000_000_000L;

    @Test
    void pickFirstShufflesOnDemand() {
        PickFirstSettings base = PickFirstSettings.standard();
        assertThat(BalancingConfigs.pickFirst(Map.of(), base)).isEqualTo(base);
        assertThat(BalancingConfigs.pickFirst(Map.of("shuffleAddressList", true), base))
                .isEqualTo(base.shuffled(true));
        assertThatThrownBy(
                        () -> BalancingConfigs.pickFirst(Map.of("shuffleAddressList", 1.0), base))
                .hasMessage("shuffleAddressList: 1.0 (expected: true or false)");
    }

    @Test
    void weightsAreReadWithTheirDefaults() {
        assertThat(BalancingConfigs.weightedRoundRobin(Map.of()))
                .isEqualTo(WeightSettings.standard());
        assertThat(
                        BalancingConfigs.weightedRoundRobin(
                                json(
                                        """
                                        {"blackoutPeriod": "1s", "weightExpirationPeriod": "2s",
                                         "weightUpdatePeriod": "3s",
                                         "errorUtilizationPenalty": 0.5}""")))
                .isEqualTo(new WeightSettings(SECONDS, 2 * SECONDS, 3 * SECONDS, 0.5));
        assertThatThrownBy(
                        () ->
                                BalancingConfigs.weightedRoundRobin(
                                        Map.of("errorUtilizationPenalty", -1.0)))
                .hasMessage("errorUtilizationPenalty: -1.0 (expected: at least 0)");
    }

    @Test
    void outliersAreReadWithTheirDefaults() {
        assertThat(BalancingConfigs.outlierDetection(Map.of()))
                .isEqualTo(OutlierSettings.standard());
        assertThat(
                        BalancingConfigs.outlierDetection(
                                json(
                                        """
                                        {"successRateEjection": {},
                                         "failurePercentageEjection": {}}""")))
                .isEqualTo(
                        new OutlierSettings(
                                10 * SECONDS,
                                30 * SECONDS,
                                300 * SECONDS,
                                10,
                                SuccessRate.STANDARD,
                                FailurePercentage.STANDARD));
    }

    @Test
    void outliersAreReadAsTheConfigSays() {
        assertThat(
                        BalancingConfigs.outlierDetection(
                                json(
                                        """
                                        {"interval": "1s", "baseEjectionTime": "2s",
                                         "maxEjectionTime": "3s", "maxEjectionPercent": 40,
                                         "successRateEjection": {"stdevFactor": 1,
                                           "enforcementPercentage": 2, "minimumHosts": 3,
                                           "requestVolume": 4},
                                         "failurePercentageEjection": {"threshold": 5,
                                           "enforcementPercentage": 6, "minimumHosts": 7,
                                           "requestVolume": 8}}""")))
                .isEqualTo(
                        new OutlierSettings(
                                SECONDS,
                                2 * SECONDS,
                                3 * SECONDS,
                                40,
                                new SuccessRate(1, 2, 3, 4),
                                new FailurePercentage(5, 6, 7, 8)));
        assertThat(
                        BalancingConfigs.outlierDetection(Map.of("maxEjectionPercentage", 50.0))
                                .maxEjectionPercent())
                .isEqualTo(50);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "`interval`: `-1s`~interval: `-1s` (expected: at least 0s)",
                "`maxEjectionPercent`: 101~maxEjectionPercent: 101.0 (expected: 0..100)",
                "`maxEjectionPercentage`: -1~maxEjectionPercentage: -1.0 (expected: at least 0)",
                "`successRateEjection`: {`minimumHosts`: -1}"
                        + "~successRateEjection.minimumHosts: -1.0 (expected: at least 0)",
                "`failurePercentageEjection`: {`threshold`: 101}"
                        + "~failurePercentageEjection.threshold: 101.0 (expected: 0..100)",
            })
    void whatAConfigCannotSayIsNamedWithItsPlace(String fields, String message) {
        Map<String, ?> json = json("{" + fields.replace('`', '"') + "}");
        assertThatThrownBy(() -> BalancingConfigs.outlierDetection(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message.replace('`', '"'));
    }

    @Test
    void policiesBelowAnotherAreReadInTheirOrder() {
        Map<String, ?> json = json("{\"childPolicy\": [{\"a\": {\"b\": 1}}, {\"c\": {}}]}");
        assertThat(BalancingConfigs.children(json, TrafficLimits.standard()))
                .hasToString(
                        "[BalancingPolicy[name=a, config={b=1.0}],"
                                + " BalancingPolicy[name=c, config={}]]");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, ?> json(String text) {
        return (Map<String, ?>) Json.parse(text, TrafficLimits.standard());
    }
}
