package io.gyrfalcon.verify.lifecycle;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import java.util.TreeSet;

/** The client's end of one call, and what it saw. */
final class Caller extends ClientCall.Listener<String> {
    /** Never compared: what a client draws or measures anew for each call. */
    private static final Set<String> DIFFERENT_EACH_TIME =
            Set.of("user-agent", "grpc-timeout", "grpc-trace-bin");

    final Log log = new Log();
    private final ClientCall<String, String> call;

    Caller(ClientCall<String, String> call, Metadata headers) {
        this.call = call;
        call.start(this, headers);
        call.request(1);
    }

    Caller send(String text) {
        call.sendMessage(text);
        return this;
    }

    Caller halfClose() {
        call.halfClose();
        return this;
    }

    Caller cancel() {
        call.cancel("enough", null);
        return this;
    }

    /** Waits for the end. */
    Caller ended() {
        log.await("close");
        return this;
    }

    @Override
    public void onHeaders(Metadata headers) {
        log.add("headers " + text(headers));
    }

    @Override
    public void onMessage(String message) {
        log.add("message " + (message.length() > 100 ? message.length() + " chars" : message));
        call.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        log.add("close " + status.getCode() + " " + status.getDescription() + " " + text(trailers));
    }

    /** Every entry in the order of its name; what names the engine is left out. */
    static String text(Metadata metadata) {
        StringBuilder text = new StringBuilder();
        for (String key : new TreeSet<>(metadata.keys())) {
            if (DIFFERENT_EACH_TIME.contains(key)) continue;
            text.append(key).append('=');
            if (key.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
                Metadata.Key<byte[]> binary = Metadata.Key.of(key, Metadata.BINARY_BYTE_MARSHALLER);
                for (byte[] value : metadata.getAll(binary)) {
                    text.append('[').append(Base64.getEncoder().encodeToString(value)).append(']');
                }
            } else {
                Metadata.Key<String> ascii = Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER);
                for (String value : metadata.getAll(ascii)) {
                    text.append('[').append(value).append(']');
                }
            }
            text.append(' ');
        }
        return text.toString().trim();
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
