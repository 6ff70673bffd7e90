package io.gyrfalcon.grpc.server;

import io.grpc.Attributes;
import io.grpc.Compressor;
import io.grpc.Decompressor;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.run.CarriedRunner;
import io.gyrfalcon.eventloop.run.Carrier;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.transport.server.ServerCall;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/*
 * One call's way out.
 *
 * On the loop, what user code answers goes straight into the connection's output. On any other
 * thread it is put into a parcel, which is posted at once where the method streams and with the
 * status where it does not: a unary answer crosses threads once. While parcels are under way, the
 * loop's own answers take the same road, so that nothing overtakes.
 *
 * A runner that the loop carries enters the loop to write; what it has serialised before, as user
 * code, becomes a parcel where it cannot, since the loop was taken from it.
 */
/**
 * A call as handlers and interceptors hold it. As in every {@code io.grpc.ServerCall}, {@link
 * #request} and {@link #isCancelled} may be called on any thread, the rest by one thread at a time.
 */
@HotPath
final class CallAdapter extends io.grpc.ServerCall<Object, Object> {
    private static final System.Logger LOG = System.getLogger("io.gyrfalcon.grpc");

    private final Callbacks dispatch;
    private MethodRoute route;
    private @Nullable CallExtras extras;
    private boolean hasSentHeaders;
    private boolean isCloseCalled;

    /** The answer has been ended, by user code or by the engine. */
    private boolean isEnded;

    private volatile boolean isCancelled;
    private int messagesSent;

    CallAdapter(Callbacks dispatch, MethodRoute route, @Nullable String encoding) {
        this.dispatch = dispatch;
        this.route = route;
        if (encoding != null) {
            extras = new CallExtras(encoding, peer().calls.encodings().decompressor(encoding));
        }
    }

    // What Dispatch asks.

    MethodRoute route() {
        return route;
    }

    /** What {@code grpc-encoding} said, else identity. */
    String encoding() {
        CallExtras known = extras;
        return known == null || known.encoding == null ? "identity" : known.encoding;
    }

    boolean hasDecompressor() {
        CallExtras known = extras;
        return known == null || known.decompressor != null;
    }

    /** Finds the method; false where nobody knows it. User code, if there is a fallback. */
    boolean bind(Calls calls) {
        if (route.method() != null) return true;
        BoundMethod<?, ?> found =
                calls.fallback(route.fullMethodName(), dispatch.facts.authority());
        if (found != null) route = route.with(found);
        return found != null;
    }

    void started(CallTracer tracer) {
        if (!tracer.isNone()) {
            tracer.serverCallStarted(
                    method().original(), getAttributes(), dispatch.facts.authority());
        }
    }

    @SuppressWarnings("unchecked")
    io.grpc.ServerCall.Listener<Object> startCall(Metadata headers) {
        ServerCallHandler<Object, Object> handler =
                (ServerCallHandler<Object, Object>) method().handler();
        io.grpc.ServerCall.Listener<Object> listener = handler.startCall(this, headers);
        if (listener != null) return listener;
        throw new NullPointerException(
                "startCall() returned a null listener for method " + route.fullMethodName());
    }

    /**
     * A message as its marshaller will read it; the caller closes it by {@link #closeParsed}.
     *
     * @param home released when the message is closed
     * @param scratch the runner's own, where a loop carries it
     */
    InboundMessage opened(
            MemorySegment bytes,
            long offset,
            int length,
            @Nullable Slab home,
            @Nullable Scratch scratch) {
        InboundMessage in = message(home, scratch);
        return home == null ? in.open(bytes, offset, length) : in.open(home, offset, length);
    }

    /** Whether a request's marshaller keeps no reference to what it reads. */
    boolean reusesStream() {
        BoundMethod<?, ?> method = route.method();
        return method != null && method.reusesStream() && peer().calls.isRecyclingMessages();
    }

    private InboundMessage message(@Nullable Slab home, @Nullable Scratch scratch) {
        if (!reusesStream()) return new InboundMessage();
        if (scratch != null) return scratch.inbound;
        boolean isInPlace = !dispatch.isShared() && home == null;
        return isInPlace ? peer().scratch().inbound : new InboundMessage();
    }

    /** One that is reused was closed when it was parsed, and may be open for another call. */
    void closeParsed(InboundMessage in) {
        if (!in.isReused()) in.close();
    }

    /** The loop: nothing is sent any more, so nothing waits for what should come before it. */
    void onStreamClosed() {
        Mail known = knownMail();
        if (known != null) known.dropEarly();
    }

