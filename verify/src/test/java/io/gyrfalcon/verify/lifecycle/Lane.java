package io.gyrfalcon.verify.lifecycle;

import io.grpc.ServerBuilder;

import java.util.concurrent.Executor;

/** Where a server's user code runs. */
enum Lane {
    /** What a server does when nothing is said. */
    DEFAULT {
        @Override
        void choose(ServerBuilder<?> builder, Executor executor) {}
    },
    DIRECT {
        @Override
        void choose(ServerBuilder<?> builder, Executor executor) {
            builder.directExecutor();
        }
    },
    EXECUTOR {
        @Override
        void choose(ServerBuilder<?> builder, Executor executor) {
            builder.executor(executor);
        }
    };

    abstract void choose(ServerBuilder<?> builder, Executor executor);
}
