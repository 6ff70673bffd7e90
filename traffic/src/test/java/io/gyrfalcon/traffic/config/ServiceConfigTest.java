package io.gyrfalcon.traffic.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.retry.HedgingPolicy;
import io.gyrfalcon.traffic.retry.RetryPolicy;
import io.gyrfalcon.traffic.retry.RetryThrottling;
import io.gyrfalcon.traffic.retry.StatusCodes;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Map;

class ServiceConfigTest {
    private static final TrafficLimits LIMITS = TrafficLimits.standard();
    private static final String RETRY =
            """
            {"maxAttempts": 4, "initialBackoff": "0.1s", "maxBackoff": "1s",
             "backoffMultiplier": 2, "retryableStatusCodes": ["UNAVAILABLE", "aborted", 13]}""";

    @Test
    void anEmptyConfigSaysNothing() {
        assertThat(config("{}")).isEqualTo(ServiceConfig.EMPTY);
        assertThat(ServiceConfig.EMPTY.of("a.B/C")).isNull();
    }

    @Test
    void aMethodIsCalledAsItsConfigSays() {
        MethodConfig method =
                config(
                                """
                                {"methodConfig": [{"name": [{"service": "a.B", "method": "C"}],
                                  "timeout": "1.5s", "waitForReady": true,
                                  "maxRequestMessageBytes": 0,
                                  "maxResponseMessageBytes": "2048"}]}""")
                        .of("a.B/C");
        assertThat(method).isEqualTo(new MethodConfig(1_500_000_000L, true, 0, 2_048, null));
    }

    @Test
    void theMostSpecificNameCounts() {
        ServiceConfig config =
                config(
                        """
                        {"methodConfig": [
                          {"name": [{}], "timeout": "1s"},
                          {"name": [{"service": "a.B"}, {"service": "a.C", "method": ""}],
                           "timeout": "2s"},
                          {"name": [{"service": "a.B", "method": "M"}], "timeout": "3s"},
                          {"timeout": "4s"}]}""");
        assertThat(seconds(config, "a.B/M")).isEqualTo(3);
        assertThat(seconds(config, "a.B/N")).isEqualTo(2);
        assertThat(seconds(config, "a.C/M")).isEqualTo(2);
        assertThat(seconds(config, "a.D/M")).isEqualTo(1);
        assertThat(seconds(config, "M")).isEqualTo(1);
    }

    @Test
    void aRetryPolicyIsRead() {
        assertThat(ofMethod("\"retryPolicy\":" + RETRY).attempts())
                .isEqualTo(
                        new RetryPolicy(
                                4,
                                100_000_000,
                                1_000_000_000,
                                2,
                                StatusCodes.NONE.with(14).with(10).with(13)));
    }

    @Test
    void aHedgingPolicyIsRead() {
        assertThat(
                        ofMethod(
                                        """
                                        "hedgingPolicy": {"maxAttempts": 3, "hedgingDelay": "0s",
                                          "nonFatalStatusCodes": [14]}""")
                                .attempts())
                .isEqualTo(new HedgingPolicy(3, 0, StatusCodes.NONE.with(14)));
        assertThat(
                        ofMethod(
                                        "\"hedgingPolicy\": {\"maxAttempts\": 2,"
                                                + " \"hedgingDelay\": \"1s\"}")
                                .attempts())
                .isEqualTo(new HedgingPolicy(2, 1_000_000_000, StatusCodes.NONE));
    }

    @Test
    void gRfcA6_moreAttemptsThanAllowedAreTheMostAllowed() {
        String retry = "\"retryPolicy\":" + RETRY.replace(": 4", ": 50");
        assertThat(ofMethod(retry).attempts().attemptsMax()).isEqualTo(5);
        String hedging = "\"hedgingPolicy\": {\"maxAttempts\": 50, \"hedgingDelay\": \"1s\"}";
        assertThat(ofMethod(hedging).attempts().attemptsMax()).isEqualTo(5);
        TrafficLimits more = LIMITS.withAttempts(10, 7);
        assertThat(parse(inMethod(retry), true, more).of("s/m").attempts().attemptsMax())
                .isEqualTo(10);
        TrafficLimits one = LIMITS.withAttempts(1, 1);
        assertThat(parse(inMethod(retry), true, one).of("s/m").attempts().attemptsMax())
                .isEqualTo(1);
        assertThat(parse(inMethod(hedging), true, more).of("s/m").attempts().attemptsMax())
                .isEqualTo(7);
    }

