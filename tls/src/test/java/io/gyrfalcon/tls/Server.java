package io.gyrfalcon.tls;

import io.gyrfalcon.primitives.memory.Budget;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;
import io.gyrfalcon.tls.TlsSession.State;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** A session under test, mostly a server's, with its pool, its output and what it decrypted. */
final class Server implements PlainSink {
    final SlabPool pool = SlabPool.forLoop(new Budget(64 << 20));
    final TlsScratch scratch = new TlsScratch();
    final SlabChain out = new SlabChain(pool);
    final SlabChain plain = new SlabChain(pool);
    final ByteArrayOutputStream received = new ByteArrayOutputStream();
    final List<Integer> records = new ArrayList<>();
    final SSLEngine engine;
    final TlsSession session;
    boolean runsTasks = true;
    int tasks;

    Server(TlsSettings settings) {
        this(settings.newEngine(), TlsLimits.DEFAULT);
    }

    Server(SSLEngine engine, TlsLimits limits) {
        this.engine = engine;
        session = new TlsSession(engine, pool, scratch, limits);
    }

    @Override
    public void onPlain(MemorySegment bytes, long offset, int length) {
        byte[] copy = new byte[length];
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, offset, copy, 0, length);
        received.writeBytes(copy);
        records.add(length);
    }

    /** Feeds bytes in one piece. */
    State receive(byte[] bytes) {
        return receive(bytes, 0, bytes.length);
    }

    State receive(byte[] bytes, int from, int count) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocate(count + 8L);
            MemorySegment.copy(bytes, from, segment, ValueLayout.JAVA_BYTE, 8, count);
            session.receive(segment, 8, count, this, out);
        }
        if (runsTasks) runTasks();
        return session.state();
    }

    void runTasks() {
        while (session.state() == State.NEEDS_TASK) {
            session.task().run();
            tasks++;
            session.onTaskDone(this, out);
        }
    }

    /** What the session wants to send now. */
    byte[] take() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!out.isEmpty()) {
            byte[] run = new byte[out.headBytes()];
            MemorySegment.copy(
                    out.head(), ValueLayout.JAVA_BYTE, out.headOffset(), run, 0, run.length);
            bytes.writeBytes(run);
            out.consume(run.length);
        }
        return bytes.toByteArray();
    }

    void send(byte[] bytes) {
        plain.append(bytes, 0, bytes.length);
        session.wrap(plain, out);
    }

    /** Moves bytes both ways until nobody has anything to say. */
    void talk(Client client, Random random) throws SSLException {
        while (true) {
            byte[] up = client.take();
            int at = 0;
            while (at < up.length) {
                int bound = random.nextInt(8) == 0 ? 4000 : 7;
                int count = Math.min(up.length - at, random.nextInt(bound));
                receive(up, at, count);
                at += count;
            }
            byte[] down = take();
            if (up.length == 0 && down.length == 0) return;
            client.accept(down);
        }
    }

    void talk(Client client) throws SSLException {
        while (true) {
            byte[] up = client.take();
            if (up.length > 0) receive(up);
            byte[] down = take();
            if (up.length == 0 && down.length == 0) return;
            client.accept(down);
        }
    }
}
