package io.gyrfalcon.eventloop;

/** Loops that a test drives and that keep their balance all the same. */
public final class Balanced {
    private Balanced() {}

    /** Has the loops of a group keep their balance. */
    public static void keep(LoopGroup group) {
        Loop[] loops = new Loop[group.size()];
        for (int i = 0; i < loops.length; i++) loops[i] = group.loop(i);
        Balance.keep(loops);
    }
}
