package io.gyrfalcon.transport.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.memory.SlabChain;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Base64;

/**
 * Asks an HTTP proxy for a tunnel and reads its answer: RFC 9110 §9.3.6, in the form of HTTP/1.1.
 * Loop-owned; serves one connection once.
 */
@LoopOwned
final class ProxyTunnel {
    private static final int ANSWER_BYTES_MAX = 8 << 10;
    private static final byte[] END = "\r\n\r\n".getBytes(ISO_8859_1);
    private static final String VERSION = "HTTP/1.";
    private static final int STATUS_OFFSET = "HTTP/1.x ".length();

    private final HttpProxy proxy;
    private byte[] answer = new byte[256];
    private int answerBytes;
    private boolean isOpen;
    private @Nullable String failure;

    ProxyTunnel(HttpProxy proxy) {
        this.proxy = proxy;
    }

    /** Writes the request. */
    void ask(SlabChain out) {
        StringBuilder request = new StringBuilder();
        request.append("CONNECT ").append(proxy.target()).append(" HTTP/1.1\r\n");
        request.append("Host: ").append(proxy.target()).append("\r\n");
        if (proxy.user() != null) {
            String secret = proxy.user() + ":" + (proxy.password() == null ? "" : proxy.password());
            String coded = Base64.getEncoder().encodeToString(secret.getBytes(UTF_8));
            request.append("Proxy-Authorization: Basic ").append(coded).append("\r\n");
        }
        proxy.headers()
                .forEach(
                        (name, value) ->
                                request.append(name).append(": ").append(value).append("\r\n"));
        byte[] bytes = request.append("\r\n").toString().getBytes(ISO_8859_1);
        out.append(bytes, 0, bytes.length);
    }

    /** Takes bytes of the answer; how many: those behind its end are the tunnel's. */
    int receive(MemorySegment bytes, int length) {
        int at = 0;
        while (at < length && !isOpen && failure == null) {
            if (answerBytes == answer.length) answer = Arrays.copyOf(answer, 2 * answerBytes);
            answer[answerBytes++] = bytes.get(ValueLayout.JAVA_BYTE, at++);
            if (endsHere()) {
                decide();
            } else if (answerBytes == ANSWER_BYTES_MAX) {
                failure = "the proxy's answer has more than " + ANSWER_BYTES_MAX + " bytes";
            }
        }
        return at;
    }

    private boolean endsHere() {
        int from = answerBytes - END.length;
        return from >= 0 && Arrays.equals(answer, from, answerBytes, END, 0, END.length);
    }

    private void decide() {
        String line = new String(answer, 0, answerBytes, ISO_8859_1).lines().findFirst().orElse("");
        boolean isAnswer = line.startsWith(VERSION) && line.length() > STATUS_OFFSET;
        if (isAnswer && line.charAt(STATUS_OFFSET) == '2') {
            isOpen = true;
        } else {
            failure = "the proxy answered: " + line;
        }
        answer = new byte[0];
    }

    /** Whether the tunnel stands. */
    boolean isOpen() {
        return isOpen;
    }

    /** Why there is none, or {@code null}. */
    @Nullable String failure() {
        return failure;
    }
}
