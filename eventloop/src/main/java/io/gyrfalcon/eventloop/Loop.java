package io.gyrfalcon.eventloop;

import io.gyrfalcon.eventloop.poll.Poller;
import io.gyrfalcon.eventloop.poll.Port;
import io.gyrfalcon.eventloop.poll.Ready;
import io.gyrfalcon.eventloop.poll.Wire;
import io.gyrfalcon.eventloop.run.Carrier;
import io.gyrfalcon.eventloop.run.Runners;
import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.primitives.count.Counter;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabPool;
import io.gyrfalcon.primitives.time.Clock;
import io.gyrfalcon.primitives.time.TimerWheel;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketAddress;
import java.util.Arrays;

/**
 * One event loop: its sockets, letters, timers, runners and memory. Loop-owned; {@link #post},
 * {@link #inLoop}, {@link #index}, {@link #connections} and the pools' own rules are for any
 * thread.
 *
 * <p>A loop is state, not a thread: {@link #turn} is given by whoever has {@link #adopt adopted}
 * it, a thread of a {@link LoopGroup} or a simulator.
 */
@LoopOwned
@HotPath
public final class Loop {
    /*
     * One turn
     *
     *   wait (poller) -> sockets that are ready -> sockets that had more than their quota
     *     -> letters -> timers -> ends of sockets -> turn-end tasks -> balance
     *     -> runners' hand-over
     *
     * Letters of one turn are bounded, so that a flood of them leaves room for sockets; turn-end
     * tasks that add turn-end tasks are served in the same turn, in bounded rounds.
     */
    private static final int LETTERS_PER_TURN = 8192;
    private static final int TURN_END_ROUNDS = 16;

    /** No thread's id. */
    private static final long NOBODY = 0;

