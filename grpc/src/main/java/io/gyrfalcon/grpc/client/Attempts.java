package io.gyrfalcon.grpc.client;

import io.grpc.Metadata;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.time.Timer;
import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.retry.AttemptPlan;
import io.gyrfalcon.traffic.retry.Progress;
import io.gyrfalcon.traffic.retry.Pushback;
import io.gyrfalcon.traffic.retry.Verdict;
import io.gyrfalcon.transport.client.ClientCall;

import java.util.ArrayDeque;

/**
 * The attempts of one call, one after another: which one runs, whether another may follow, and what
 * that one would have to send again. Loop-owned.
 */
@LoopOwned
final class Attempts extends Timer {
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    private final RoutedCall call;
    private final Exchange exchange;
    private final AttemptPlan plan = new AttemptPlan(TrafficLimits.standard());
    private final ArrayDeque<Outgoing> kept = new ArrayDeque<>(1);
    private int number;
    private boolean isTransparent;
    private long keptBytes;

    Attempts(RoutedCall call, Exchange exchange) {
        this.call = call;
        this.exchange = exchange;
    }

    /** The first one begins. */
    void start() {
        if (settings().isOn()) {
            plan.start(call.request().attempts(), exchange.throttle(), exchange.nowNanos());
        } else {
            plan.startOnce();
            plan.commit(number);
        }
    }

    private RetrySettings settings() {
        return exchange.options().retries();
    }

    /** How many attempts came before, those not counted that no server has looked at. */
    int number() {
        return number;
    }

    /** Whether the attempt is one more after one that no server has looked at. */
    boolean isTransparent() {
        return isTransparent;
    }

    /** Keeps a message that was sent; if not, the caller gives it back. */
    boolean keep(Outgoing message) {
        if (plan.isSettled()) return false;
        boolean isTooMuch = keptBytes + message.bytes > settings().callBytesMax();
        if (!message.isWhole() || isTooMuch || !exchange.keep(message.bytes)) {
            plan.commit(number);
            drop();
            return false;
        }
        keptBytes += message.bytes;
        kept.add(message);
        return true;
    }

    /** Sends all that was kept once more; the last message ends the request, if that is asked. */
    void replay(ClientCall to, boolean isWhole) {
        int left = kept.size();
        for (Outgoing message : kept) message.send(to, --left == 0 && isWhole);
    }

    /** Whether anything would be sent once more. */
    boolean hasKept() {
        return !kept.isEmpty();
    }

    /** The server has answered: this attempt is the call. */
    void onHeaders() {
        plan.onHeaders(number);
        drop();
    }

    /** The attempt has ended. What comes next, if anything does, the call is told by restart. */
    Verdict onClosed(Progress progress, int code, Metadata trailers) {
        int pushback = Pushback.parse(trailers.get(PUSHBACK));
        long now = exchange.nowNanos();
        Verdict verdict =
                plan.onClosed(number, progress, code, pushback, now, exchange.nextRandom());
        isTransparent = verdict == Verdict.AGAIN;
        if (verdict == Verdict.GO_ON) exchange.loop().timers().schedule(this, plan.wakeAtNanos());
        return verdict;
    }

    @Override
    protected void onTimer(long nowNanos) {
        int next = plan.onTime(nowNanos);
        if (next == AttemptPlan.NONE) {
            exchange.loop().timers().schedule(this, plan.wakeAtNanos());
            return;
        }
        number = next;
        call.restart();
    }

    /** No other attempt follows. */
    void end() {
        plan.stop();
        exchange.loop().timers().cancel(this);
        drop();
    }

    private void drop() {
        if (kept.isEmpty()) return;
        for (Outgoing message : kept) message.drop();
        kept.clear();
        exchange.unkeep(keptBytes);
        keptBytes = 0;
    }
}