    @Test
    void withoutRetriesTheirPoliciesAreNotLookedAt() {
        ServiceConfig config =
                parse(
                        """
                        {"retryThrottling": {"maxTokens": "none"},
                         "methodConfig": [{"name": [{}], "retryPolicy": {"maxAttempts": 1}}]}""",
                        false,
                        LIMITS);
        assertThat(config.retryThrottling()).isNull();
        assertThat(config.of("s/m").attempts()).isNull();
    }

    @Test
    void aRetryPolicyWithATimeoutPerAttemptNeedsNoCodes() {
        String retry =
                RETRY.replace(
                        "[\"UNAVAILABLE\", \"aborted\", 13]",
                        "[], \"perAttemptRecvTimeout\": \"1s\"");
        assertThat(((RetryPolicy) ofMethod("\"retryPolicy\":" + retry).attempts()).retryable())
                .isEqualTo(StatusCodes.NONE);
    }

    @Test
    void throttlingIsReadToTheThousandth() {
        assertThat(
                        config("{\"retryThrottling\": {\"maxTokens\": 10, \"tokenRatio\": 0.5466}}")
                                .retryThrottling())
                .isEqualTo(new RetryThrottling(10_000, 546));
        assertThat(
                        config(
                                        "{\"retryThrottling\": {\"maxTokens\": 1000000,"
                                                + " \"tokenRatio\": 0.001}}")
                                .retryThrottling())
                .isEqualTo(new RetryThrottling(1_000_000_000, 1));
    }

    @Test
    void policiesOfBalancingAreReadInTheirOrder() {
        ServiceConfig config =
                config(
                        """
                        {"loadBalancingConfig": [{"ring_hash": {"min": 1, "max": null}},
                          {"round_robin": {}}], "loadBalancingPolicy": "PICK_FIRST"}""");
        assertThat(config.balancing().toString())
                .isEqualTo(
                        "[BalancingPolicy[name=ring_hash, config={min=1.0, max=null}],"
                                + " BalancingPolicy[name=round_robin, config={}]]");
    }

    @Test
    void theOldNameOfAPolicyCountsWhereThereIsNoNewOne() {
        BalancingPolicy old = new BalancingPolicy("round_robin", Map.of());
        assertThat(config("{\"loadBalancingPolicy\": \"ROUND_ROBIN\"}").balancing())
                .containsExactly(old);
        assertThat(
                        config(
                                        "{\"loadBalancingConfig\": [], \"loadBalancingPolicy\":"
                                                + " \"round_robin\"}")
                                .balancing())
                .containsExactly(old);
    }

