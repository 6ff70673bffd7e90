package io.gyrfalcon.verify.lifecycle;

import io.grpc.Metadata;
import io.grpc.Status;

import java.util.function.Supplier;

/**
 * Something that one side of a {@link Play} does. Its text says what; the logs, what came of it.
 */
record Deed(String text, boolean isFault, Act act) {
    /** What is done, and where to note more about it. */
    interface Act {
        void on(Play play, Log log);
    }

    /** Whatever it throws is noted, but for a fault, which is thrown on. */
    void on(Play play, Log log) {
        if (isFault) {
            log.add(text);
            act.on(play, log);
        } else {
            log.trying(text, () -> act.on(play, log));
        }
    }

    private static Deed of(String text, Act act) {
        return new Deed(text, false, act);
    }

    // The server's.

    static Deed ask(int count) {
        return of("request " + count, (play, log) -> play.answerer.call().request(count));
    }

    static Deed headers(Supplier<Metadata> headers) {
        return of(
                "sendHeaders " + Caller.text(headers.get()),
                (play, log) -> play.answerer.sendHeaders(headers.get()));
    }

    static Deed message(int length) {
        return of(
                "sendMessage " + length,
                (play, log) -> play.answerer.send(Words.text(length), false));
    }

    static Deed poison() {
        return of(
                "sendMessage poison",
                (play, log) -> play.answerer.send(Stage.POISON + " stream", true));
    }

    static Deed compression(String name) {
        return of(
                "setCompression " + name, (play, log) -> play.answerer.call().setCompression(name));
    }

    static Deed messageCompression(boolean isOn) {
        return of(
                "setMessageCompression " + isOn,
                (play, log) -> play.answerer.call().setMessageCompression(isOn));
    }

    static Deed threshold(int bytes) {
        return of(
                "setOnReadyThreshold " + bytes,
                (play, log) -> play.answerer.call().setOnReadyThreshold(bytes));
    }

    static Deed close(Status status, Supplier<Metadata> trailers) {
        String name = status.getCode() + " " + Words.brief(status.getDescription());
        return of(
                "close " + name + " " + Caller.text(trailers.get()),
                (play, log) -> play.answerer.close(status, trailers.get()));
    }

    static Deed look() {
        return of("look", (play, log) -> play.answerer.look(log));
    }

    static Deed describe() {
        return of("describe", (play, log) -> play.answerer.describe(log));
    }

    static Deed waitUntilCancelled() {
        return of("waitUntilCancelled", (play, log) -> play.answerer.waitUntilCancelled(log));
    }

    /** The fault of a callback; outside of one it is only noted. */
    static Deed fault(RuntimeException thrown) {
        return new Deed("throw " + thrown, true, (play, log) -> play.answerer.fail(thrown));
    }

    // The client's.

    static Deed start() {
        return of("start", (play, log) -> play.asker.start());
    }

    static Deed send(String text) {
        return of("send " + Words.brief(text), (play, log) -> play.asker.call.sendMessage(text));
    }

    static Deed sendCompressed(boolean isOn) {
        return of(
                "setMessageCompression " + isOn,
                (play, log) -> play.asker.call.setMessageCompression(isOn));
    }

    static Deed want(int count) {
        return of("want " + count, (play, log) -> play.asker.call.request(count));
    }

    static Deed halfClose() {
        return of("halfClose", (play, log) -> play.asker.call.halfClose());
    }

    static Deed cancel() {
        return of("cancel", (play, log) -> play.asker.cancel());
    }

    static Deed sendUnreadable(String text, boolean isTooLarge) {
        return of(
                "send " + Words.brief(text),
                (play, log) -> {
                    play.answerer.spoil(isTooLarge);
                    play.asker.call.sendMessage(text);
                });
    }

    /** Once the handler waits for it. */
    static Deed cancelUnderHandler() {
        return of(
                "cancel under the handler",
                (play, log) -> {
                    play.answerer.await(() -> play.answerer.log.has(Answerer.WAITING));
                    play.asker.cancel();
                });
    }

    static Deed awaitEnd() {
        return of("await the end", (play, log) -> play.asker.log.await("close"));
    }
}
