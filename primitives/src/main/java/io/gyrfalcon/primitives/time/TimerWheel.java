package io.gyrfalcon.primitives.time;

import io.gyrfalcon.primitives.HotPath;
import io.gyrfalcon.primitives.LoopOwned;

import org.jspecify.annotations.Nullable;

/**
 * Timers by deadline: scheduling and cancelling take constant time whatever their number.
 * Loop-owned; reads no clock.
 *
 * <p>A timer never fires before its deadline, and after it by less than {@link #TICK_NANOS} plus
 * the time until the next {@link #expire}. Deadlines are compared by difference and must be within
 * 2^62 nanoseconds of now (see {@link Clock#deadline}).
 */
@LoopOwned
@HotPath
@SuppressWarnings("ReferenceEquality") // A timer is itself, whatever its class says.
public final class TimerWheel {
    /*
     * Hierarchical wheels (Varghese and Lauck, "Hashed and hierarchical timing wheels", SOSP 1987):
     * six levels of 64 slots; a slot of level n spans 64^n ticks.
     *
     * Which level. A timer stands on the level of the highest group of six bits in which its tick
     * differs from `elapsed`. So all of level n lies within the current slot of level n + 1, and
     * whatever waits on a lower level is due before anything on a higher one: the next event is in
     * the first level that is not empty, and a bit set per level finds it without a walk.
     *
     * Moving on. When `elapsed` reaches the start of a slot on a level above 0, its timers are put
     * in again and land lower; on level 0 they fire. Ticks without timers are jumped over.
     *
     * Far deadlines. What differs above the top level (2^36 ticks, over two years) waits in the top
     * level's slot of its low bits and is put in again each time that slot comes round.
     *
     * Lists. Each slot is a circular list, its first node in `slots`; two more lists hold what was
     * already due when scheduled (DUE) and what is being fired now (FIRING). A callback may
     * therefore schedule or cancel anything, and a timer that it schedules for the past waits for
     * the next call, so that expire() ends.
     */

    /** The resolution: 2^20 ns, 1.05 ms. */
    public static final long TICK_NANOS = 1L << 20;

    private static final int TICK_BITS = 20;
    private static final int SLOT_BITS = 6;
    private static final int SLOTS = 1 << SLOT_BITS;
    private static final int LEVELS = 6;
    private static final long TOP_RANGE = 1L << (SLOT_BITS * LEVELS);
    private static final int DUE = LEVELS * SLOTS;
    private static final int FIRING = DUE + 1;

    private final long startNanos;
    private final @Nullable Timer[] slots = new Timer[FIRING + 1];
    private final long[] occupied = new long[LEVELS];
    private long elapsed;
    private int size;

    /**
     * An empty wheel.
     *
     * @param startNanos now
     */
    public TimerWheel(long startNanos) {
        this.startNanos = startNanos;
    }

    /** How many timers wait. */
    public int size() {
        return size;
    }

    /**
     * Lets a timer fire at the first {@link #expire} at or after the deadline (and a tick at most).
     * A timer that waits already is moved.
     *
     * @param timer in no other wheel
     * @param deadlineNanos may lie in the past: then it fires at the next {@link #expire}
     */
    public void schedule(Timer timer, long deadlineNanos) {
        if (timer.slot == Timer.UNSCHEDULED) size++;
        else unlink(timer);
        timer.deadlineNanos = deadlineNanos;
        insert(timer);
    }

    /**
     * Takes a timer out. Nothing happens if it does not wait.
     *
     * @param timer a timer of this wheel or an unscheduled one
     */
    public void cancel(Timer timer) {
        if (timer.slot == Timer.UNSCHEDULED) return;
        unlink(timer);
        size--;
    }

    /**
     * Fires what is due, in the order of ticks, and within a tick as scheduled. If a timer throws,
     * the exception leaves here; the rest fires at the next call.
     *
     * @param nowNanos now; a time before that of an earlier call counts as that one
     * @return how many fired
     */
    public int expire(long nowNanos) {
        final long nowTick = (nowNanos - startNanos) >> TICK_BITS;
        if (slots[DUE] != null) moveAll(DUE, FIRING);
        int fired = fire(nowNanos);
        for (int level = firstLevel(); level < LEVELS; level = firstLevel()) {
            int slot = nextSlot(level);
            long slotTick = startOf(level, slot);
            if (slotTick > nowTick) break;
            elapsed = slotTick;
            if (level == 0) {
                moveAll(slot, FIRING);
            } else {
                cascade(level * SLOTS + slot);
            }
            fired += fire(nowNanos);
        }
        if (nowTick > elapsed) elapsed = nowTick;
        return fired;
    }

