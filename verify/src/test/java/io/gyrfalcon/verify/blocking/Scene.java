package io.gyrfalcon.verify.blocking;

import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** What client and server of a scene have agreed on. Stateless. */
final class Scene {
    /** How long a handler blocks where nothing else ends it. */
    static final long MILLIS = 400;

    /** When calls expire whose handlers do not return. */
    static final long DEADLINE_MILLIS = 1_000;

    /** When nothing comes any more. */
    static final long PATIENCE_SECONDS = 20;

    /** Has the interceptor take the lock that handlers hold, too. */
    static final Metadata.Key<String> TAKES_LOCK =
            Metadata.Key.of("takes-lock", Metadata.ASCII_STRING_MARSHALLER);

    private static final MethodDescriptor.Marshaller<String> TEXT =
            new MethodDescriptor.Marshaller<>() {
                @Override
                public InputStream stream(String value) {
                    return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
                }

                @Override
                public String parse(InputStream stream) {
                    try {
                        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            };

    /** The only method: what a method's calls cost so far says nothing of the next one. */
    static final MethodDescriptor<String, String> CALL =
            MethodDescriptor.newBuilder(TEXT, TEXT)
                    .setFullMethodName("play.Scene/Call")
                    .setType(MethodType.UNARY)
                    .build();

    private Scene() {}

    /** The request that has a handler run; every other one is answered with itself at once. */
    static String request(Handler handler, int round) {
        return handler + " " + round;
    }

    static CallOptions patiently() {
        return CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
