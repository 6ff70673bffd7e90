package io.gyrfalcon.transport.link;

import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopLocal;
import io.gyrfalcon.http2.Http2Scratch;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.tls.TlsScratch;

import org.jspecify.annotations.Nullable;

/** Working memory that all connections of one loop share, of servers and clients. Loop-owned. */
@LoopOwned
public final class LoopScratch {
    /** Each loop's own. */
    public static final LoopLocal<LoopScratch> LOCAL =
            new LoopLocal<>() {
                @Override
                protected LoopScratch make(Loop loop) {
                    return new LoopScratch(loop);
                }
            };

    private final Http2Scratch http2;
    private @Nullable TlsScratch tls;

    private LoopScratch(Loop loop) {
        http2 = new Http2Scratch(loop.slabs(), loop.clock().nanoTime() ^ loop.index());
    }

    /** What HTTP/2 needs. */
    public Http2Scratch http2() {
        return http2;
    }

    /** What TLS needs, made when it is asked for first. */
    public TlsScratch tls() {
        TlsScratch made = tls;
        if (made == null) {
            made = new TlsScratch();
            tls = made;
        }
        return made;
    }
}
