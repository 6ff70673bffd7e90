package io.gyrfalcon.http2;

import io.gyrfalcon.http2.stream.FlowWindow;
import io.gyrfalcon.primitives.LoopOwned;

/**
 * Measures how many bytes arrive within one round trip, to see whether our windows hold the peer
 * back. Loop-owned.
 */
@LoopOwned
final class BandwidthProbe {
    /** The payload of its pings. */
    static final long OPAQUE = 0x6764_7970_726f_6265L;

    /*
     * A probe starts when a quarter of the window has arrived, so that small messages cost no
     * pings: a ping goes out, and what arrives until its answer is the bandwidth-delay product. If
     * that is two thirds of the window or more, the window is what limits the peer, and becomes
     * twice what was seen.
     */
    private final Control control;
    private final int bytesMax;
    private final boolean isOn;
    private int windowBytes;
    private long seenBytes;
    private boolean isProbing;

    BandwidthProbe(Control control, Http2Settings settings, Http2Limits limits) {
        this.control = control;
        bytesMax = limits.windowBytesMax();
        windowBytes = Math.max(settings.streamWindowBytes(), FlowWindow.BYTES_INITIAL);
        isOn = Http2Flags.BDP_PROBE.isOn() && windowBytes < bytesMax;
    }

    /** {@code n} bytes of DATA frames have arrived. */
    void onData(int n) {
        if (!isOn) return;
        seenBytes += n;
        if (isProbing || seenBytes < windowBytes >>> 2 || windowBytes >= bytesMax) return;
        isProbing = true;
        seenBytes = 0;
        control.ping(OPAQUE);
    }

    /**
     * The answer to our ping.
     *
     * @return the size the windows should have now, or 0
     */
    int onAck() {
        if (!isProbing) return 0;
        long seen = seenBytes;
        isProbing = false;
        seenBytes = 0;
        if (seen < windowBytes / 3L * 2) return 0;
        windowBytes = (int) Math.min(bytesMax, Math.max(2 * seen, windowBytes));
        return windowBytes;
    }
}
