package io.gyrfalcon.transport.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabChain;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** One call of {@link Notes}. One thread. */
final class Played implements CallEvents {
    static final FieldBlock HEAD =
            FieldBlock.of(":status", "200", "content-type", "application/grpc");

    final Notes notes;
    final ServerCall call;
    final int index;
    String text = "";
    int messages;
    int wanted = Integer.MAX_VALUE;
    int aheadMax = Integer.MAX_VALUE;
    boolean isKept;
    boolean isOver;

    Played(Notes notes, ServerCall call, int index) {
        this.notes = notes;
        this.call = call;
        this.index = index;
    }

    private void note(String what) {
        notes.log.add(index + " " + what);
    }

    @Override
    public void onStart() {
        note("start");
        notes.onStart.accept(this);
    }

    @Override
    public void onMessage(
            MemorySegment bytes,
            long offset,
            int length,
            boolean compressed,
            Slab home,
            boolean last) {
        messages++;
        text = new String(bytes.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE), ISO_8859_1);
        String shown = length > 40 ? length + " bytes" : "'" + text + "'";
        note(
                "message "
                        + shown
                        + (compressed ? " compressed" : "")
                        + (home == null ? "" : " gathered")
                        + (last ? " last" : ""));
        if (home != null) home.release();
        notes.onMessage.accept(this);
        if (last) notes.onEnd.accept(this);
    }

    @Override
    public void onHalfClose() {
        note("halfClose");
        notes.onEnd.accept(this);
    }

    @Override
    public boolean wantsMessages() {
        return messages < wanted;
    }

    @Override
    public boolean isBehind() {
        return messages - wanted >= aheadMax;
    }

    @Override
    public void onReady() {
        note("ready");
        notes.onReady.accept(this);
    }

    @Override
    public void onSent() {
        note("sent");
    }

    @Override
    public void onBroken(int code, String description) {
        note("broken " + code + " " + description);
        call.sendTrailers(code, null, 0);
    }

    @Override
    public void onClosed(boolean reset) {
        note(reset ? "reset" : "closed");
        isOver = true;
        if (!isKept) call.release();
    }

    /** The whole answer: fields, a message, the end. */
    void answer(String message) {
        begin();
        send(message);
        end();
    }

    void begin() {
        call.sendHeaders(HEAD, null, 0);
    }

    void send(String message) {
        byte[] bytes = message.getBytes(ISO_8859_1);
        SlabChain chain = call.beginMessage(5 + bytes.length);
        byte[] prefix = {
            0,
            (byte) (bytes.length >> 24),
            (byte) (bytes.length >> 16),
            (byte) (bytes.length >> 8),
            (byte) bytes.length
        };
        chain.append(prefix, 0, 5);
        chain.append(bytes, 0, bytes.length);
        call.endMessage();
    }

    void end() {
        call.sendTrailers(0, null, 0);
    }
}
