package io.gyrfalcon.grpc.server;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;

import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** The handler of one call of a simulation: does what the plan says and checks what it is told. */
final class Witness extends ServerCall.Listener<String> {
    static final Metadata.Key<String> PLAN =
            Metadata.Key.of("plan", Metadata.ASCII_STRING_MARSHALLER);

    final Plan plan;
    final Context context;
    private final ServerCall<String, String> call;
    private final Consumer<Runnable> elsewhere;
    private final Runnable meanwhile;
    private int asked;
    private int received;
    private int sent;
    private boolean hasHeaders;
    private boolean isClosed;
    private boolean isHalfClosed;
    private boolean isInCallback;
    int completed;
    int cancelled;
    String problem;

    /**
     * A handler.
     *
     * @param elsewhere runs its late actions
     * @param meanwhile what may happen at any point of it
     */
    Witness(
            Plan plan,
            ServerCall<String, String> call,
            Consumer<Runnable> elsewhere,
            Runnable meanwhile) {
        this.plan = plan;
        this.call = call;
        this.elsewhere = elsewhere;
        this.meanwhile = meanwhile;
        context = Context.current();
    }

    void start() {
        require(plan.path().equals(call.getMethodDescriptor().getFullMethodName()), "method");
        if (plan.seed() % 4 == 0) {
            call.setOnReadyThreshold(1 + (int) Math.floorMod(plan.seed(), 50_000L));
        }
        meanwhile.run();
        ask(plan.type().clientSendsOneMessage() ? 2 : plan.credit());
    }

    boolean isOver() {
        return completed + cancelled > 0;
    }

    private void require(boolean condition, String what) {
        if (condition || problem != null) return;
        problem = what + ": " + this;
    }

    private void enter(String what) {
        require(!isInCallback, what + " within a callback");
        require(!isOver(), what + " after the end");
        require(Context.current() == context, what + " in another context");
        isInCallback = true;
        meanwhile.run();
    }

    private void ask(int count) {
        asked += count;
        call.request(count);
    }

    @Override
    public void onMessage(String message) {
        enter("onMessage");
        try {
            require(received < asked, "message without credit");
            require(message.equals(plan.request(received)), "message " + received);
            int index = received++;
            if (index == plan.faultAt() && plan.fault() == Plan.Fault.THROW) {
                isClosed = true;
                throw new IllegalStateException("on purpose");
            }
            if (index == plan.faultAt() && plan.fault() == Plan.Fault.CLOSE_EARLY) {
                close(Status.FAILED_PRECONDITION);
                return;
            }
            if (plan.type().clientSendsOneMessage()) return;
            if (plan.isLate()) {
                elsewhere.accept(this::go);
            } else {
                go();
            }
        } finally {
            isInCallback = false;
        }
    }

    /** Answers what may be answered, and asks for more. */
    private void go() {
        if (isOver()) {
            // What comes too late must do no harm.
            call.request(1);
            return;
        }
        if (asked - received < plan.credit() && !plan.type().clientSendsOneMessage()) ask(1);
        answer();
    }

    @Override
    public void onHalfClose() {
        enter("onHalfClose");
        try {
            require(!isHalfClosed, "a second half close");
            require(isClosed || received == plan.requests(), "half closed at " + received);
            isHalfClosed = true;
            if (plan.isLate()) {
                elsewhere.accept(this::answer);
            } else {
                answer();
            }
        } finally {
            isInCallback = false;
        }
    }

    @Override
    public void onReady() {
        enter("onReady");
        try {
            answer();
        } finally {
            isInCallback = false;
        }
    }

    private void answer() {
        if (isClosed) return;
        boolean isEcho = plan.responses() < 0;
        if (!isEcho && !isHalfClosed) return;
        int due = isEcho ? received : plan.responses();
        while (sent < due) {
            if (!plan.isIgnoringReady() && !isOver() && !call.isReady()) return;
            begin();
            meanwhile.run();
            call.sendMessage(plan.response(sent++));
        }
        if (isHalfClosed) close(Status.OK);
    }

    private void begin() {
        if (hasHeaders) return;
        hasHeaders = true;
        Metadata headers = new Metadata();
        headers.put(PLAN, Long.toString(plan.seed()));
        call.sendHeaders(headers);
    }

    private void close(Status status) {
        isClosed = true;
        begin();
        meanwhile.run();
        call.close(status, new Metadata());
    }

    @Override
    public void onComplete() {
        enter("onComplete");
        // The deadline may have passed between the answer's end and this.
        boolean isTimeout = context.cancellationCause() instanceof TimeoutException;
        require(isTimeout || !call.isCancelled(), "cancelled at onComplete");
        isInCallback = false;
        completed++;
    }

    @Override
    public void onCancel() {
        enter("onCancel");
        require(call.isCancelled(), "not cancelled at onCancel");
        require(context.isCancelled(), "context not cancelled at onCancel");
        isInCallback = false;
        cancelled++;
        elsewhere.accept(this::answer);
    }

    @Override
    public String toString() {
        return plan
                + " received "
                + received
                + " of "
                + asked
                + " asked, sent "
                + sent
                + (isHalfClosed ? ", half closed" : "")
                + (isClosed ? ", closed" : "")
                + ", completed "
                + completed
                + ", cancelled "
                + cancelled;
    }
}
