package io.gyrfalcon.grpc.server;

import io.grpc.Status;
import io.gyrfalcon.transport.wire.FaultText;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;

/**
 * A message while it is inflated: stops at the limit, so that a small message cannot become a huge
 * one. Owned by the thread that parses.
 */
final class InflatedMessage extends FilterInputStream {
    private final int bytesMax;
    private final LongConsumer tracer;
    private long bytes;
    private long bytesReported;
    private long markBytes = -1;

    InflatedMessage(InputStream plain, int bytesMax, LongConsumer tracer) {
        super(plain);
        this.bytesMax = bytesMax;
        this.tracer = tracer;
    }

    @Override
    public int read() throws IOException {
        int b = in.read();
        if (b >= 0) count(1);
        return b;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int n = in.read(target, offset, length);
        if (n > 0) count(n);
        return n;
    }

    @Override
    public long skip(long n) throws IOException {
        long skipped = in.skip(n);
        count(skipped);
        return skipped;
    }

    @Override
    public synchronized void mark(int readLimit) {
        in.mark(readLimit);
        markBytes = bytes;
    }

    @Override
    public synchronized void reset() throws IOException {
        if (!in.markSupported()) throw new IOException("Mark not supported");
        if (markBytes < 0) throw new IOException("Mark not set");
        in.reset();
        bytes = markBytes;
    }

    private void count(long n) {
        bytes += n;
        if (bytes > bytesMax) {
            throw Status.RESOURCE_EXHAUSTED
                    .withDescription(FaultText.tooLargeDecompressed(bytesMax))
                    .asRuntimeException();
        }
        if (bytes <= bytesReported) return;
        tracer.accept(bytes - bytesReported);
        bytesReported = bytes;
    }
}