    /** Reads a message by its marshaller. */
    Object parse(InboundMessage in, boolean compressed, int index, CallTracer tracer)
            throws IOException {
        int length = in.available();
        if (!tracer.isNone()) {
            tracer.inboundMessage(index);
            tracer.inboundWireSize(length);
            tracer.inboundMessageRead(index, length, compressed ? -1 : length);
            if (!compressed) tracer.inboundUncompressedSize(length);
        }
        try {
            return method().wire().parseRequest(compressed ? inflate(in, tracer) : in);
        } finally {
            if (in.isReused()) in.close();
        }
    }

    private InputStream inflate(InboundMessage in, CallTracer tracer) throws IOException {
        CallExtras known = extras;
        Decompressor decompressor = known == null ? null : known.decompressor;
        if (decompressor == null || Encodings.isIdentity(decompressor)) {
            throw CallFaults.notConfigured();
        }
        try {
            int bytesMax = peer().calls.inflatedBytesMax(in.available());
            return Encodings.inflate(decompressor, in, bytesMax, tracer::inboundUncompressedSize);
        } catch (IOException | RuntimeException e) {
            throw CallFaults.garbled(e);
        }
    }

    /** The status to tell tracers, now that the stream is over. */
    Status finalStatus(boolean cancelled, @Nullable Status broken, @Nullable Status lost) {
        return CallExtras.finalStatus(extras, cancelled, broken, lost);
    }

    /** What the context of a call that was reset is cancelled with. */
    Throwable cancellation() {
        return CallExtras.cancellation(extras);
    }

    /** The loop: the stream takes messages again. Whether the call is ready by that. */
    boolean onSendable() {
        Mail known = knownMail();
        ServerCall call = dispatch.call();
        return known == null || call == null || known.queued(call.queuedBytes());
    }

    // What user code asks.

    @Override
    public void request(int count) {
        if (count <= 0) throw new IllegalArgumentException("numMessages must be > 0");
        dispatch.request(count);
    }

    @Override
    public void sendHeaders(Metadata headers) {
        if (hasSentHeaders) throw new IllegalStateException("sendHeaders has already been called");
        checkOpen();
        byte[][] fields = ResponseFields.ofHead(headers);
        hasSentHeaders = true;
        FieldBlock block = head();
        if (isEnded) return;
        int how = open();
        if (how == LoopEntry.AWAY) {
            Parcel parcel = parcel();
            parcel.head = block;
            parcel.headFields = fields;
            if (!method().serverSendsOne()) post();
            return;
        }
        try {
            ServerCall call = dispatch.call();
            if (call != null) call.sendHeaders(block, fields, fields == null ? 0 : fields.length);
        } finally {
            LoopEntry.close(peer(), how);
        }
    }

    /** The chosen encoding if the client lists it, else identity. */
    private FieldBlock head() {
        CallExtras known = extras;
        Compressor chosen = known == null ? null : known.compressor;
        if (known == null || chosen == null || Encodings.isIdentity(chosen)) {
            return peer().calls.heads().plain();
        }
        String accepted = dispatch.facts.acceptEncoding();
        String encoding = chosen.getMessageEncoding();
        if (accepted != null
                && Encodings.lists(accepted.getBytes(StandardCharsets.US_ASCII), encoding)) {
            return peer().calls.heads().of(encoding);
        }
        known.compressor = null;
        return peer().calls.heads().plain();
    }

    @Override
    public void sendMessage(Object message) {
        if (!hasSentHeaders) throw new IllegalStateException("sendHeaders has not been called");
        checkOpen();
        if (messagesSent > 0 && method().serverSendsOne()) {
            cancelByEngine(Status.INTERNAL.withDescription(CallFaults.TOO_MANY_RESPONSES), null);
            return;
        }
        int index = messagesSent++;
        try {
            write(message, index);
        } catch (IOException | RuntimeException e) {
            cancelByEngine(CallFaults.sendStatusOf(e), e);
        } catch (Error e) {
            close(
                    Status.CANCELLED.withDescription("Server sendMessage() failed with Error"),
                    new Metadata());
            throw e;
        }
    }

    @SuppressWarnings("unchecked")
    private void write(Object message, int index) throws IOException {
        CallExtras known = extras;
        Compressor compressor = known != null && known.isOn ? known.compressor : null;
        MethodDescriptor<?, Object> wire = (MethodDescriptor<?, Object>) method().wire();
        Object source =
                peer().calls
                        .marshalling()
                        .source(wire.getResponseMarshaller(), message, compressor);
        if (isEnded) {
            if (source instanceof InputStream stream) stream.close();
            return;
        }
        Loop loop = peer().loop();
        if (peer().inLoop()) {
            write(source, compressor, index, peer().scratch());
            return;
        }
        Carrier carrier = loop.carrier();
        CarriedRunner runner = carrier == null ? null : carrier.current();
        if (runner != null) write(source, compressor, index, Scratch.of(runner, loop));
        else writeOffLoop(source, compressor, index);
    }

