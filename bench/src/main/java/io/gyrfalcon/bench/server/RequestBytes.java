package io.gyrfalcon.bench.server;

import io.grpc.KnownLength;

import java.io.InputStream;

/** One message as the marshaller reads it, again and again. Owned by the thread that reads it. */
final class RequestBytes extends InputStream implements KnownLength {
    private final byte[] message;
    private int index;

    RequestBytes(byte[] message) {
        this.message = message;
    }

    void rewind() {
        index = 0;
    }

    @Override
    public int read() {
        return index == message.length ? -1 : message[index++] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        int count = Math.min(length, message.length - index);
        if (count == 0) return length == 0 ? 0 : -1;
        System.arraycopy(message, index, target, offset, count);
        index += count;
        return count;
    }

    @Override
    public int available() {
        return message.length - index;
    }
}