    /**
     * How long a poll may wait: until the next timer, or less where timers only have to be sorted
     * again. Never longer than until the earliest deadline plus one tick.
     *
     * @param nowNanos now
     * @return 0 if something is due, {@link Long#MAX_VALUE} if nothing waits
     */
    public long nanosToNext(long nowNanos) {
        if (size == 0) return Long.MAX_VALUE;
        if (slots[DUE] != null || slots[FIRING] != null) return 0;
        int level = firstLevel();
        long tick = startOf(level, nextSlot(level));
        return Math.max(0, (tick << TICK_BITS) - (nowNanos - startNanos));
    }

    private int fire(long nowNanos) {
        int fired = 0;
        for (Timer timer = slots[FIRING]; timer != null; timer = slots[FIRING]) {
            unlink(timer);
            size--;
            fired++;
            timer.onTimer(nowNanos);
        }
        return fired;
    }

    private void insert(Timer timer) {
        long tick = tickOf(timer);
        if (tick <= elapsed) {
            link(timer, DUE);
            return;
        }
        int level = levelOf(tick ^ elapsed);
        int slot = (int) (tick >>> (level * SLOT_BITS)) & (SLOTS - 1);
        occupied[level] |= 1L << slot;
        link(timer, level * SLOTS + slot);
    }

    /** The first tick that does not start before the deadline. */
    private long tickOf(Timer timer) {
        return -((startNanos - timer.deadlineNanos) >> TICK_BITS);
    }

    private static int levelOf(long difference) {
        int bit = 63 - Long.numberOfLeadingZeros(difference);
        return Math.min(bit / SLOT_BITS, LEVELS - 1);
    }

    /** The lowest level with timers; they are due before all others. */
    private int firstLevel() {
        final long[] occupied = this.occupied;
        int level = 0;
        while (level < LEVELS && occupied[level] == 0) level++;
        return level;
    }

    /** The first slot of a level that is not empty, seen from now on. */
    private int nextSlot(int level) {
        int now = (int) (elapsed >>> (level * SLOT_BITS)) & (SLOTS - 1);
        // On the top level the current slot may hold what is due after a whole turn: it is last.
        int from = now + 1;
        int ahead = Long.numberOfTrailingZeros(Long.rotateRight(occupied[level], from));
        return (from + ahead) & (SLOTS - 1);
    }

    /** The first tick of a slot, after {@link #elapsed}. */
    private long startOf(int level, int slot) {
        int shift = level * SLOT_BITS;
        long range = 1L << (shift + SLOT_BITS);
        long tick = (elapsed & -range) + ((long) slot << shift);
        if (tick > elapsed) return tick;
        return tick + TOP_RANGE;
    }

    /** Puts a slot's timers in again, seen from its first tick; what is due there fires next. */
    private void cascade(int list) {
        Timer first = slots[list];
        // A far timer may come back into this very list, behind the last one.
        Timer last = first == null ? null : first.previous;
        for (Timer timer = first; timer != null; ) {
            unlink(timer);
            if (tickOf(timer) <= elapsed) link(timer, FIRING);
            else insert(timer);
            timer = timer == last ? null : slots[list];
        }
    }

    private void moveAll(int source, int target) {
        for (Timer timer = slots[source]; timer != null; timer = slots[source]) {
            unlink(timer);
            link(timer, target);
        }
    }

    private void link(Timer timer, int list) {
        Timer first = slots[list];
        timer.slot = list;
        if (first == null) {
            timer.next = timer;
            timer.previous = timer;
            slots[list] = timer;
            return;
        }
        Timer last = first.previous;
        assert last != null;
        timer.next = first;
        timer.previous = last;
        last.next = timer;
        first.previous = timer;
    }

    private void unlink(Timer timer) {
        int list = timer.slot;
        Timer next = timer.next;
        Timer previous = timer.previous;
        assert next != null && previous != null;
        timer.slot = Timer.UNSCHEDULED;
        timer.next = null;
        timer.previous = null;
        if (next == timer) {
            slots[list] = null;
            if (list < DUE) occupied[list >> SLOT_BITS] &= ~(1L << (list & (SLOTS - 1)));
            return;
        }
        next.previous = previous;
        previous.next = next;
        if (slots[list] == timer) slots[list] = next;
    }
}
