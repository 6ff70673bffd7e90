package io.gyrfalcon.bench.client;

import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import io.gyrfalcon.bench.Phases;
import io.gyrfalcon.bench.hello.GreeterGrpc;
import io.gyrfalcon.bench.hello.HelloReply;
import io.gyrfalcon.bench.hello.HelloRequest;

import org.HdrHistogram.Histogram;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** One phase of calls that follow each other until the time is over. Any thread. */
final class CallLoops {
    private static final HelloRequest HELLO = HelloRequest.newBuilder().setName("hello").build();
    private static final String EXPECTED = "Hello hello";
    private static final long GRACE_SECONDS = 30;

    private final Histogram latencies;
    private final LongAdder failures = new LongAdder();
    private final CountDownLatch running;
    private final long startNanos = System.nanoTime();
    private final long nanos;

    CallLoops(Histogram latencies, int loops, long nanos) {
        this.latencies = latencies;
        running = new CountDownLatch(loops);
        this.nanos = nanos;
    }

    void start(Channel channel) {
        next(GreeterGrpc.newStub(channel));
    }

    Phases.Outcome await() throws InterruptedException {
        long limitSeconds = TimeUnit.NANOSECONDS.toSeconds(nanos) + GRACE_SECONDS;
        if (!running.await(limitSeconds, TimeUnit.SECONDS)) {
            throw new IllegalStateException(running.getCount() + " calls unanswered (expected: 0)");
        }
        return new Phases.Outcome(latencies, failures.sum(), System.nanoTime() - startNanos);
    }

    private void next(GreeterGrpc.GreeterStub stub) {
        long now = System.nanoTime();
        if (now - startNanos >= nanos) {
            running.countDown();
            return;
        }
        stub.withDeadlineAfter(20, TimeUnit.SECONDS).sayHello(HELLO, new Answer(stub, now));
    }

    /** Waits for one answer, then makes the next call. Owned by the callbacks of its call. */
    private final class Answer implements StreamObserver<HelloReply> {
        private final GreeterGrpc.GreeterStub stub;
        private final long callNanos;
        private boolean isAnswered;

        Answer(GreeterGrpc.GreeterStub stub, long callNanos) {
            this.stub = stub;
            this.callNanos = callNanos;
        }

        @Override
        public void onNext(HelloReply reply) {
            isAnswered = reply.getMessage().equals(EXPECTED);
        }

        @Override
        public void onError(Throwable cause) {
            failures.increment();
            next(stub);
        }

        @Override
        public void onCompleted() {
            if (isAnswered) latencies.recordValue(System.nanoTime() - callNanos);
            else failures.increment();
            next(stub);
        }
    }
}
