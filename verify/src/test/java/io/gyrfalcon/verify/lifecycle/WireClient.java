package io.gyrfalcon.verify.lifecycle;

import io.gyrfalcon.http2.sim.Frame;
import io.gyrfalcon.transport.fixtures.Link;
import io.gyrfalcon.transport.fixtures.RawClient;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * A client that sends bytes, right or wrong, to a real port and notes by stream what comes: fields
 * in the order of their names, the text of all DATA, resets, the end. One thread.
 */
final class WireClient implements Link, AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long SYNC = 0x73796e63;

    final RawClient raw = new RawClient(this);

    /** What handlers have seen of this connection. */
    final Log log = new Log();

    private final Socket socket;
    private final Map<Integer, List<String>> streams = new TreeMap<>();
    private final Set<Integer> ended = new HashSet<>();
    private final List<String> ofConnection = new ArrayList<>();
    private boolean isSynced;
    private boolean isClosed;

    WireClient(int port) {
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(5);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    SocketAddress address() {
        return socket.getLocalSocketAddress();
    }

    @Override
    public void write(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException e) {
            // The server has closed: what it said is still to be read.
        }
    }

    @Override
    public byte[] read() {
        byte[] bytes = new byte[1 << 16];
        try {
            int n = socket.getInputStream().read(bytes);
            if (n >= 0) return Arrays.copyOf(bytes, n);
        } catch (SocketTimeoutException e) {
            return new byte[0];
        } catch (IOException e) {
            // As its end.
        }
        isClosed = true;
        return new byte[0];
    }

    /** Says that nothing more will be sent. */
    void halfClose() {
        raw.flush();
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void take() {
        raw.flush();
        for (Frame frame : raw.frames()) note(frame);
    }

    private void note(Frame frame) {
        int id = frame.streamId();
        switch (frame.type()) {
            case HEADERS -> add(id, "HEADERS " + new TreeSet<>(raw.decoded(frame)));
            case DATA -> addText(id, frame.payload());
            case RST_STREAM -> {
                add(id, "RST " + frame.intAt(0));
                ended.add(id);
            }
            case GOAWAY -> ofConnection.add("GOAWAY " + frame.intAt(4));
            case PING -> onPing(frame);
            case PRIORITY, SETTINGS, PUSH_PROMISE, WINDOW_UPDATE, CONTINUATION, UNKNOWN -> {}
        }
        if (!frame.isEndStream()) return;
        add(id, "END");
        ended.add(id);
    }

    private void onPing(Frame frame) {
        if ((frame.flags() & 1) != 0) {
            isSynced |= frame.longAt(0) == SYNC;
            return;
        }
        raw.out().ping(frame.longAt(0), true);
    }

    private void add(int id, String what) {
        streams.computeIfAbsent(id, _ -> new ArrayList<>()).add(what);
    }

    /** However DATA is cut. */
    private void addText(int id, byte[] payload) {
        String text = new String(payload, StandardCharsets.ISO_8859_1).replace("\0", "");
        if (text.isEmpty()) return;
        List<String> own = streams.computeIfAbsent(id, _ -> new ArrayList<>());
        if (!own.isEmpty() && own.getLast().startsWith("DATA ")) {
            own.set(own.size() - 1, own.getLast() + text);
        } else {
            own.add("DATA " + text);
        }
    }

    /** Until these streams have ended; none: until the server closes. */
    void await(Integer... ids) {
        Set<Integer> wanted = Set.of(ids);
        long start = System.nanoTime();
        do {
            take();
            if (isClosed || (ids.length > 0 && ended.containsAll(wanted))) return;
        } while (System.nanoTime() - start < PATIENCE_NANOS);
        ofConnection.add("NEVER SAW THE END OF " + wanted);
    }

    /** Until it has sent what has gathered, and handlers have seen this of it. */
    void await(String event) {
        take();
        log.await(event);
    }

    /** Until this has come. */
    void hear(String event) {
        long start = System.nanoTime();
        do {
            take();
            if (isClosed || seen().stream().anyMatch(e -> e.startsWith(event))) return;
        } while (System.nanoTime() - start < PATIENCE_NANOS);
        ofConnection.add("NEVER SAW " + event);
    }

    /** For so long, whatever comes. */
    void listen(int millis) {
        long start = System.nanoTime();
        do {
            take();
        } while (!isClosed && System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** Until the server has seen all that was sent; what it says of that is noted. */
    void sync() {
        raw.out().ping(SYNC, false);
        long start = System.nanoTime();
        do {
            take();
        } while (!isSynced && !isClosed && System.nanoTime() - start < PATIENCE_NANOS);
    }

    /** What the server said, by stream, and what its handlers saw. */
    List<String> seen() {
        List<String> all = new ArrayList<>();
        streams.forEach((id, events) -> events.forEach(e -> all.add(id + " " + e)));
        all.addAll(ofConnection);
        if (isClosed) all.add("CLOSED");
        all.addAll(log.events());
        return all;
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
