package io.gyrfalcon.verify.blocking;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

/** One call of a handler. Owned by the thread of its callbacks. */
final class Visit {
    private final ServerCall<String, String> call;
    private final String request;
    private boolean isAnswered;

    Visit(ServerCall<String, String> call, String request) {
        this.call = call;
        this.request = request;
    }

    /** The handler that the request names; null: none. */
    Handler handler() {
        return request.startsWith("#") ? null : Handler.valueOf(request.split(" ")[0]);
    }

    /** Visits of one round share their locks and classes. */
    int round() {
        return Integer.parseInt(request.split(" ")[1]);
    }

    /** Answers with the request, once. */
    void answer() {
        if (isAnswered) return;
        isAnswered = true;
        call.sendHeaders(new Metadata());
        call.sendMessage(request);
        call.close(Status.OK, new Metadata());
    }

    /** Answers, waits until nothing of the call is left, and goes on as if there were. */
    void callBackAfterTheEnd() throws InterruptedException {
        answer();
        Thread.sleep(50);
        call.request(1);
        if (call.isReady()) throw new AssertionError("ready after the end");
        refused(() -> call.sendHeaders(new Metadata()));
        refused(() -> call.sendMessage("too late"));
        refused(() -> call.close(Status.ABORTED, new Metadata()));
        call.request(1);
    }

    private static void refused(Runnable action) {
        try {
            action.run();
        } catch (IllegalStateException expected) {
            return;
        }
        throw new AssertionError("an ended call takes more");
    }
}
