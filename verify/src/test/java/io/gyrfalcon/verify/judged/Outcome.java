package io.gyrfalcon.verify.judged;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What a caller saw of one call of one message. Immutable. */
record Outcome(Status status, List<String> messages) {
    private static final int PATIENCE_SECONDS = 40;

    static final MethodDescriptor.Marshaller<String> TEXT =
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
                        throw Status.INTERNAL
                                .withDescription("unread")
                                .withCause(e)
                                .asRuntimeException();
                    }
                }
            };

    static final MethodDescriptor<String, String> UNARY = method(MethodType.UNARY);

    static MethodDescriptor<String, String> method(MethodType type) {
        return MethodDescriptor.newBuilder(TEXT, TEXT)
                .setFullMethodName("play.Judged/" + type)
                .setType(type)
                .build();
    }

    /** Begins a call; its outcome comes. */
    static CompletableFuture<Outcome> begin(
            ManagedChannel channel,
            MethodDescriptor<String, String> method,
            CallOptions options,
            String message) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        List<String> messages = new ArrayList<>();
        ClientCall<String, String> call = channel.newCall(method, options);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(String text) {
                        messages.add(text);
                        call.request(1);
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        outcome.complete(new Outcome(status, List.copyOf(messages)));
                    }
                },
                new Metadata());
        call.request(2);
        call.sendMessage(message);
        call.halfClose();
        return outcome;
    }

    /** The outcome of a call, which has to come long after any deadline that a test gives. */
    static Outcome of(CompletableFuture<Outcome> begun) {
        try {
            return begun.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("the call has not ended", e);
        }
    }

    Status.Code code() {
        return status.getCode();
    }

    /** The first line of what the status says; causes and details differ by engine. */
    String text() {
        return String.valueOf(status.getDescription());
    }

    @Override
    public String toString() {
        Throwable cause = status.getCause();
        return status.getCode()
                + " "
                + text().replace("\n", "\\n")
                + " "
                + messages
                + (cause == null ? "" : " <- " + cause);
    }
}