    /** By the loop's owner, or a runner that may become it: user code first, then the engine. */
    private void write(Object source, @Nullable Compressor compressor, int index, Scratch scratch) {
        OutboundMessage out = scratch.lend(peer().calls.isRecyclingMessages());
        try {
            out.take(source, compressor);
            trace(out, index);
            int how = open();
            if (how == LoopEntry.AWAY) {
                enclose(out);
                return;
            }
            try {
                send(out);
            } finally {
                LoopEntry.close(peer(), how);
            }
        } finally {
            scratch.giveBack(out);
        }
    }

    private void send(OutboundMessage out) {
        ServerCall call = dispatch.call();
        if (call == null || call.hasEnded()) return;
        out.moveTo(call.beginMessage(out.frameBytes()));
        call.endMessage();
        peer().countSent();
        int queuedBytes = call.queuedBytes();
        // Counts also for user code that asks from elsewhere later.
        if (queuedBytes > 0 || knownMail() != null) mail().queued(queuedBytes);
    }

    private void writeOffLoop(Object source, @Nullable Compressor compressor, int index) {
        OutboundMessage out = peer().calls.outbounds().lend(peer().loop());
        try {
            out.take(source, compressor);
            trace(out, index);
            enclose(out);
        } finally {
            peer().calls.outbounds().giveBack(out);
        }
    }

    /** Has a message travel to the loop. */
    private void enclose(OutboundMessage out) {
        synchronized (dispatch) {
            if (isEnded) return;
            Parcel parcel = parcel();
            parcel.fill(out, peer().loop().sharedSlabs());
            mail().addBytes(parcel.messageBytes());
        }
        if (!method().serverSendsOne()) post();
    }

    private void trace(OutboundMessage out, int index) {
        CallTracer tracer = dispatch.tracer();
        if (tracer.isNone()) return;
        tracer.outboundMessage(index);
        int wireBytes = out.frameBytes() - OutboundMessage.PREFIX_BYTES;
        tracer.outboundMessageSent(index, wireBytes, out.plainBytes());
    }

    @Override
    public boolean isReady() {
        if (isCloseCalled || isEnded) return false;
        int how = open();
        if (how == LoopEntry.AWAY) return !dispatch.isOver() && mail().isReady();
        try {
            ServerCall call = dispatch.call();
            return call != null && call.isReady();
        } finally {
            LoopEntry.close(peer(), how);
        }
    }

    @Override
    public void setOnReadyThreshold(int bytes) {
        if (bytes <= 0) throw new IllegalArgumentException("numBytes must be positive: " + bytes);
        // The loop may be taken from this call later: what is under way then counts against this.
        mail().readyBytes(bytes);
        int how = open();
        if (how == LoopEntry.AWAY) {
            parcel().readyBytes = bytes;
            post();
            return;
        }
        try {
            ServerCall call = dispatch.call();
            if (call != null) call.readyBytes(bytes);
        } finally {
            LoopEntry.close(peer(), how);
        }
    }

    @Override
    public void setMessageCompression(boolean enabled) {
        extras().isOn = enabled;
    }

    @Override
    public void setCompression(String encoding) {
        if (hasSentHeaders) throw new IllegalStateException("sendHeaders has been called");
        Compressor found = peer().calls.encodings().compressor(encoding);
        if (found == null) {
            throw new IllegalArgumentException("Unable to find compressor by name " + encoding);
        }
        extras().compressor = found;
    }

    @Override
    public void close(Status with, Metadata trailers) {
        if (isCloseCalled) throw new IllegalStateException("call already closed");
        isCloseCalled = true;
        if (with.isOk() && messagesSent == 0 && method().serverSendsOne()) {
            cancelByEngine(Status.INTERNAL.withDescription(CallFaults.MISSING_RESPONSE), null);
            return;
        }
        end(with, trailers);
    }

    @Override
    public boolean isCancelled() {
        return isCancelled || dispatch.isContextCancelled();
    }

    @Override
    @SuppressWarnings("unchecked")
    public MethodDescriptor<Object, Object> getMethodDescriptor() {
        return (MethodDescriptor<Object, Object>) method().wire();
    }

    @Override
    public Attributes getAttributes() {
        return peer().attributes();
    }

