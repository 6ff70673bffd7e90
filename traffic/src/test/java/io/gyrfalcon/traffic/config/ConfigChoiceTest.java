package io.gyrfalcon.traffic.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.traffic.Seeds;
import io.gyrfalcon.traffic.TrafficLimits;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Random;

class ConfigChoiceTest {
    private static final Random RANDOM = new Random(1);
    private static final TrafficLimits LIMITS = TrafficLimits.standard();

    @Test
    void theFirstChoiceThatMatchesCounts() {
        String record =
                """
                grpc_config=[
                  {"clientLanguage": ["go", "C++"], "serviceConfig": {"a": 1}},
                  {"clientHostname": ["other"], "serviceConfig": {"a": 2}},
                  {"percentage": 0, "serviceConfig": {"a": 3}},
                  {"clientLanguage": ["go", "Java"], "percentage": 100,
                   "clientHostname": ["me", "you"], "serviceConfig": {"a": 4}},
                  {"serviceConfig": {"a": 5}}]""";
        assertThat(choose(record).config()).hasToString("{a=4.0}");
        assertThat(choose(record).fault()).isNull();
    }

    @Test
    void aHostNameIsNotTheSameInAnotherCase() {
        String record = "grpc_config=[{\"clientHostname\": [\"ME\"], \"serviceConfig\": {}}]";
        assertThat(choose(record)).isEqualTo(new ConfigChoice(null, null));
    }

    @Test
    void emptyListsMatchEveryClient() {
        String record =
                "grpc_config=[{\"clientLanguage\": [], \"clientHostname\": [],"
                        + " \"serviceConfig\": {}}]";
        assertThat(choose(record).config()).isEmpty();
    }

    @Test
    void otherRecordsAreIgnoredAndSeveralCountInTheirOrder() {
        assertThat(
                        choose(
                                        "v=spf1",
                                        "grpc_config=[]",
                                        "grpc_config=[{\"serviceConfig\": {\"a\": 1}}]",
                                        "grpc_config=[{\"serviceConfig\": {\"a\": 2}}]")
                                .config())
                .hasToString("{a=1.0}");
        assertThat(choose()).isEqualTo(new ConfigChoice(null, null));
    }

    @Test
    void aPercentageIsThatOfClients() {
        Random random = Seeds.random(ConfigChoiceTest.class);
        List<String> record = List.of("grpc_config=[{\"percentage\": 30, \"serviceConfig\": {}}]");
        int chosen = 0;
        for (int i = 0; i < 10_000; i++) {
            if (ConfigChoice.of(record, random, "me", LIMITS).config() != null) chosen++;
        }
        assertThat(chosen).isBetween(2_700, 3_300);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "[~JSON at character 1: the end (expected: a value)",
                "{}~grpc_config: {} (expected: a list)",
                "null~grpc_config: null (expected: a list)",
                "[1]~grpc_config[0]: 1.0 (expected: an object)",
                "[{}]~grpc_config[0].serviceConfig: missing",
                "[{`serviceConfig`: []}]~grpc_config[0].serviceConfig: [] (expected: an object)",
                "[{`lang`: 1, `serviceConfig`: {}}]~grpc_config[0].lang: `lang` (expected: one of"
                        + " [clientLanguage, percentage, clientHostname, serviceConfig])",
                "[{`percentage`: 101, `serviceConfig`: {}}]"
                        + "~grpc_config[0].percentage: 101.0 (expected: 0..100)",
                "[{`percentage`: -1, `serviceConfig`: {}}]"
                        + "~grpc_config[0].percentage: -1.0 (expected: 0..100)",
                "[{`percentage`: 0.5, `serviceConfig`: {}}]"
                        + "~grpc_config[0].percentage: 0.5 (expected: an integer of 32 bits)",
                "[{`clientLanguage`: [1], `serviceConfig`: {}}]"
                        + "~grpc_config[0].clientLanguage[0]: 1.0 (expected: a text)",
                "[{`clientHostname`: `me`, `serviceConfig`: {}}]"
                        + "~grpc_config[0].clientHostname: `me` (expected: a list)",
            })
    void aRecordThatCannotBeReadIsAFaultAndNoConfig(String value, String fault) {
        ConfigChoice choice = choose("grpc_config=" + value.replace('`', '"'));
        assertThat(choice.config()).isNull();
        assertThat(choice.fault()).isEqualTo("service config in DNS: " + fault.replace('`', '"'));
    }

    @Test
    void thereAreNoMoreChoicesThanAllowedInAllRecords() {
        TrafficLimits three = new TrafficLimits(1, 1, 2, 2, 0, 1, 1, 3, 9_999, 9);
        String two = "grpc_config=[{\"serviceConfig\": {}}, {\"serviceConfig\": {}}]";
        String one = "grpc_config=[{\"serviceConfig\": {}}]";
        assertThat(ConfigChoice.of(List.of(two, one), RANDOM, "me", three).fault()).isNull();
        assertThat(ConfigChoice.of(List.of(two, two), RANDOM, "me", three).fault())
                .isEqualTo("service config in DNS: grpc_config: 2 entries (expected: at most 1)");
    }

    private static ConfigChoice choose(String... records) {
        return ConfigChoice.of(List.of(records), RANDOM, "me", LIMITS);
    }
}
