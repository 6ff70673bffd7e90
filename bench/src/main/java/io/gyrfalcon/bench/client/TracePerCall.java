package io.gyrfalcon.bench.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

import java.util.concurrent.ThreadLocalRandom;

/** Gives each call a {@code traceparent} of its own, as a tracing library does. Any thread. */
final class TracePerCall implements ClientInterceptor {
    private static final Metadata.Key<String> TRACEPARENT =
            Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
            MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<R> listener, Metadata headers) {
                headers.put(TRACEPARENT, newTrace());
                super.start(listener, headers);
            }
        };
    }

    /** Version, 16 bytes of trace, 8 bytes of span, flags. */
    static String newTrace() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        char[] text = new char[55];
        text[0] = '0';
        text[1] = '0';
        text[2] = '-';
        putHex(text, 3, random.nextLong());
        putHex(text, 19, random.nextLong());
        text[35] = '-';
        putHex(text, 36, random.nextLong());
        text[52] = '-';
        text[53] = '0';
        text[54] = '1';
        return new String(text);
    }

    private static void putHex(char[] text, int offset, long value) {
        for (int i = 0; i < 16; i++) text[offset + i] = HEX[(int) (value >>> (60 - 4 * i)) & 15];
    }
}
