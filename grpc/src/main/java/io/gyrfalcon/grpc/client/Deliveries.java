package io.gyrfalcon.grpc.client;

import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.Decompressor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.grpc.server.CallLane;
import io.gyrfalcon.grpc.server.Encodings;
import io.gyrfalcon.grpc.server.InboundMessage;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.transport.wire.FaultText;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The callbacks of one call, made one at a time in its lane and its context. Any thread adds to
 * them; what is kept is guarded by this object's lock, which nobody holds while user code runs.
 *
 * @param <R> the type of the response's messages
 */
/*
 * Headers, messages as far as they are asked for, the close. Readiness is told between them. A
 * close that came from the server waits until the messages before it are asked for, one that came
 * from this side drops them. Once a callback has thrown, nothing is told any more but the close,
 * with the status that says so.
 */
final class Deliveries<R> implements Runnable, Consumer<Throwable> {
    private static final System.Logger LOG = System.getLogger("io.gyrfalcon.grpc");

    private enum Kind {
        HEADERS,
        MESSAGE,
        READY,
        CLOSE,
        NOTHING
    }

    /** One that has arrived. An empty one has no home. */
    private record Arrived(@Nullable Slab home, int length, boolean isCompressed) {
        void drop() {
            if (home != null) home.release();
        }
    }

    private final MethodDescriptor<?, R> method;
    private final ClientCall.Listener<R> listener;
    private final Context context;
    private final boolean isReadingHeaders;
    private volatile CallLane lane;
    private final Loop loop;
    private final int messageBytesMax;
    private final Few<Arrived> messages = new Few<>();
    private volatile ClientTracers tracers;
    private @Nullable RoutedCall carrier;

    private @Nullable Metadata headers;
    private @Nullable Decompressor decompressor;
    private boolean isReadyDue;
    private @Nullable Status closing;
    private @Nullable Metadata trailers;
    private boolean isClosed;
    private boolean isScheduled;
    private long requested;
    private long delivered;
    private boolean isStarved;

    /** A callback has thrown: messages go nowhere. */
    private boolean isBroken;

    // The lane's.
    private @Nullable Status thrown;

    Deliveries(
            MethodDescriptor<?, R> method,
            ClientCall.Listener<R> listener,
            boolean isReadingHeaders,
            Context context,
            CallLane lane,
            Loop loop,
            int messageBytesMax,
            ClientTracers tracers) {
        this.method = method;
        this.listener = listener;
        this.isReadingHeaders = isReadingHeaders;
        this.context = context;
        this.lane = lane;
        this.loop = loop;
        this.messageBytesMax = messageBytesMax;
        this.tracers = tracers;
    }

    /** What carries the call; before anything is told. */
    void carriedBy(RoutedCall call) {
        carrier = call;
    }

    /** The loop has ended: what it would run runs there. */
    void leaveLoop(Executor elsewhere) {
        lane = CallLane.of(elsewhere);
    }

    /** Another attempt is followed by these. */
    void followedBy(ClientTracers others) {
        tracers = others;
    }

    /** The context will tell the call's carrier of its end, unless the call has ended before. */
    void listening() {
        boolean isOver;
        synchronized (this) {
            isOver = isClosed;
        }
        RoutedCall known = carrier;
        if (isOver && known != null) known.settled();
    }

    // What any thread adds.

    /** Whether anybody sees the head of the response. */
    boolean readsHeaders() {
        return isReadingHeaders || !tracers.isNone();
    }

    /** A head that nobody sees, and what messages are inflated with. */
    synchronized void unreadHeaders(@Nullable Decompressor codec) {
        decompressor = codec;
    }

    /** The head of the response, and what its messages are inflated with. */
    void headers(Metadata received, @Nullable Decompressor codec) {
        synchronized (this) {
            headers = received;
            decompressor = codec;
            if (!isDue()) return;
        }
        schedule();
    }

    /**
     * A message.
     *
     * @param home what it lies in from the start, if it is not empty
     */
    void message(@Nullable Slab home, int length, boolean isCompressed) {
        Arrived arrived = new Arrived(home, length, isCompressed);
        synchronized (this) {
            if (closing != null || isBroken) {
                arrived.drop();
                return;
            }
            messages.add(arrived);
            if (!isDue()) return;
        }
        schedule();
    }

    /** The call takes messages. */
    void ready() {
        synchronized (this) {
            if (closing != null) return;
            isReadyDue = true;
            if (!isDue()) return;
        }
        schedule();
    }

    /**
     * The call has ended; only the first time counts.
     *
     * @param received the server's trailers, or {@code null} where it has said none
     * @param isAtOnce whether messages that wait are dropped
     */
    void close(Status status, @Nullable Metadata received, boolean isAtOnce) {
        synchronized (this) {
            boolean isLate = closing != null && !(isAtOnce && !messages.isEmpty());
            if (isAtOnce) dropMessages();
            if (isLate) return;
            closing = status;
            trailers = received;
            if (!isDue()) return;
        }
        schedule();
    }

    /** Whether messages wait that nobody has asked for. */
    synchronized boolean isHeldBack() {
        return !messages.isEmpty() && delivered == requested;
    }

    private void dropMessages() {
        for (Arrived one = messages.poll(); one != null; one = messages.poll()) one.drop();
    }

