package io.gyrfalcon.verify.blocking;

import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** What user code may do to the thread that runs it. */
enum Handler {
    SLEEP(3, (props, visit) -> Thread.sleep(Scene.MILLIS)),
    SOCKET_READ(3, (props, visit) -> props.slowPeer.read()),
    REENTRANT_LOCK(3, (props, visit) -> holdLock(props.lock(visit.round()))),
    SYNCHRONIZED(3, (props, visit) -> holdMonitor(props.lock(visit.round()))),
    OBJECT_WAIT(3, (props, visit) -> waitForTime(props.lock(visit.round()))),
    COMPUTE_IF_ABSENT(
            3, (props, visit) -> props.table.computeIfAbsent(visit.round(), Handler::slowly)),
    INTERCEPTORS_LOCK(3, (props, visit) -> holdLock(props.intercepted)),
    BURN(1, (props, visit) -> burn(1_000)),
    FIFO_READ(3, (props, visit) -> readThrough(props.fifo())),
    FILE_READ(3, (props, visit) -> readThrough(props.file)),
    CLASS_INITIALIZER(3, (props, visit) -> initialize(props.slowClass(visit.round()))),
    SPIN_UNTIL_CANCELLED(2, Status.Code.CANCELLED, (props, visit) -> spinUntilCancelled()),
    BURNING_THREADS(1, (props, visit) -> burnOnFourThreads()),
    CALL_TO_THE_SAME_SERVER(3, (props, visit) -> callServer(props.nettyChannel())),
    OUR_CALL_TO_THE_SAME_SERVER(3, (props, visit) -> callServer(props.ownChannel())),
    CALLBACK_WANTS_THE_LOCK(1, Handler::callHoldingLock),
    NEVER_RETURNS(
            2,
            Status.Code.DEADLINE_EXCEEDED,
            (props, visit) -> props.release(visit.round()).await()),
    BURNS_FOR_EVER(
            1,
            Status.Code.DEADLINE_EXCEEDED,
            (props, visit) -> burnUntil(props.release(visit.round()))),
    THROWS_ERROR(
            10,
            Status.Code.UNKNOWN,
            (props, visit) -> {
                throw new StackOverflowError("on purpose");
            }),
    INTERRUPTS_ITSELF(50, (props, visit) -> Thread.currentThread().interrupt()),
    CALLS_BACK_AFTER_THE_END(20, (props, visit) -> visit.callBackAfterTheEnd());

    /** What the handler does with one call. */
    interface Body {
        void run(Props props, Visit visit) throws Exception;
    }

    /** How many calls of it are made at once. */
    final int calls;

    /** The status that they end with. */
    final Status.Code end;

    private final Body body;

    Handler(int calls, Body body) {
        this(calls, Status.Code.OK, body);
    }

    Handler(int calls, Status.Code end, Body body) {
        this.calls = calls;
        this.end = end;
        this.body = body;
    }

    void run(Props props, Visit visit) throws Exception {
        body.run(props, visit);
    }

    private static void holdLock(ReentrantLock lock) throws InterruptedException {
        lock.lock();
        try {
            Thread.sleep(Scene.MILLIS / 2);
        } finally {
            lock.unlock();
        }
    }

    private static void holdMonitor(Object monitor) throws InterruptedException {
        synchronized (monitor) {
            Thread.sleep(Scene.MILLIS / 2);
        }
    }

    private static void waitForTime(Object monitor) throws InterruptedException {
        synchronized (monitor) {
            monitor.wait(Scene.MILLIS);
        }
    }

    private static Integer slowly(Integer key) {
        try {
            Thread.sleep(Scene.MILLIS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return key;
    }

    private static void burn(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() - end < 0) Thread.onSpinWait();
    }

    private static void burnUntil(CountDownLatch latch) {
        while (latch.getCount() > 0) Thread.onSpinWait();
    }

    private static void readThrough(Path file) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        try (InputStream in = new FileInputStream(file.toFile())) {
            while (in.read(buffer) >= 0) Thread.onSpinWait();
        }
    }

    private static void initialize(Class<?> type) throws IllegalAccessException {
        MethodHandles.lookup().ensureInitialized(type);
    }

    private static void spinUntilCancelled() {
        while (!Context.current().isCancelled()) Thread.onSpinWait();
    }

    private static void burnOnFourThreads() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) threads.add(Thread.startVirtualThread(() -> burn(250)));
        for (Thread thread : threads) thread.join();
    }

    private static void callServer(Channel channel) {
        String request = Scene.request(SLEEP, 0);
        String answer =
                ClientCalls.blockingUnaryCall(channel, Scene.CALL, Scene.patiently(), request);
        if (!answer.equals(request)) throw new IllegalStateException(answer);
    }

    /** Parks with a lock that a callback on a transport's own thread wants meanwhile. */
    private static void callHoldingLock(Props props, Visit visit) throws InterruptedException {
        ReentrantLock lock = props.lock(visit.round());
        Unlocking callback = new Unlocking(lock);
        lock.lock();
        try {
            ClientCalls.asyncUnaryCall(
                    props.directChannel().newCall(Scene.CALL, Scene.patiently()), "#1", callback);
            await(callback.wanting);
            Thread.sleep(Scene.MILLIS);
        } finally {
            lock.unlock();
        }
        await(callback.done);
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(Scene.PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("a callback is stuck");
        }
    }

    /** Takes and leaves a lock in a callback. */
    private static final class Unlocking implements StreamObserver<String> {
        final CountDownLatch wanting = new CountDownLatch(1);
        final CountDownLatch done = new CountDownLatch(1);
        private final ReentrantLock lock;

        Unlocking(ReentrantLock lock) {
            this.lock = lock;
        }

        @Override
        public void onNext(String value) {
            wanting.countDown();
            lock.lock();
            lock.unlock();
        }

        @Override
        public void onError(Throwable cause) {
            throw new IllegalStateException(cause);
        }

        @Override
        public void onCompleted() {
            done.countDown();
        }
    }
}
