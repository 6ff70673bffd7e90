package io.gyrfalcon.grpc.server;

import io.grpc.Context;

import org.jspecify.annotations.Nullable;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** Signals with a context: made by the lane, cancelled by the loop, asked by any thread. */
abstract class Contextual extends Signals {
    private static final VarHandle CONTEXT;

    static {
        try {
            CONTEXT =
                    MethodHandles.lookup()
                            .findVarHandle(
                                    Contextual.class, "context", Context.CancellableContext.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private Context.@Nullable CancellableContext context;

    final Context.@Nullable CancellableContext contextAcquire() {
        return (Context.CancellableContext) CONTEXT.getAcquire(this);
    }

    /** After a signal was set: either this sees the context or its maker sees the signal. */
    final Context.@Nullable CancellableContext contextVolatile() {
        return (Context.CancellableContext) CONTEXT.getVolatile(this);
    }

    /** Publishes the context; the maker looks at the signals after that. */
    final void contextRelease(Context.CancellableContext made) {
        if (isShared() || isCarried()) {
            CONTEXT.setVolatile(this, made);
        } else {
            context = made;
        }
    }
}
