package io.gyrfalcon.eventloop.run;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.concurrent.Executor;

/** Makes virtual threads with a scheduler of our own, where the JVM lets us. Any thread. */
public final class CarriedThreads {
    /*
     * The constructor is the JDK's own, made for its tests: reached by reflection, and only where
     * java.base opens java.lang. Whether all of it works is tried once, with a thread.
     */
    private static final String BUILDER = "java.lang.ThreadBuilders$VirtualThreadBuilder";
    private static final String THREAD = "java.lang.VirtualThread";
    private static final String POLLER = "sun.nio.ch.Poller";

    private static volatile boolean isProbed;
    private static volatile @Nullable CarriedThreads found;
    private static volatile @Nullable String reason;

    private final MethodHandle builder;
    private final Executor jdk;

    private CarriedThreads(MethodHandle builder, Executor jdk) {
        this.builder = builder;
        this.jdk = jdk;
    }

    /** Those of this JVM; {@code null} where it keeps them closed. */
    public static @Nullable CarriedThreads orNull() {
        probe();
        return found;
    }

    /** Why there are none; {@code null} where there are. */
    public static @Nullable String reason() {
        probe();
        return reason;
    }

    /** A virtual thread, not started, whose continuations go to {@code scheduler}. */
    Thread newThread(Executor scheduler, Runnable task) {
        try {
            Thread.Builder.OfVirtual made = (Thread.Builder.OfVirtual) builder.invoke(scheduler);
            return made.name("gyrfalcon-runner")
                    .inheritInheritableThreadLocals(false)
                    .unstarted(task);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** The scheduler of everybody else's virtual threads. */
    Executor jdk() {
        return jdk;
    }

    /*
     * Not in a static initializer: the thread that tries waits for another one, and a virtual
     * thread cannot leave its carrier in there.
     */
    private static void probe() {
        if (isProbed) return;
        synchronized (CarriedThreads.class) {
            if (!isProbed) tryAll();
            isProbed = true;
        }
    }

    private static void tryAll() {
        try {
            CarriedThreads made = find();
            made.tryOut();
            initializePollers();
            found = made;
        } catch (Throwable closed) {
            reason = closed.toString();
        }
    }

    private static CarriedThreads find() throws ReflectiveOperationException {
        Module here = CarriedThreads.class.getModule();
        if (!Object.class.getModule().isOpen("java.lang", here)) {
            throw new IllegalAccessException("java.lang is not open to " + here);
        }
        Constructor<?> made = Class.forName(BUILDER).getDeclaredConstructor(Executor.class);
        made.setAccessible(true);
        Method scheduler = Class.forName(THREAD).getDeclaredMethod("defaultScheduler");
        scheduler.setAccessible(true);
        MethodHandle handle =
                MethodHandles.lookup()
                        .unreflectConstructor(made)
                        .asType(MethodType.methodType(Object.class, Executor.class));
        return new CarriedThreads(handle, (Executor) scheduler.invoke(null));
    }

    /**
     * The JDK's pollers are virtual threads on some systems, and inherit the scheduler of the
     * thread whose I/O comes first: they must not live on a loop.
     */
    private static void initializePollers() throws InterruptedException {
        Thread first =
                Thread.ofVirtual()
                        .name("gyrfalcon-pollers")
                        .unstarted(
                                () -> {
                                    try {
                                        Class.forName(POLLER, true, null);
                                    } catch (ClassNotFoundException e) {
                                        throw new IllegalStateException(e);
                                    }
                                });
        boolean[] hasFailed = new boolean[1];
        first.setUncaughtExceptionHandler((_, _) -> hasFailed[0] = true);
        first.start();
        first.join();
        if (hasFailed[0]) throw new IllegalStateException(POLLER + " cannot be initialized");
    }

    /** Starts a thread, has it yield, and runs it to its end: all that runners do. */
    private void tryOut() {
        Runnable[] continuation = new Runnable[1];
        int[] submissions = new int[1];
        Thread thread =
                newThread(
                        submitted -> {
                            continuation[0] = submitted;
                            submissions[0]++;
                        },
                        Thread::yield);
        thread.start();
        Runnable first = continuation[0];
        first.run();
        if (submissions[0] != 2 || !first.equals(continuation[0])) {
            throw new IllegalStateException("a continuation is not what it was");
        }
        first.run();
        if (thread.getState() != Thread.State.TERMINATED) {
            throw new IllegalStateException("a virtual thread did not end");
        }
    }
}
