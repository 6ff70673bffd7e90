package io.gyrfalcon.eventloop.poll;

/** What the kernel offers beyond what we use, found by asking it. Any thread. */
public final class KernelFeatures {
    /** What {@link #ioUring} answers where the kernel cannot be asked. */
    public static final int UNASKED = -1;

    /** The same number on every machine that has it. */
    private static final int IO_URING_SETUP = 425;

    private KernelFeatures() {}

    /**
     * Whether this process may make an io_uring: 0, the error number of the attempt, or {@link
     * #UNASKED}.
     */
    public static int ioUring() {
        if (LibC.unavailable() != null) return UNASKED;
        // Without parameters nothing can be made; who gets as far as looking at them may make one.
        int result = new LibC().syscall(IO_URING_SETUP, 0, 0);
        return result == -Errno.EFAULT || result == -Errno.EINVAL ? 0 : -result;
    }
}
