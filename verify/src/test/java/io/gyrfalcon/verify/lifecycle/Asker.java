package io.gyrfalcon.verify.lifecycle;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;

import java.util.ArrayList;
import java.util.List;

/** The client of a {@link Play}: notes what it is told. Callbacks come one at a time. */
final class Asker extends ClientCall.Listener<String> {
    final Log log = new Log();
    final Log deeds = new Log();
    final ClientCall<String, String> call;
    private final Play play;
    private final boolean isReceivingOne;
    private final List<String> held = new ArrayList<>();
    private volatile boolean isCancelled;
    private volatile int messages;

    Asker(Play play, ManagedChannel channel, CallOptions options) {
        this.play = play;
        isReceivingOne = play.scenario.type().serverSendsOneMessage();
        call = channel.newCall(Stage.method(play.scenario.type()), options);
    }

    void start() {
        call.start(this, Words.metadata(play.scenario.headers()));
    }

    /** What it is told from now on depends on when its cancellation comes. */
    void willCancel() {
        isCancelled = true;
    }

    void cancel() {
        isCancelled = true;
        call.cancel("enough", null);
    }

    /** How many it was told. */
    int messages() {
        return messages;
    }

    @Override
    public void onHeaders(Metadata headers) {
        note("headers " + Words.brief(Caller.text(headers)));
    }

    @Override
    public void onMessage(String message) {
        messages++;
        note("message " + Words.brief(message));
        if (play.scenario.isWantingMore()) call.request(1);
    }

    /** An only answer leaves when it likes, before the status. */
    private void note(String event) {
        if (isReceivingOne) {
            held.add(event);
        } else if (!isLossy()) {
            log.add(event);
        }
    }

    /** What was under way when a call is reset may be lost with it. */
    boolean isLossy() {
        return isCancelled || play.answerer.isTorn;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        if (isLossy() || play.scenario.isTimed()) {
            log.add("close " + status.getCode());
            return;
        }
        for (String event : held) log.add(event);
        String text = Words.brief(status.getDescription());
        log.add(
                "close "
                        + status.getCode()
                        + " "
                        + text
                        + " "
                        + Words.brief(Caller.text(trailers)));
    }
}