    @Test
    void healthIsAskedForUnderTheNameOfTheService() {
        assertThat(
                        config("{\"healthCheckConfig\": {\"serviceName\": \"a.B\"}}")
                                .healthCheckService())
                .isEqualTo("a.B");
        assertThat(config("{\"healthCheckConfig\": {}}").healthCheckService()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "1s, 1000000000",
        "0.000000001s, 1",
        "0.0000000019s, 1",
        "1.s, 1000000000",
        "-1.5s, -1500000000",
        "9223372035s, 9223372035000000000",
        "9223372036s, 9223372036854775807",
        "315576000000s, 9223372036854775807",
    })
    void aDurationIsSecondsWithUpToNineDecimals(String text, long nanos) {
        assertThat(ofMethod("\"timeout\": \"" + text + "\"").timeoutNanos()).isEqualTo(nanos);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "{`methodConfig`: {}}~methodConfig: {} (expected: a list)",
                "{`methodConfig`: null}~methodConfig: null (expected: a list)",
                "{`methodConfig`: [1]}~methodConfig[0]: 1.0 (expected: an object)",
                "{`healthCheckConfig`: 1}~healthCheckConfig: 1.0 (expected: an object)",
                "{`healthCheckConfig`: {`serviceName`: 1}}"
                        + "~healthCheckConfig.serviceName: 1.0 (expected: a text)",
                "{`methodConfig`: [{`name`: [{`method`: `M`}]}]}"
                        + "~methodConfig[0].name[0].method: `M` (expected: a service beside it)",
                "{`methodConfig`: [{`name`: [{}]}, {`name`: [{`service`: ``}]}]}"
                        + "~methodConfig[1].name[0]: {service=} (expected: a name that comes once)",
                "{`methodConfig`: [{`name`: [{`service`: `s`}, {`service`: `s`}]}]}"
                        + "~methodConfig[0].name[1]: {service=s}"
                        + " (expected: a name that comes once)",
                "{`retryThrottling`: {`maxTokens`: 1}}~retryThrottling.tokenRatio: missing",
                "{`retryThrottling`: {`maxTokens`: 0, `tokenRatio`: 1}}"
                        + "~retryThrottling.maxTokens: 0.0 (expected: 0.001..1000000)",
                "{`retryThrottling`: {`maxTokens`: 1000001, `tokenRatio`: 1}}"
                        + "~retryThrottling.maxTokens: 1000001.0 (expected: 0.001..1000000)",
                "{`retryThrottling`: {`maxTokens`: `NaN`, `tokenRatio`: 1}}"
                        + "~retryThrottling.maxTokens: `NaN` (expected: 0.001..1000000)",
                "{`retryThrottling`: {`maxTokens`: `x`, `tokenRatio`: 1}}"
                        + "~retryThrottling.maxTokens: `x` (expected: a number)",
                "{`loadBalancingConfig`: [{}]}~loadBalancingConfig[0]: {} (expected: one policy)",
                "{`loadBalancingConfig`: [{`a`: {}, `b`: {}}]}"
                        + "~loadBalancingConfig[0]: {a={}, b={}} (expected: one policy)",
                "{`loadBalancingConfig`: [{`a`: 1}]}"
                        + "~loadBalancingConfig[0].a: 1.0 (expected: an object)",
                "{`loadBalancingPolicy`: 1}~loadBalancingPolicy: 1.0 (expected: a text)",
            })
    void whatAConfigCannotSayIsNamedWithItsPlace(String json, String message) {
        assertThatThrownBy(() -> config(json.replace('`', '"')))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message.replace('`', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "`timeout`: 1~timeout: 1.0 (expected: a text)",
                "`timeout`: `1`~timeout: `1` (expected: a duration such as `1.5s`)",
                "`timeout`: `.5s`~timeout: `.5s` (expected: a duration such as `1.5s`)",
                "`timeout`: `1e3s`~timeout: `1e3s` (expected: a duration such as `1.5s`)",
                "`timeout`: `315576000000.1s`"
                        + "~timeout: `315576000000.1s` (expected: at most 315576000000s)",
                "`waitForReady`: `true`~waitForReady: `true` (expected: true or false)",
                "`maxRequestMessageBytes`: -1"
                        + "~maxRequestMessageBytes: -1.0 (expected: at least 0)",
                "`maxResponseMessageBytes`: 1.5"
                        + "~maxResponseMessageBytes: 1.5 (expected: an integer of 32 bits)",
                "`maxResponseMessageBytes`: 2147483648"
                        + "~maxResponseMessageBytes: 2.147483648E9"
                        + " (expected: an integer of 32 bits)",
                "`maxResponseMessageBytes`: true"
                        + "~maxResponseMessageBytes: true (expected: a number)",
                "`retryPolicy`: {}, `hedgingPolicy`: {}"
                        + "~hedgingPolicy: {} (expected: no retryPolicy beside it)",
                "`retryPolicy`: {}~retryPolicy.maxAttempts: missing",
                "`hedgingPolicy`: {`maxAttempts`: 1}"
                        + "~hedgingPolicy.maxAttempts: 1.0 (expected: at least 2)",
                "`hedgingPolicy`: {`maxAttempts`: 2}~hedgingPolicy.hedgingDelay: missing",
                "`hedgingPolicy`: {`maxAttempts`: 2, `hedgingDelay`: `-1s`}"
                        + "~hedgingPolicy.hedgingDelay: `-1s` (expected: at least 0s)",
                "`hedgingPolicy`: {`maxAttempts`: 2, `hedgingDelay`: `0s`,"
                        + " `nonFatalStatusCodes`: [`OK`]}"
                        + "~hedgingPolicy.nonFatalStatusCodes: [OK] (expected: no OK)",
            })
    void whatAMethodCannotSayIsNamedWithItsPlace(String fields, String message) {
        assertThatThrownBy(() -> ofMethod(fields.replace('`', '"')))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("methodConfig[0]." + message.replace('`', '"'));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '^',
            value = {
                "`maxAttempts`: 4~`maxAttempts`: 1~maxAttempts: 1.0 (expected: at least 2)",
                "`0.1s`~`0s`~initialBackoff: `0s` (expected: more than 0s)",
                "`1s`~`-1s`~maxBackoff: `-1s` (expected: more than 0s)",
                "`maxBackoff`~`mxBackoff`~maxBackoff: missing",
                "`backoffMultiplier`: 2~`x`: 2~backoffMultiplier: missing",
                ": 2,~: 0,~backoffMultiplier: 0.0 (expected: greater than 0)",
                "[`UNAVAILABLE`, `aborted`, 13]~[]"
                        + "~retryableStatusCodes: [] (expected: at least one code)",
                "13~17~retryableStatusCodes: 17.0 (expected: a status code, as name or number)",
                "13~13.5~retryableStatusCodes: 13.5 (expected: a status code, as name or number)",
                "13~null~retryableStatusCodes: null (expected: a status code, as name or number)",
                "13~`X`~retryableStatusCodes: `X` (expected: a status code, as name or number)",
                "13~0~retryableStatusCodes: [UNAVAILABLE, aborted, 0.0] (expected: no OK)",
                "`retryableStatusCodes`~`x`~retryableStatusCodes: missing",
                "`maxAttempts`~`perAttemptRecvTimeout`: `-1s`, `maxAttempts`"
                        + "~perAttemptRecvTimeout: `-1s` (expected: at least 0s)",
            })
    void whatARetryPolicyCannotSayIsNamedWithItsPlace(String from, String to, String message) {
        String retry = RETRY.replace(from.replace('`', '"'), to.replace('`', '"'));
        assertThat(retry).isNotEqualTo(RETRY);
        assertThatThrownBy(() -> ofMethod("\"retryPolicy\":" + retry))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("methodConfig[0].retryPolicy." + message.replace('`', '"'));
    }

    @Test
    void aLongValueIsNotRepeatedInFull() {
        assertThatThrownBy(() -> ofMethod("\"timeout\": \"" + "x".repeat(5_000) + "\""))
                .hasMessage(
                        "methodConfig[0].timeout: \""
                                + "x".repeat(99)
                                + "... (expected: a duration such as \"1.5s\")");
    }

    @Test
    void namesAndPoliciesHaveLimits() {
        TrafficLimits two = new TrafficLimits(1, 1, 2, 2, 0, 2, 2, 1, 9_999, 9);
        String names =
                "{\"methodConfig\": [{\"name\": [{\"service\": \"a\"}]},"
                        + " {\"name\": [{\"service\": \"b\"}%s]}]}";
        assertThat(parse(names.formatted(""), true, two).byService()).hasSize(2);
        assertThatThrownBy(() -> parse(names.formatted(", {\"service\": \"c\"}"), true, two))
                .hasMessage("methodConfig[1].name[1]: 3 entries (expected: at most 2)");
        String policies = "{\"loadBalancingConfig\": [{\"a\": {}}, {\"b\": {}}%s]}";
        assertThat(parse(policies.formatted(""), true, two).balancing()).hasSize(2);
        assertThatThrownBy(() -> parse(policies.formatted(", {\"c\": {}}"), true, two))
                .hasMessage("loadBalancingConfig: 3 entries (expected: at most 2)");
    }

    private static long seconds(ServiceConfig config, String method) {
        return config.of(method).timeoutNanos() / 1_000_000_000;
    }

    private static MethodConfig ofMethod(String fields) {
        return config(inMethod(fields)).of("s/m");
    }

    private static String inMethod(String fields) {
        return "{\"methodConfig\": [{\"name\": [{}]," + fields + "}]}";
    }

    private static ServiceConfig config(String json) {
        return parse(json, true, LIMITS);
    }

    @SuppressWarnings("unchecked")
    private static ServiceConfig parse(String json, boolean isRetryEnabled, TrafficLimits limits) {
        Map<String, ?> object = (Map<String, ?>) Json.parse(json, LIMITS);
        return ServiceConfig.parse(object, isRetryEnabled, limits);
    }
}
