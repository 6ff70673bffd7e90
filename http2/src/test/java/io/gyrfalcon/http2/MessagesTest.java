package io.gyrfalcon.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.http2.sim.Bench;
import io.gyrfalcon.http2.sim.FrameBytes;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessagesTest {
    private final Bench bench = Bench.open();

    @AfterEach
    void close() {
        bench.close();
    }

    private static final String LEAST = ":method=GET :scheme=http :path=/ ";

    private static byte[] block(String text) {
        String[] words = text.trim().split(" ");
        String[] fields = new String[words.length * 2];
        for (int i = 0; i < words.length; i++) {
            int eq = words[i].indexOf('=');
            fields[2 * i] = words[i].substring(0, eq);
            fields[2 * i + 1] = words[i].substring(eq + 1).replace('_', ' ');
        }
        return Bench.literals(fields);
    }

    private void assertMalformed(String request) {
        bench.send(new FrameBytes().headers(1, block(request), true));
        assertThat(bench.sent()).containsExactly("RST_STREAM 1 1");
        assertThat(bench.events.log).containsExactly("reset 1 PROTOCOL_ERROR", "closed 1");
        bench.send(new FrameBytes().headers(3, block(LEAST), true));
        assertThat(bench.events.log).endsWith("request 3 end");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Upper=1",
                "host=_b",
                "te=trailers_",
                "a=b\rc",
                "a=b\0c",
                "a:b=1",
                "=v",
                "\u007f=1"
            })
    void section8_2_1_namesAndValuesThatAreNotFieldsAreMalformed(String field) {
        assertMalformed(LEAST + field);
    }

    /** gRPC's peers send them in metadata and messages, whatever RFC 9113 §8.2.1 says. */
    @ParameterizedTest
    @ValueSource(strings = {"a=_b", "a=b_", "a=_"})
    void blanksAtTheEndsOfValuesThatHttpDoesNotReadAreTaken(String field) {
        bench.send(new FrameBytes().headers(1, block(LEAST + field), true));
        assertThat(bench.sent()).isEmpty();
        assertThat(bench.events.log).endsWith("request 1 end");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connection=close",
                "keep-alive=1",
                "proxy-connection=x",
                "transfer-encoding=chunked",
                "upgrade=h3",
                "te=gzip"
            })
    void section8_2_2_connectionSpecificFieldsAreMalformed(String field) {
        assertMalformed(LEAST + field);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":method=GET a=b :scheme=http :path=/",
                LEAST + ":foo=bar",
                LEAST + ":status=200",
                LEAST + ":protocol=websocket",
                LEAST + ":path=/",
                LEAST + ":method=GET",
                LEAST + ":scheme=http",
                ":authority=a " + LEAST + ":authority=a"
            })
    void section8_3_pseudoFieldsInWrongPlacesAreMalformed(String request) {
        assertMalformed(request);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":scheme=http :path=/",
                ":method=GET :path=/",
                ":method=GET :scheme=http",
                ":method=GET :scheme=http :path=",
                ":method= :scheme=http :path=/",
                ":method=GET :scheme=http :path=abc",
                ":method=GET :scheme=http :path=*",
                ":authority=a " + LEAST + "host=b",
                ":authority=a " + LEAST + "host=a host=b"
            })
    void section8_3_1_requestsThatLackOrContradictAreMalformed(String request) {
        assertMalformed(request);
    }

    @ParameterizedTest
    @ValueSource(strings = {":method=CONNECT :scheme=http :path=/ :authority=a", ":method=CONNECT"})
    void section8_5_connectWithSchemeOrWithoutAuthorityIsMalformed(String request) {
        assertMalformed(request);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                LEAST + "te=trailers cookie=a cookie=b",
                ":path=/ :method=GET :scheme=http",
                ":authority=a " + LEAST + "host=a host=a",
                LEAST + "host=a host=b",
                ":method=OPTIONS :scheme=http :path=*",
                ":method=CONNECT :authority=a:1",
                LEAST + "content-length=0 content-length=0"
            })
    void section8_3_1_whatIsRightIsTaken(String request) {
        bench.send(new FrameBytes().headers(1, block(request), true));
        assertThat(bench.events.log).containsExactly("request 1 end");
        assertThat(bench.sent()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "content-length=1",
                "content-length=",
                "content-length=x",
                "content-length=-1",
                "content-length=0 content-length=1",
                "content-length=99999999999999999999999"
            })
    void section8_1_1_aContentLengthThatCannotBeIsMalformed(String field) {
        assertMalformed(LEAST + field);
    }

    @Test
    void section8_1_1_aContentLengthMustBeTheSumOfTheData() {
        FrameBytes right = new FrameBytes().headers(1, block(LEAST + "content-length=5"), false);
        bench.send(right.data(1, 2, false).data(1, 3, true));
        assertThat(bench.sent()).isEmpty();

        FrameBytes less = new FrameBytes().headers(3, block(LEAST + "content-length=5"), false);
        bench.send(less.data(3, 2, false).data(3, 2, true));
        assertThat(bench.sent()).containsExactly("RST_STREAM 3 1");

        FrameBytes more = new FrameBytes().headers(5, block(LEAST + "content-length=5"), false);
        bench.send(more.data(5, 6, false));
        assertThat(bench.sent()).containsExactly("RST_STREAM 5 1");

        FrameBytes trailed = new FrameBytes().headers(7, block(LEAST + "content-length=5"), false);
        bench.send(trailed.data(7, 4, false).headers(7, block("a=b"), true));
        assertThat(bench.sent()).containsExactly("RST_STREAM 7 1");
        assertThat(bench.events.log).doesNotContain("trailers 7", "data 3 2 end");
    }

    @Test
    void section8_1_trailersEndTheRequest() {
        bench.send(
                new FrameBytes()
                        .headers(1, block(LEAST), false)
                        .data(1, 3, false)
                        .headers(1, block("t=1 host=x content-length=9"), true));
        assertThat(bench.events.log).containsExactly("request 1", "data 1 3", "trailers 1");
        assertThat(bench.events.fields).contains("1 t: 1 (trailer)");
    }

    @Test
    void section8_1_trailersThatDoNotEndTheStreamAreMalformed() {
        bench.send(
                new FrameBytes().headers(1, block(LEAST), false).headers(1, block("t=1"), false));
        assertThat(bench.sent()).containsExactly("RST_STREAM 1 1");
    }

    @Test
    void section8_1_pseudoFieldsInTrailersAreMalformed() {
        bench.send(
                new FrameBytes()
                        .headers(1, block(LEAST), false)
                        .headers(1, block(":path=/"), true));
        assertThat(bench.sent()).containsExactly("RST_STREAM 1 1");
        assertThat(bench.events.log).doesNotContain("trailers 1");
    }

    @Test
    void fieldsAreTheStreamsOwn() {
        bench.send(
                new FrameBytes()
                        .headers(1, block(LEAST + "a=1"), true)
                        .headers(3, block(LEAST + "a=2"), true));
        assertThat(bench.events.fields).contains("1 a: 1", "3 a: 2");
    }
}