    @Override
    public @Nullable String getAuthority() {
        return dispatch.facts.authority();
    }

    @Override
    public SecurityLevel getSecurityLevel() {
        return peer().isSecure() ? SecurityLevel.PRIVACY_AND_INTEGRITY : SecurityLevel.NONE;
    }

    // How a call ends.

    /** Ends the answer with a status that user code has not chosen. */
    void endByEngine(Status with) {
        end(with, new Metadata());
    }

    /** Ends the answer, with more to say. */
    void end(Status with, Metadata trailers) {
        if (isEnded) return;
        byte[][] fields = ResponseFields.ofTrailers(with, trailers, hasSentHeaders);
        isEnded = true;
        if (!dispatch.tracer().isNone()) extras().status = with;
        int code = with.getCode().value();
        int how = open();
        if (how == LoopEntry.AWAY) {
            Parcel parcel = parcel();
            parcel.code = code;
            parcel.trailers = fields;
            post();
            return;
        }
        try {
            ServerCall call = dispatch.call();
            if (call == null) return;
            call.sendTrailers(code, fields, fields == null ? 0 : fields.length);
            if (how == LoopEntry.ENTERED && GrpcFlags.PROMPT_COMPLETION.isOn()) call.tellEnds();
        } finally {
            LoopEntry.close(peer(), how);
        }
    }

    /** Resets the stream for a fault of user code's; the listener is told {@code onCancel}. */
    private void cancelByEngine(Status with, @Nullable Throwable cause) {
        LOG.log(
                System.Logger.Level.WARNING,
                "Cancelling the stream because of internal error: " + with,
                cause == null ? with.asRuntimeException() : cause);
        if (isEnded) return;
        isEnded = true;
        extras().cancel(with);
        int how = open();
        if (how == LoopEntry.AWAY) {
            parcel().isReset = true;
            post();
            return;
        }
        try {
            dispatch.cancelStream();
        } finally {
            LoopEntry.close(peer(), how);
        }
    }

    // How answers travel.

    /**
     * Whether an answer may be written at once: by the loop's owner, with nothing under way before
     * it. Unless it is {@link LoopEntry#AWAY} it is to be closed.
     */
    private int open() {
        int how = LoopEntry.open(peer());
        if (how == LoopEntry.AWAY) return how;
        Mail known = knownMail();
        if (known == null || known.isIdle()) return how;
        LoopEntry.close(peer(), how);
        return LoopEntry.AWAY;
    }

    private @Nullable Mail knownMail() {
        CallExtras known = extras;
        return known == null ? null : known.mail;
    }

    private Mail mail() {
        Mail known = knownMail();
        return known == null ? makeMail() : known;
    }

    /** The lane may end a call while user code answers elsewhere: they share what is made. */
    private Mail makeMail() {
        synchronized (dispatch) {
            CallExtras in = extras();
            Mail known = in.mail;
            if (known == null) {
                known = new Mail();
                in.mail = known;
            }
            return known;
        }
    }

    private Parcel parcel() {
        Mail box = mail();
        Parcel open = box.open;
        if (open == null) {
            open = new Parcel(dispatch, box);
            box.open = open;
        }
        return open;
    }

    private void post() {
        Parcel open;
        synchronized (dispatch) {
            Mail box = mail();
            open = box.open;
            if (open == null) return;
            box.open = null;
            open.number = box.posted++;
        }
        if (!peer().loop().postFromRunner(open)) open.drop();
    }

    /**
     * The call is over: what was not posted will not be, nor what user code still sends. A parcel
     * belongs to whoever takes it from the box: to {@link #post} or to this.
     */
    void over(boolean cancelled) {
        if (cancelled) isCancelled = true;
        if (isCloseCalled && knownMail() == null) {
            isEnded = true;
            return;
        }
        synchronized (dispatch) {
            isEnded = true;
            Mail box = knownMail();
            Parcel open = box == null ? null : box.open;
            if (box == null || open == null) return;
            box.open = null;
            open.drop();
        }
    }

    private CallExtras extras() {
        CallExtras known = extras;
        if (known != null) return known;
        synchronized (dispatch) {
            known = extras;
            if (known == null) {
                known = new CallExtras(null, io.grpc.Codec.Identity.NONE);
                extras = known;
            }
            return known;
        }
    }

    private Peer peer() {
        return dispatch.peer();
    }

    private BoundMethod<?, ?> method() {
        BoundMethod<?, ?> known = route.method();
        assert known != null;
        return known;
    }

    private void checkOpen() {
        if (isCloseCalled) throw new IllegalStateException("call is closed");
    }
}
