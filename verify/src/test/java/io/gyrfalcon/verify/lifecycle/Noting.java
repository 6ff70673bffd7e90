package io.gyrfalcon.verify.lifecycle;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;

/**
 * A handler that notes every callback and whether it came in the call's own context; subclasses say
 * what it does besides.
 */
class Noting implements ServerCallHandler<String, String> {
    protected final Log log;
    private final int firstRequest;

    /**
     * Asks for messages when a call starts.
     *
     * @param firstRequest 0: none
     */
    Noting(Log log, int firstRequest) {
        this.log = log;
        this.firstRequest = firstRequest;
    }

    @Override
    public ServerCall.Listener<String> startCall(
            ServerCall<String, String> call, Metadata headers) {
        log.add("startCall " + call.getMethodDescriptor().getFullMethodName());
        Context context = Context.current();
        if (firstRequest > 0) call.request(firstRequest);
        onStart(call, headers);
        return new ServerCall.Listener<>() {
            private void note(String event) {
                boolean isOwn = Context.current() == context;
                log.add(event + (isOwn ? "" : " IN ANOTHER CONTEXT"));
            }

            @Override
            public void onReady() {
                note("onReady");
                Noting.this.onReady(call);
            }

            @Override
            public void onMessage(String message) {
                note("onMessage " + message);
                Noting.this.onMessage(call, message);
            }

            @Override
            public void onHalfClose() {
                note("onHalfClose");
                Noting.this.onHalfClose(call);
            }

            @Override
            public void onComplete() {
                note("onComplete");
                Noting.this.onEnd(call);
                noteEnd(call);
            }

            @Override
            public void onCancel() {
                note("onCancel");
                Noting.this.onEnd(call);
                noteEnd(call);
            }
        };
    }

    private void noteEnd(ServerCall<String, String> call) {
        log.add("end isReady=" + call.isReady() + " isCancelled=" + call.isCancelled());
    }

    void onStart(ServerCall<String, String> call, Metadata headers) {}

    void onReady(ServerCall<String, String> call) {}

    void onMessage(ServerCall<String, String> call, String message) {}

    void onHalfClose(ServerCall<String, String> call) {}

    void onEnd(ServerCall<String, String> call) {}

    /** Answers with these messages and OK. */
    static void answer(ServerCall<String, String> call, String... messages) {
        call.sendHeaders(new Metadata());
        for (String message : messages) call.sendMessage(message);
        call.close(Status.OK, new Metadata());
    }
}
