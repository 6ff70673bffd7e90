package io.gyrfalcon.verify.lifecycle;

import io.grpc.CallOptions;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/*
 * What is compared
 *
 * Step by step: one side does something, then both come to rest, then it is noted what each has
 * seen meanwhile. At rest is a pair whose logs stay as they are while a ping on the same connection
 * comes back more than once, with no task of the server's under way. Within a step, the order of
 * what each side sees is its own; between the sides there is none.
 *
 * What is not
 *
 * Each engine is free in what follows, or answers it otherwise on purpose:
 *
 * - Which of the callbacks that were under way still come after an answer has ended. All but the
 *   last are muted.
 * - When headers and an only message leave: before the status. They are noted with it.
 * - What was sent before a reset, of either side or by a deadline, may be lost with it, and why the
 *   call's context was cancelled is up to what came first. Only the end's code is compared.
 * - How often a call becomes ready again. But whoever saw that it was not has to be told.
 * - How much of a message counts while it waits for a window. Readiness is asked where nothing was
 *   sent since all was at rest, and compared there where the client has all that was sent.
 * - Whether a call is ready in startCall: on a loop of grpc-java's it never is. So little is sent
 *   there that the first onReady comes before anything else.
 * - When a client sends an only request: with its end at the latest.
 * - Trailers without headers that have names of the transport's own are sent by grpc-java only.
 * - A request that is too large, once the answer has begun, is a reset on grpc-java's server; and
 *   before anybody has asked for it, nothing.
 * - A request for no messages is refused at once here; grpc-java ends the call.
 */
/** A scenario on one engine's server. One thread, which waits; callbacks come on others. */
final class Play {
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final int DEADLINE_MILLIS = 400;
    private static final int PINGS = 2;
    private static final int BLIND_MILLIS = 2;

    /** Which of the logs is what the client was told. */
    private static final int CLIENT = 2;

    final Scenario scenario;
    final Answerer answerer;
    final Asker asker;
    private final Hall hall;
    private final long pauseMillis;

    /** Tasks under way cannot be counted, or messages wait for windows: a ping may overtake. */
    private final boolean isBlind;

    private final List<Log> logs;
    private final int[] seen = new int[4];

    /**
     * A play yet to begin.
     *
     * @param pauseMillis how long to wait besides, before all counts as being at rest
     */
    Play(Scenario scenario, Hall hall, long pauseMillis) {
        this.scenario = scenario;
        this.hall = hall;
        this.pauseMillis = pauseMillis;
        answerer = new Answerer(this, scenario.type());
        CallOptions options = CallOptions.DEFAULT;
        if (scenario.isCompressed()) options = options.withCompression("gzip");
        long deadlineMillis = DEADLINE_MILLIS + 80 * pauseMillis;
        if (scenario.isTimed()) {
            options = options.withDeadlineAfter(deadlineMillis, TimeUnit.MILLISECONDS);
        }
        isBlind = scenario.hall().lane() == Lane.DEFAULT || scenario.isLarge();
        asker = new Asker(this, hall.channel(), options);
        logs = List.of(answerer.log, answerer.outside, asker.log, asker.deeds);
    }

    String withoutPort(String text) {
        return text.replace(":" + hall.port(), "");
    }

    /** What was seen in each step; the same was seen by another, perhaps, if that is given. */
    List<String> play(List<String> expected) {
        hall.play(this);
        List<String> slices = new ArrayList<>();
        for (Scenario.Step step : scenario.steps()) {
            perform(step);
            String known = expected.isEmpty() ? "" : expected.get(slices.size());
            String slice = slice(step, known);
            slices.add(slice);
            if (!known.isEmpty() && !known.equals(slice)) break;
        }
        asker.cancel();
        hall.ping();
        hall.play(null);
        return slices;
    }

    private void perform(Scenario.Step step) {
        boolean isCutting = step.toString().contains("cancel under");
        if (isCutting) asker.willCancel();
        for (Deed deed : step.deeds()) {
            if (step.isClients()) {
                deed.on(this, asker.deeds);
            } else if (answerer.hasCall() && !deed.isFault()) {
                deed.on(this, answerer.outside);
            }
        }
        // The ping takes along what the client has not sent yet.
        if (!answerer.hasCall()) hall.ping();
        answerer.await(answerer::hasCall);
    }

    private String slice(Scenario.Step step, String expected) {
        long begun = System.nanoTime();
        String seenNow = atRest(step);
        while (!expected.isEmpty() && !expected.equals(seenNow)) {
            if (System.nanoTime() - begun > PATIENCE_NANOS * (1 + pauseMillis / 10)) break;
            seenNow = atRest(step);
        }
        for (int i = 0; i < seen.length; i++) seen[i] = logs.get(i).events().size();
        answerer.stepOver();
        return seenNow;
    }

    private String atRest(Scenario.Step step) {
        return step + atRest() + "\n  at rest: " + answerer.rest();
    }

    private String atRest() {
        String before = now();
        for (int pings = 0; pings < PINGS; pings++) {
            pause();
            hall.ping();
            String after = now();
            boolean isSame = after.equals(before) && !isBusy();
            if (!isSame) pings = -1;
            before = after;
        }
        return before;
    }

    private boolean isBusy() {
        return hall.isBusy() || answerer.busy.get() > 0;
    }

    private void pause() {
        long millis = Math.max(pauseMillis, isBlind ? BLIND_MILLIS : 0);
        if (millis == 0) return;
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What was added to the logs since the last step. */
    private String now() {
        StringBuilder text = new StringBuilder();
        String[] names = {"server", "server's deed", "client", "client's deed"};
        for (int i = 0; i < names.length; i++) {
            List<String> events = logs.get(i).events();
            for (String event : events.subList(seen[i], events.size())) {
                if (i == CLIENT && answerer.isTorn) continue;
                text.append("\n  ").append(names[i]).append(": ").append(event);
            }
        }
        return text.toString();
    }
}
