package io.gyrfalcon.verify.lifecycle;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * The handler of a {@link Play}: notes each callback and does what the scenario has for it.
 * Callbacks come one at a time; between them, while all is at rest, the play's own thread.
 */
final class Answerer implements ServerCallHandler<String, String> {
    static final String WAITING = "waiting";

    final Log log = new Log();
    final Log outside = new Log();

    /** Callbacks under way. */
    final AtomicInteger busy = new AtomicInteger();

    private final Play play;
    private final boolean isSendingOne;

    // Written in callbacks, or while all is at rest.
    private volatile @Nullable ServerCall<String, String> call;
    private volatile @Nullable Context context;
    private volatile int messages;
    private volatile int sent;
    private volatile int readies;
    private volatile int readiesKnown;
    private volatile boolean wasReady;

    /** Nothing has been sent since all was at rest: a call that is ready will not change. */
    private volatile boolean isQuiet = true;

    /** The answer has ended. Whether more of the request is told is up to the time it takes. */
    private volatile boolean isOver;

    /** Nothing but the end is noted, or answered. */
    private volatile boolean isMuted;

    /** The client has sent what cannot be read. */
    private volatile boolean isSpoilt;

    /** Headers were sent. */
    private volatile boolean hasBegun;

    /** The engine resets the stream, and what was sent at the same time may go with it. */
    volatile boolean isTorn;

    Answerer(Play play, MethodType type) {
        this.play = play;
        isSendingOne = type.serverSendsOneMessage();
    }

    ServerCall<String, String> call() {
        ServerCall<String, String> known = call;
        if (known == null) throw new IllegalStateException("no call yet");
        return known;
    }

    boolean hasCall() {
        return call != null;
    }

    @Override
    public ServerCall.Listener<String> startCall(
            ServerCall<String, String> started, Metadata headers) {
        busy.incrementAndGet();
        try {
            call = started;
            context = Context.current();
            log.add("startCall " + Caller.text(headers));
            perform("startCall");
            return new Listening();
        } finally {
            busy.decrementAndGet();
        }
    }

    private final class Listening extends ServerCall.Listener<String> {
        private void told(String event, String cue) {
            busy.incrementAndGet();
            try {
                if (isMuted) return;
                boolean isOwn = Context.current() == context;
                log.add(event + (isOwn ? "" : " IN ANOTHER CONTEXT"));
                perform(cue);
            } finally {
                busy.decrementAndGet();
            }
        }

        @Override
        public void onReady() {
            if (++readies == 1) told("onReady", "onReady");
        }

        @Override
        public void onMessage(String message) {
            messages++;
            told("onMessage " + Words.brief(message), "onMessage " + messages);
        }

        @Override
        public void onHalfClose() {
            told("onHalfClose", "onHalfClose");
        }

        @Override
        public void onComplete() {
            isMuted = false;
            told("onComplete", "end");
        }

        @Override
        public void onCancel() {
            isMuted = false;
            told("onCancel", "end");
        }
    }

    private void perform(String cue) {
        for (Deed deed : play.scenario.script().getOrDefault(cue, List.of())) {
            deed.on(play, log);
        }
    }

    void sendHeaders(Metadata headers) {
        call().sendHeaders(headers);
        hasBegun = true;
    }

    /**
     * The client sends what cannot be read.
     *
     * @param isTooLarge an answer that has begun ends otherwise here than there
     */
    void spoil(boolean isTooLarge) {
        isSpoilt = true;
        isTorn |= isTooLarge && hasBegun;
    }

    void send(String text, boolean isPoison) {
        boolean wasTorn = isTorn;
        isTorn |= !isOver && (isPoison || (isSendingOne && sent > 0));
        isQuiet = false;
        try {
            call().sendMessage(text);
        } catch (RuntimeException e) {
            isTorn = wasTorn;
            throw e;
        }
        if (isTorn) over();
        sent++;
    }

    void close(Status status, Metadata trailers) {
        boolean wasOver = isOver;
        boolean wasTorn = isTorn;
        // Before it is: the last callback may come on another thread at once.
        isTorn |= !isOver && isSendingOne && sent == 0 && status.isOk();
        isOver = true;
        try {
            call().close(status, trailers);
        } catch (RuntimeException e) {
            isOver = wasOver;
            isTorn = wasTorn;
            throw e;
        }
        over();
    }

    void fail(RuntimeException thrown) {
        over();
        throw thrown;
    }

    private void over() {
        isOver = true;
        isMuted = true;
    }

    /** What may be asked of a call at any time; readiness only where it cannot be changing. */
    void look(Log into) {
        ServerCall<String, String> on = call();
        if (isTorn) return;
        boolean isSure = isOver || (isQuiet && readies > 0);
        if (isSure) into.add("isReady " + on.isReady());
        into.add("isCancelled " + on.isCancelled());
        Context in = context;
        if (in != null) into.add("key " + Surroundings.KEY.get(in));
    }

    void describe(Log into) {
        ServerCall<String, String> on = call();
        into.add("authority " + play.withoutPort(String.valueOf(on.getAuthority())));
        into.add("security " + on.getSecurityLevel());
        into.add("method " + on.getMethodDescriptor().getFullMethodName());
        Attributes attributes = on.getAttributes();
        TreeSet<String> names = new TreeSet<>();
        for (Attributes.Key<?> key : Surroundings.ATTRIBUTES) {
            if (attributes.get(key) != null) names.add(key.toString());
        }
        into.add("attributes " + names);
        Context in = context;
        if (in != null) into.add("deadline " + (in.getDeadline() != null));
    }

    /** Waits for what is on its way, unless the call ends before. */
    void await(BooleanSupplier event) {
        long begun = System.nanoTime();
        while (!event.getAsBoolean() && !play.asker.log.has("close")) {
            if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(1)) return;
            Thread.onSpinWait();
        }
    }

    void waitUntilCancelled(Log into) {
        into.add(WAITING);
        CountDownLatch cancelled = new CountDownLatch(1);
        Context.current().addListener(c -> cancelled.countDown(), Runnable::run);
        try {
            into.add("cancelled " + cancelled.await(3, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * All is at rest: how the call looks from elsewhere. Readiness only where nothing waits for the
     * client; why a call was reset that also failed otherwise is up to what came first.
     */
    String rest() {
        ServerCall<String, String> on = call;
        Context in = context;
        if (on == null || in == null) return "no call";
        StringBuilder text = new StringBuilder();
        boolean isReady = on.isReady();
        boolean isDrained = isSendingOne ? sent == 0 : sent == play.asker.messages();
        if (isOver || (isDrained && !play.asker.isLossy())) {
            text.append("isReady ").append(isReady).append(' ');
        }
        if (!wasReady && isReady && readiesKnown > 0 && readies == readiesKnown) {
            text.append("READY AND NOT TOLD ");
        }
        text.append("context ").append(in.isCancelled());
        if (isTorn || isSpoilt || play.scenario.isTimed()) return text.toString();
        text.append(' ').append(in.cancellationCause());
        return text.append(" isCancelled ").append(on.isCancelled()).toString();
    }

    /** The next step begins from here. */
    void stepOver() {
        ServerCall<String, String> on = call;
        wasReady = on != null && on.isReady();
        readiesKnown = readies;
        isQuiet = wasReady && (!isSendingOne || sent == 0);
    }
}
