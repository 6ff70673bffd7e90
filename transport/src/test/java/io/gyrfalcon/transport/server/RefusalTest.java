package io.gyrfalcon.transport.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;

/** Requests that are HTTP/2 and not gRPC. */
class RefusalTest {
    private final Rig rig = new Rig();
    private final RawClient client = rig.client();

    @AfterEach
    void close() {
        rig.close();
    }

    private List<String> answerTo(String... fields) {
        client.headers(1, true, fields);
        rig.go(client);
        return client.lines(1);
    }

    private static List<String> refused(
            String status, String more, String code, String message, String body) {
        return refused(1, status, more, code, message, body);
    }

    private static List<String> refused(
            int id, String status, String more, String code, String message, String body) {
        return List.of(
                "HEADERS "
                        + id
                        + " :status: "
                        + status
                        + ", content-type: text/plain; charset=utf-8"
                        + more
                        + ", grpc-status: "
                        + code
                        + ", grpc-message: "
                        + message,
                "DATA " + id + " " + body + " end");
    }

    @Test
    void aRequestWithoutAPathIsNotFound() {
        String text = "Expected path but is missing";
        assertThat(answerTo(":method", "CONNECT", ":authority", "a"))
                .isEqualTo(refused("404", "", "12", text, text));
    }

    @Test
    void aRequestWithoutAContentTypeIsRefused() {
        String text = "Content-Type is missing from the request";
        assertThat(answerTo(":method", "POST", ":scheme", "http", ":path", "/a/b"))
                .isEqualTo(refused("415", "", "13", text, text));
    }

    @Test
    void aRequestOfAnotherContentTypeIsRefused() {
        String text = "Content-Type 'text/html' is not supported";
        assertThat(
                        answerTo(
                                ":method",
                                "POST",
                                ":scheme",
                                "http",
                                ":path",
                                "/a/b",
                                "content-type",
                                "text/html"))
                .isEqualTo(refused("415", "", "13", text, text));
    }

    @Test
    void aRequestByAnotherMethodIsToldWhichToUse() {
        String text = "Method 'GET' is not supported";
        assertThat(
                        answerTo(
                                ":method",
                                "GET",
                                ":scheme",
                                "http",
                                ":path",
                                "/a/b",
                                "content-type",
                                "application/grpc"))
                .isEqualTo(refused("405", ", allow: POST", "13", text, text));
    }

    private String[] head(String contentType) {
        String[] fields = {
            ":method", "HEAD", ":scheme", "http", ":path", "/a/b", "content-type", ""
        };
        fields[7] = contentType;
        return fields;
    }

    @Test
    void rfc9110_9_3_2_theAnswerToHeadHasNoBody() {
        assertThat(answerTo(head("application/grpc")))
                .containsExactly(
                        "HEADERS 1 :status: 405, content-type: text/plain; charset=utf-8, "
                                + "allow: POST, grpc-status: 13, "
                                + "grpc-message: Method 'HEAD' is not supported end");
        client.headers(3, true, head("text/html"));
        rig.go(client);
        assertThat(client.lines(3))
                .singleElement()
                .asString()
                .startsWith("HEADERS 3 :status: 415")
                .endsWith(" end");
    }

    @Test
    void rfc9110_9_3_2_norHasTheAnswerToHeadWithTooManyFields() {
        String[] fields = Arrays.copyOf(head("application/grpc"), 10);
        fields[8] = "long";
        fields[9] = "x".repeat(9_000);
        assertThat(answerTo(fields))
                .singleElement()
                .asString()
                .startsWith("HEADERS 1 :status: 431")
                .endsWith(" end");
        client.request(3, "/a/b", true, "long", fields[9]);
        rig.go(client);
        assertThat(client.lines(3)).hasSize(2);
    }

    @Test
    void otherMethodsThanHeadAreAnsweredWithABody() {
        String[] fields = head("application/grpc");
        fields[1] = "PUT";
        assertThat(answerTo(fields))
                .hasSize(2)
                .last()
                .isEqualTo("DATA 1 Method 'PUT' is not supported end");
    }

    @Test
    void aBadTimeoutIsRefused() {
        String text = "Invalid timeout unit: x";
        client.request(1, "/a/b", true, "grpc-timeout", "5x");
        rig.go(client);
        assertThat(client.lines(1)).isEqualTo(refused("400", "", "13", text, text));
    }

