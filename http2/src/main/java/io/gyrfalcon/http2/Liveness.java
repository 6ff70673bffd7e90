package io.gyrfalcon.http2;

import io.gyrfalcon.http2.guard.PingBudget;
import io.gyrfalcon.primitives.LoopOwned;

/** Pings, ours and the peer's: RFC 9113 §6.7, gRFC A8. Loop-owned. */
@LoopOwned
final class Liveness {
    /** The payload of our keepalive pings. */
    static final long OPAQUE = 0x6779_7266_6c69_7665L;

    private final Control control;
    private final Fault fault;
    private final Streams streams;
    private final Shutdown shutdown;
    private final BandwidthProbe probe;
    private final PingBudget pings;
    private final Http2Settings settings;
    private long readNanos;
    private long pingedNanos;
    private boolean isPinging;
    private long dueNanos;
    private int keepAlivesSent;

    Liveness(
            Http2Settings settings,
            Control control,
            Fault fault,
            Streams streams,
            Shutdown shutdown,
            BandwidthProbe probe,
            PingBudget pings,
            long nowNanos) {
        this.control = control;
        this.fault = fault;
        this.streams = streams;
        this.shutdown = shutdown;
        this.probe = probe;
        this.pings = pings;
        this.settings = settings;
        readNanos = nowNanos;
        dueNanos =
                settings.keepAliveWithoutCalls()
                        ? Deadline.after(nowNanos, settings.keepAliveNanos())
                        : Deadline.NONE;
    }

    /** Streams are open: where only they keep us pinging, they do so from now on. */
    void onCalls(long nowNanos) {
        if (dueNanos == Deadline.NONE)
            dueNanos = Deadline.after(nowNanos, settings.keepAliveNanos());
    }

    /** Bytes have arrived. */
    void onRead(long nowNanos) {
        readNanos = nowNanos;
        isPinging = false;
    }

    /** A ping of the peer's. */
    void onPing(long opaque, long nowNanos) {
        if (!pings.accept(nowNanos, streams.size() > 0)) {
            fault.set(ErrorCode.ENHANCE_YOUR_CALM, GoAwayReason.TOO_MANY_PINGS);
            return;
        }
        control.pingAck(opaque);
    }

    /**
     * An answer to one of our pings; one to a ping that we did not send is ignored.
     *
     * @return the size our windows should have now, or 0
     */
    int onPingAck(long opaque) {
        if (opaque == BandwidthProbe.OPAQUE) return probe.onAck();
        if (opaque == Shutdown.OPAQUE) shutdown.onPingAck();
        return 0;
    }

    long dueNanos() {
        return dueNanos;
    }

    void onTime(long nowNanos) {
        if (nowNanos < dueNanos) return;
        if (isPinging && nowNanos - pingedNanos >= settings.keepAliveTimeoutNanos()) {
            dueNanos = Deadline.NONE;
            fault.set(ErrorCode.INTERNAL_ERROR, GoAwayReason.KEEPALIVE_TIMEOUT);
            return;
        }
        if (!settings.keepAliveWithoutCalls() && streams.size() == 0) {
            dueNanos = Deadline.NONE;
            return;
        }
        if (nowNanos - readNanos < settings.keepAliveNanos()) {
            dueNanos = Deadline.after(readNanos, settings.keepAliveNanos());
            return;
        }
        isPinging = true;
        pingedNanos = nowNanos;
        dueNanos = Deadline.after(nowNanos, settings.keepAliveTimeoutNanos());
        control.ping(OPAQUE);
        keepAlivesSent++;
    }

    int keepAlivesSent() {
        return keepAlivesSent;
    }
}