    /** User code asks for so many more messages. */
    void request(int count) {
        RoutedCall hungry = null;
        boolean isDue;
        synchronized (this) {
            requested += count;
            isDue = isDue();
            if (isStarved && wants()) {
                isStarved = false;
                hungry = carrier;
            }
        }
        if (isDue) schedule();
        if (hungry != null) hungry.post();
    }

    /** Whether more messages were asked for than have come; if not, somebody will ask again. */
    synchronized boolean wantsMessages() {
        boolean wants = wants();
        if (!wants) isStarved = true;
        return wants;
    }

    private boolean wants() {
        return requested - delivered > messages.size();
    }

    /** Whether the lane is to be called, which is so from now on. */
    private boolean isDue() {
        if (isScheduled || next() == Kind.NOTHING) return false;
        isScheduled = true;
        return true;
    }

    private Kind next() {
        if (isClosed) return Kind.NOTHING;
        if (headers != null) return Kind.HEADERS;
        if (!messages.isEmpty() && delivered < requested) return Kind.MESSAGE;
        if (closing != null && messages.isEmpty()) return Kind.CLOSE;
        return isReadyDue && closing == null ? Kind.READY : Kind.NOTHING;
    }

    private void schedule() {
        if (loop.inLoop()) {
            lane.executeAside(loop, this, this);
            return;
        }
        try {
            lane.execute(loop, this);
        } catch (Throwable refused) {
            accept(refused);
        }
    }

    /** The user's executor does not take the task: the call ends where there is always room. */
    @Override
    public void accept(Throwable refused) {
        LOG.log(
                System.Logger.Level.WARNING,
                "The executor of " + method.getFullMethodName() + " has refused a callback",
                refused);
        cancel(Status.CANCELLED.withDescription("The executor refused a callback"), refused);
        CallLane.RUNNER.execute(loop, this);
    }

    // In the lane.

    @Override
    public void run() {
        Context before = context.attach();
        try {
            while (step()) {}
        } finally {
            context.detach(before);
        }
    }

    private boolean step() {
        Kind kind;
        Arrived message = null;
        synchronized (this) {
            kind = next();
            if (kind == Kind.MESSAGE) {
                message = messages.poll();
                delivered++;
            }
            isScheduled = kind != Kind.NOTHING;
        }
        switch (kind) {
            case HEADERS -> tellHeaders();
            case MESSAGE -> tellMessage(message);
            case READY -> tellReady();
            case CLOSE -> tellClose();
            case NOTHING -> {}
        }
        return kind != Kind.NOTHING;
    }

    private void tellHeaders() {
        Metadata received;
        synchronized (this) {
            received = headers;
            headers = null;
        }
        if (received == null || thrown != null) return;
        try {
            tracers.inboundHeaders(received);
            listener.onHeaders(received);
        } catch (Throwable t) {
            onThrown("Failed to read headers", t);
        }
    }

    private void tellMessage(@Nullable Arrived message) {
        if (message == null) return;
        if (thrown != null) {
            message.drop();
            return;
        }
        try (InboundMessage in = new InboundMessage()) {
            Slab home = message.home;
            if (home != null) in.open(home, 0, message.length);
            InputStream body = opened(in, message);
            if (body != null) listener.onMessage(method.parseResponse(body));
        } catch (Throwable t) {
            onThrown("Failed to read message.", t);
        }
    }

    /** What the message is parsed from; {@code null} where it cannot be inflated. */
    private @Nullable InputStream opened(InboundMessage in, Arrived message) {
        int index = (int) delivered - 1;
        boolean isInflated = message.isCompressed;
        tracers.inboundMessage(index, message.length, isInflated ? -1 : message.length);
        return isInflated ? inflated(in) : in;
    }

    private @Nullable InputStream inflated(InboundMessage in) {
        Decompressor codec;
        synchronized (this) {
            codec = decompressor;
        }
        if (codec == null || Encodings.isIdentity(codec)) {
            onThrown(Status.INTERNAL.withDescription(FaultText.NOT_CONFIGURED));
            return null;
        }
        try {
            return Encodings.inflate(codec, in, messageBytesMax, tracers::inboundUncompressedSize);
        } catch (IOException notItsFormat) {
            onThrown(
                    Status.INTERNAL
                            .withDescription("Can't decompress gRPC message")
                            .withCause(notItsFormat));
            return null;
        }
    }

    private void tellReady() {
        synchronized (this) {
            isReadyDue = false;
        }
        if (thrown != null) return;
        try {
            listener.onReady();
        } catch (Throwable t) {
            onThrown("Failed to call onReady.", t);
        }
    }

    private void onThrown(String what, Throwable cause) {
        onThrown(Status.CANCELLED.withDescription(what).withCause(cause));
    }

    private void onThrown(Status status) {
        thrown = status;
        synchronized (this) {
            isBroken = true;
            dropMessages();
        }
        cancel(status, null);
    }

    private void cancel(Status status, @Nullable Throwable cause) {
        RoutedCall known = carrier;
        if (known != null) known.cancel(cause == null ? status : status.withCause(cause));
    }

    private void tellClose() {
        Status status;
        Metadata received;
        synchronized (this) {
            isClosed = true;
            status = closing;
            received = trailers;
        }
        Status ours = thrown;
        if (ours != null || status == null) {
            status = ours == null ? Status.CANCELLED : ours;
            received = null;
        }
        RoutedCall known = carrier;
        if (known != null) known.settled();
        tracers.streamClosed(status, received);
        try {
            listener.onClose(status, received == null ? new Metadata() : received);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "Exception thrown by onClose() in ClientCall", e);
        }
    }
}
