package io.gyrfalcon.http2;

import java.lang.foreign.MemorySegment;

/** Takes whole header blocks. */
interface BlockSink {
    /** Uses another loop's working memory from now on. Between blocks. */
    void use(Http2Scratch other);

    /**
     * One block, which must be decoded.
     *
     * @param isEnd whether it ends the stream
     * @param isSelfDependent whether its priority names its own stream: RFC 7540 §5.3.1
     */
    void onBlock(
            int id,
            MemorySegment block,
            long from,
            int n,
            boolean isEnd,
            boolean isSelfDependent,
            long nowNanos);
}