    @Test
    void theFirstOfSeveralContentTypesCounts() {
        String text = "Content-Type 'text/plain' is not supported";
        assertThat(
                        answerTo(
                                ":method",
                                "POST",
                                ":scheme",
                                "http",
                                ":path",
                                "/a/b",
                                "content-type",
                                "text/plain",
                                "content-type",
                                "application/grpc"))
                .isEqualTo(refused("415", "", "13", text, text));
        client.request(3, "/a/b", true, "content-type", "text/plain");
        rig.go(client);
        assertThat(rig.notes.take()).containsExactly("0 halfClose");
    }

    @Test
    void severalHostsInPlaceOfAnAuthorityAreRefused() {
        String text = "Multiple host headers";
        client.request(1, "/a/b", true, "host", "h", "host", "other");
        rig.go(client);
        assertThat(client.lines(1)).isEqualTo(refused("400", "", "13", text, text));
    }

    @Test
    void severalHostsBesideAnAuthorityAreServed() {
        client.headers(
                1,
                true,
                ":method",
                "POST",
                ":scheme",
                "http",
                ":path",
                "/a/b",
                ":authority",
                "h",
                "content-type",
                "application/grpc",
                "host",
                "h",
                "host",
                "h");
        rig.go(client);
        assertThat(rig.notes.take()).containsExactly("0 halfClose");
        assertThat(rig.notes.call(0).call.authority()).isEqualTo("h");
    }

    @Test
    void fieldsBeyondTheLimitAreRefused() {
        for (int bytes : new int[] {8_193, 12_000}) {
            int id = bytes == 8_193 ? 1 : 3;
            String[] fields = Arrays.copyOf(head("application/grpc"), 10);
            fields[1] = "POST";
            fields[8] = "long";
            fields[9] = "x".repeat(bytes - 223);
            client.headers(id, true, fields);
            rig.go(client);
            String text =
                    "Client Headers of size " + bytes + " exceeded Metadata size soft limit: 8192";
            assertThat(client.lines(id)).isEqualTo(refused(id, "431", "", "8", text, text));
        }
        client.request(5, "/a/b", true);
        rig.go(client);
        assertThat(rig.notes.take()).containsExactly("0 halfClose");
    }

    @Test
    void moreFieldsThanTheLimitAreRefusedByTheirNumber() {
        try (Rig few = new Rig(limits -> limits.headerFieldsMax(10), settings -> settings)) {
            RawClient peer = few.client();
            String[] fields = Arrays.copyOf(head("application/grpc"), 2 * 12);
            fields[1] = "POST";
            Arrays.fill(fields, 8, fields.length, "c");
            peer.headers(1, true, fields);
            few.go(peer);
            String text = "12 header fields (at most 10)";
            assertThat(peer.lines(1)).isEqualTo(refused("431", "", "8", text, text));
        }
    }

    @Test
    void aRefusedRequestKeepsItsStreamUntilThePeerEndsIt() {
        client.headers(1, false, ":method", "POST", ":scheme", "http", ":path", "/a/b");
        rig.go(client);
        assertThat(client.lines(1)).hasSize(2);
        assertThat(rig.notes.connections.getFirst().openStreams()).isEqualTo(1);
        client.message(1, true, "body");
        rig.go(client);
        assertThat(rig.notes.connections.getFirst().openStreams()).isZero();
        assertThat(rig.notes.log).isEmpty();
    }

    @Test
    void trailersOfARefusedRequestAreDropped() {
        client.headers(1, false, ":method", "POST", ":scheme", "http", ":path", "/a/b");
        client.headers(1, true, "some", "trailer");
        rig.go(client);
        assertThat(rig.notes.connections.getFirst().openStreams()).isZero();
    }

    @Test
    void aRequestWithoutTeIsServedAndCounted() {
        for (int id = 1; id <= 3; id += 2) {
            client.headers(
                    id,
                    true,
                    ":method",
                    "POST",
                    ":scheme",
                    "http",
                    ":path",
                    "/a/b",
                    "content-type",
                    "application/grpc");
        }
        rig.go(client);
        assertThat(rig.notes.take()).containsExactly("0 halfClose", "1 halfClose");
        assertThat(rig.server.missingTeCount()).isEqualTo(2);
    }

    @Test
    void whatIsLeftOfAMalformedBlockIsNoOtherRequests() {
        rig.notes.wantsFields = true;
        client.request(1, "/a/b", false, "secret", "one", "UPPER", "malformed");
        client.request(3, "/c/d", true);
        rig.go(client);
        assertThat(client.lines(1)).containsExactly("RST_STREAM 1 1");
        ServerCall call = rig.notes.call(0).call;
        assertThat(call.path()).isEqualTo("/c/d");
        assertThat(call.fieldCount()).isEqualTo(2);
    }
}
