package io.gyrfalcon.traffic.retry;

/** What becomes of a call when one of its attempts has ended. */
public enum Verdict {
    /** The attempt's outcome is the call's. The other attempts, if any, are cancelled. */
    DELIVER,
    /** The outcome is dropped: another attempt runs, or comes when the plan says. */
    GO_ON,
    /** Start the same attempt anew, at once: no application has seen it. */
    AGAIN,
    /** The call never leaves us, however often it is tried: it ends as an internal error. */
    TOO_OFTEN
}
