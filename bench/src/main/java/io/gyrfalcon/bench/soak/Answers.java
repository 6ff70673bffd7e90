package io.gyrfalcon.bench.soak;

import io.grpc.stub.StreamObserver;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Gathers the answers of one call. One writer thread, its callbacks; read once it has ended. */
final class Answers<R> implements StreamObserver<R> {
    private final List<R> values = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private @Nullable Throwable failure;

    @Override
    public void onNext(R value) {
        values.add(value);
    }

    @Override
    public void onError(Throwable cause) {
        failure = cause;
        ended.countDown();
    }

    @Override
    public void onCompleted() {
        ended.countDown();
    }

    /** All answers of a call that ended well. */
    List<R> await() throws InterruptedException {
        Throwable cause = awaitEnd();
        if (cause != null) throw new IllegalStateException("call: " + cause, cause);
        return values;
    }

    /** How the call ended: null for OK. */
    @Nullable Throwable awaitEnd() throws InterruptedException {
        if (!ended.await(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("call: unanswered after 60 s (expected: an end)");
        }
        return failure;
    }
}