    private static final VarHandle CONNECTIONS;
    private static final VarHandle OWNER;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            CONNECTIONS = lookup.findVarHandle(Loop.class, "connections", int.class);
            OWNER = lookup.findVarHandle(Loop.class, "owner", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int index;
    private final int readBytesPerTurn;
    private final Clock clock;
    private final Poller poller;
    private final SlabPool slabs;
    private final SlabPool sharedSlabs;
    private final TimerWheel timers;
    private final boolean isQuiet;
    private final Runners runners;
    private final @Nullable Carrier carrier;
    private final Mailbox mailbox = new Mailbox();
    private final Idling idling;
    private final Counter turns = new Counter();
    private final boolean shortReadIsDrained = LoopFlags.SHORT_READ_IS_DRAINED.isOn();

    // written by the loop
    private final Trim trim = new Trim(this);
    private long nowNanos;
    private @Nullable Slab receiveSlab;
    private @Nullable Object[] locals = new Object[8];
    private final ReadyAgain again = new ReadyAgain();
    private final TurnTasks turnEnd = new TurnTasks();
    private @Nullable LoopSocket[] ended = new LoopSocket[16];
    private int endedCount;
    private @Nullable Balance balance;
    private boolean isSurveying;

    // written by any thread
    private @Nullable Runnable driver;
    private long owner; // a thread's id: no barrier of the collector's, several times a call
    private volatile Place place = Place.ANYWHERE;
    private volatile int connections;

    Loop(
            int index,
            LoopSettings settings,
            Clock clock,
            Poller poller,
            SlabPool slabs,
            SlabPool sharedSlabs,
            @Nullable Runners runners,
            LoopGroup.@Nullable Carrying carrying) {
        this.index = index;
        this.readBytesPerTurn = settings.readBytesPerTurn();
        this.clock = clock;
        this.poller = poller;
        this.slabs = slabs;
        this.sharedSlabs = sharedSlabs;
        this.idling = idling(settings, mailbox, poller, clock);
        this.nowNanos = clock.nanoTime();
        this.timers = new TimerWheel(nowNanos);
        this.runners =
                runners != null
                        ? runners
                        : new Runners(
                                new CarriedLoop.WakeUp(this),
                                settings.runnersIdleMax(),
                                LoopFlags.RUNNER_BATCHING.isOn());
        this.isQuiet = LoopFlags.QUIET_LETTERS.isOn();
        this.runners.onDrained(new CarriedLoop.Drained(this));
        this.carrier = carrying == null ? null : carrier(settings, carrying);
        mailbox.besides(carrier);
    }

    private Carrier carrier(LoopSettings settings, LoopGroup.Carrying carrying) {
        long holdNanos = settings.carrying().holdNanos();
        return new Carrier(
                new CarriedLoop(this), clock, carrying.threads(), carrying.spares(), holdNanos);
    }

    private static Idling idling(
            LoopSettings settings, Mailbox mailbox, Poller poller, Clock clock) {
        IdlePolicy policy = LoopFlags.IDLE_SPINNING.isOn() ? settings.idle() : IdlePolicy.BLOCK;
        boolean isCrowded = settings.loops() >= Runtime.getRuntime().availableProcessors();
        return new Idling(policy, mailbox, poller, clock, isCrowded);
    }

    /**
     * A loop that no thread drives: the caller gives its turns. Its runners run their tasks inline
     * at the end of the turn, so that one thread and one seed decide everything.
     */
    public static Loop manual(
            int index,
            LoopSettings settings,
            Poller poller,
            Clock clock,
            SlabPool slabs,
            SlabPool sharedSlabs) {
        return manual(index, settings, poller, clock, slabs, sharedSlabs, false);
    }

    /**
     * As {@link #manual(int, LoopSettings, Poller, Clock, SlabPool, SlabPool)}.
     *
     * @param isCarrying whether it carries runners: their tasks run on the caller's stack at the
     *     end of a turn, and may lose the loop to {@link #take}
     */
    public static Loop manual(
            int index,
            LoopSettings settings,
            Poller poller,
            Clock clock,
            SlabPool slabs,
            SlabPool sharedSlabs,
            boolean isCarrying) {
        LoopGroup.Carrying carrying = isCarrying ? new LoopGroup.Carrying(null, null) : null;
        Loop loop =
                new Loop(
                        index,
                        settings,
                        clock,
                        poller,
                        slabs,
                        sharedSlabs,
                        Runners.inline(),
                        carrying);
        loop.adopt(Thread.currentThread());
        return loop;
    }

    /** What gives the turns: run by a thread that has taken the loop. Before the first turn. */
    void drivenBy(Runnable turns) {
        driver = turns;
    }

    /** By a thread that has taken the loop. */
    void drive() {
        Runnable turns = driver;
        if (turns != null) turns.run();
    }

    /** Position in its group, from 0. */
    public int index() {
        return index;
    }

    /**
     * Whether the calling thread owns this loop now. Any thread: exact for whoever asks, since a
     * thread becomes the owner, and stops being it, by what it does itself.
     */
    public boolean inLoop() {
        return ownerOpaque() == Thread.currentThread().threadId();
    }

    /** Makes {@code thread} the owner of this loop and of its memory. Only between turns. */
    public void adopt(Thread thread) {
        owned(thread);
        Carrier known = carrier;
        if (known != null && driver != null) known.begin();
    }

    void owned(@Nullable Thread thread) {
        slabs.ownedBy(thread);
        ownerOpaque(thread == null ? NOBODY : thread.threadId());
    }

    private long ownerOpaque() {
        return (long) OWNER.getOpaque(this);
    }

    private void ownerOpaque(long threadId) {
        OWNER.setOpaque(this, threadId);
    }

    /**
     * Makes a runner that this loop carries its owner, until {@link #leave}. Any thread; false for
     * every other thread, for a runner whose loop was taken, and where the caller is the owner.
     */
    public boolean enter() {
        Carrier known = carrier;
        return known != null && known.enter();
    }

    /** Ends what {@link #enter} has begun. */
    public void leave() {
        Carrier known = carrier;
        assert known != null;
        known.leave();
    }

    /**
     * Takes a loop from the user code that it carries, for the calling thread: what a spare thread
     * does, and what a simulator has happen. False where no user code runs.
     */
    public boolean take() {
        Carrier known = carrier;
        return known != null && known.take();
    }

    /**
     * What carries runners on this loop; {@code null} where the JDK's scheduler does. Any thread.
     */
    public @Nullable Carrier carrier() {
        return carrier;
    }

    /** The clock that this loop lives by. */
    public Clock clock() {
        return clock;
    }

    /** The time of this turn: read once after waiting. */
    public long nowNanos() {
        return nowNanos;
    }

    /** Memory of this loop: taken by the owner only. */
    public SlabPool slabs() {
        return slabs;
    }

    /** Memory that any thread may take, shared by the loops of the group. */
    public SlabPool sharedSlabs() {
        return sharedSlabs;
    }

    /** Timers of this loop, served once per turn. */
    public TimerWheel timers() {
        return timers;
    }

    /** Where tasks of this loop run that may block. */
    public Runners runners() {
        return runners;
    }

    /**
     * Whether it wants to know what its sockets cost: see {@link LoopSocket#spent}. By the owner.
     */
    public boolean isSurveying() {
        return isSurveying;
    }

    /** Connections that this loop serves or is about to. Any thread. */
    public int connections() {
        return connections;
    }

    /** Turns given so far. Any thread. */
    public long turns() {
        return turns.value();
    }

    /**
     * Hands a letter to the loop. Any thread, the loop itself included.
     *
     * @return false when the loop has ended; the letter was not taken
     */
    public boolean post(Letter letter) {
        Mailbox.Posted posted = mailbox.post(letter);
        if (posted == Mailbox.Posted.WAKE_UP) poller.wakeUp();
        return posted != Mailbox.Posted.REFUSED;
    }

    /**
     * Hands a letter to the loop without waking it: for news that can wait until something else
     * does. Letters are read before sockets, so nothing that arrives is served on older knowledge.
     *
     * @return false when the loop has ended; the letter was not taken
     */
    public boolean postQuietly(Letter letter) {
        return mailbox.postQuietly(letter);
    }

    /**
     * Hands a letter to the loop from one of its runners. The loop is woken unless more tasks wait
     * for this runner: then the letter of the last one wakes it, and where a task hangs, the loop's
     * own look at its runners.
     *
     * @return false when the loop has ended; the letter was not taken
     */
    public boolean postFromRunner(Letter letter) {
        boolean isLastToWake = !isQuiet || !runners.hasTasks();
        if (isLastToWake) return post(letter);
        if (!mailbox.postQuietly(letter)) return false;
        // Another runner may have taken the last task, and looked before the letter was in.
        if (!runners.hasTasks()) wakeUp();
        return true;
    }

    /**
     * Has {@code task} called once at the end of this turn; asked during a turn's end: in another
     * round of it.
     */
    public void atTurnEnd(TurnTask task) {
        turnEnd.add(task);
    }

    /** The loop's own value of {@code key}, made on first use. */
    @SuppressWarnings("unchecked")
    public <T> T local(LoopLocal<T> key) {
        int slot = key.slot();
        if (slot < locals.length) {
            Object value = locals[slot];
            if (value != null) return (T) value;
        }
        return localSlow(key, slot);
    }

    private <T> T localSlow(LoopLocal<T> key, int slot) {
        T value = key.make(this);
        if (slot >= locals.length)
            locals = Arrays.copyOf(locals, Math.max(slot + 1, locals.length * 2));
        locals[slot] = value;
        return value;
    }

    /**
     * Gives one turn. By the owner only.
     *
     * @param maxWaitNanos how long to wait when there is nothing to do; 0 = not at all, {@link
     *     Long#MAX_VALUE} = until something happens
     * @return false when the loop was taken in this turn: the caller does not own it any more
     */
    public boolean turn(long maxWaitNanos) {
        long wait = waitNanos(maxWaitNanos);
        int ready = wait > 0 ? idling.await(wait) : poller.await(0);
        nowNanos = clock.nanoTime();
        turns.increment();
        readLetters();
        if (ready > 0) {
            poller.deliver();
            trim.wanted();
        }
        if (!again.isEmpty()) again.deliver();
        expireTimers();
        Carrier known = carrier;
        if (known != null && known.isReady() && !known.run()) return false;
        finish();
        final Balance keeping = balance;
        if (keeping != null) keeping.onTurnEnd(nowNanos, ready);
        runners.handOver(nowNanos);
        return true;
    }

    /**
     * How long the loop may sleep now, from its own point of view: what a simulator needs to move
     * its clock.
     */
    public long waitNanos(long maxWaitNanos) {
        if (!again.isEmpty() || !turnEnd.isEmpty() || endedCount > 0) return 0;
        if (!mailbox.isEmpty()) return 0;
        if (carrier != null && carrier.isReady()) return 0;
        long now = clock.nanoTime();
        long wait = Math.min(maxWaitNanos, timers.nanosToNext(now));
        return Math.max(0, Math.min(wait, runners.nanosToNext(now)));
    }

    private void readLetters() {
        for (int i = 0; i < LETTERS_PER_TURN; i++) {
            Letter letter = mailbox.take();
            if (letter == null) return;
            try {
                letter.deliver(this);
            } catch (Throwable failure) {
                Failures.log("a letter failed", failure);
            }
        }
    }

    private void expireTimers() {
        try {
            timers.expire(nowNanos);
        } catch (Throwable failure) {
            Failures.log("a timer failed", failure);
        }
    }

    private void finish() {
        for (int round = 0; round < TURN_END_ROUNDS; round++) {
            if (endedCount > 0) tellEnded();
            if (turnEnd.isEmpty()) return;
            turnEnd.run(this);
        }
    }

    private void tellEnded() {
        for (int i = 0; i < endedCount; i++) {
            LoopSocket socket = ended[i];
            ended[i] = null;
            if (socket != null) socket.tellClosed();
        }
        endedCount = 0;
    }

    /**
     * Listens, accepts here and keeps the connections here. Any thread; a group of loops places
     * connections instead.
     *
     * @throws IOException when the address cannot be bound
     */
    public Listener listen(SocketAddress address, ListenOptions options, Acceptor acceptor)
            throws IOException {
        Port port = poller.listen(address, options, false);
        return Listener.open(port, this, Targets.only(this), acceptor);
    }

    /**
     * Ends the loop: closes its sockets and listeners, returns late letters, releases its memory.
     * By the owner, between turns; later turns are not allowed.
     */
    public void end() {
        poller.endTargets();
        finish();
        readLetters();
        finish();
        poller.endTargets();
        finish();
        mailbox.end();
        if (carrier != null) carrier.end(runners);
        runners.close();
        closeLocals();
        Slab slab = receiveSlab;
        receiveSlab = null;
        if (slab != null) slab.release();
        poller.close();
        slabs.close();
    }

    private void closeLocals() {
        for (Object value : locals) {
            if (!(value instanceof AutoCloseable closeable)) continue;
            try {
                closeable.close();
            } catch (Throwable failure) {
                Failures.log("state of a loop could not be closed", failure);
            }
        }
    }

    // for the other classes of this package

    /** Where this loop runs. Any thread. */
    Place place() {
        return place;
    }

    /** Before its first turn. */
    void placeAt(Place where) {
        place = where;
    }

    Poller poller() {
        return poller;
    }

    boolean isWaiting() {
        return mailbox.isWaiting();
    }

    /** Time that it has spent looking for something to do. */
    long spunNanos() {
        return idling.spunNanos();
    }

    void balancedBy(Balance keeping) {
        balance = keeping;
    }

    @Nullable Balance balance() {
        return balance;
    }

    void surveying(boolean isOn) {
        isSurveying = isOn;
    }

    boolean isEnded() {
        return mailbox.isEnded();
    }

    void wakeUp() {
        if (mailbox.wantsWakeUp()) poller.wakeUp();
    }

    /** Letters that were posted quietly are read now. */
    void wakeUpForMail() {
        if (!mailbox.isEmpty()) wakeUp();
    }

    MemorySegment receiveBuffer() {
        Slab slab = receiveSlab;
        if (slab == null) receiveSlab = slab = slabs.take(LoopSettings.RECEIVE_BYTES);
        return slab.segment();
    }

    int readBytesPerTurn() {
        return readBytesPerTurn;
    }

    boolean shortReadIsDrained() {
        return shortReadIsDrained;
    }

    /** Has {@code target} called with {@link Ready#AGAIN} in the next turn, which does not wait. */
    void again(Ready target) {
        again.add(target);
    }

    void tellClosedLater(LoopSocket socket) {
        if (endedCount == ended.length) ended = Arrays.copyOf(ended, endedCount * 2);
        ended[endedCount++] = socket;
    }

    /**
     * Reads the clock within a turn: what comes from another loop may have been told a later time.
     */
    void catchUp() {
        nowNanos = clock.nanoTime();
    }

    void connectionPlaced() {
        CONNECTIONS.getAndAdd(this, 1);
    }

    void connectionGone() {
        CONNECTIONS.getAndAdd(this, -1);
    }

    /** Takes a connection that {@link #connectionPlaced} has counted. */
    void adopt(Wire wire, Acceptor acceptor) {
        LoopSocket socket = new LoopSocket(this, wire);
        try {
            poller.register(wire, socket);
            socket.handledBy(acceptor.onAccepted(socket));
        } catch (IOException failure) {
            acceptor.givePlaceBack();
            socket.close(failure);
        } catch (Throwable failure) {
            Failures.log("a connection could not be set up", failure);
            socket.close();
        }
    }
}
