package io.gyrfalcon.transport.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabChain;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** One call that notes what happens to it. One thread. */
class Noted implements ClientCallEvents {
    final List<String> log = new ArrayList<>();
    ClientCall call;
    CallStatus status;
    boolean isUnprocessed;
    int wanted = Integer.MAX_VALUE;
    int messages;

    @Override
    public void onHead(ResponseHead head) {
        log.add("head " + fields(head.fields(), head.fieldCount()));
    }

    static List<String> fields(byte[][] fields, int count) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < count; i += 2) {
            all.add(
                    new String(fields[i], ISO_8859_1)
                            + "="
                            + new String(fields[i + 1], ISO_8859_1));
        }
        return all;
    }

    @Override
    public void onMessage(
            MemorySegment bytes, long offset, int length, boolean compressed, Slab home) {
        messages++;
        byte[] text = bytes.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
        String shown = length > 40 ? length + " bytes" : new String(text, ISO_8859_1);
        log.add("message " + shown + (compressed ? " compressed" : ""));
        if (home != null) home.release();
    }

    @Override
    public boolean wantsMessages() {
        return messages < wanted;
    }

    @Override
    public void onReady() {
        log.add("ready");
    }

    @Override
    public void onEnd(CallStatus ended, byte[][] trailers, int count, boolean unprocessed) {
        if (status != null) throw new AssertionError("ended twice");
        status = ended;
        isUnprocessed = unprocessed;
        log.add(
                "end "
                        + ended.code()
                        + " "
                        + ended.description()
                        + (trailers == null ? "" : " " + fields(trailers, count)));
    }

    /** Sends a message. */
    Noted send(String text, boolean last) {
        return send(text.getBytes(ISO_8859_1), last);
    }

    Noted send(byte[] bytes, boolean last) {
        int n = bytes.length;
        SlabChain chain = call.beginMessage(5 + n);
        byte[] prefix = {0, (byte) (n >> 24), (byte) (n >> 16), (byte) (n >> 8), (byte) n};
        chain.append(prefix, 0, 5);
        chain.append(bytes, 0, n);
        call.endMessage(last);
        return this;
    }
}
