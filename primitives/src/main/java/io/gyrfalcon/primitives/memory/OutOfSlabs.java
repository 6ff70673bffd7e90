package io.gyrfalcon.primitives.memory;

/**
 * The memory budget is used up: the work at hand must be refused, not the process ended. Carries no
 * stack trace, since an overload makes many of it.
 */
public final class OutOfSlabs extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutOfSlabs(String message) {
        super(message, null, false, false);
    }
}
