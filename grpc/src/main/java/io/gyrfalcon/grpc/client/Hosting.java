package io.gyrfalcon.grpc.client;

import io.grpc.ChannelLogger;
import io.grpc.MetricRecorder;
import io.grpc.NameResolver;
import io.grpc.NameResolverRegistry;
import io.grpc.SynchronizationContext;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.grpc.server.CallLane;
import io.gyrfalcon.grpc.server.LoopScheduler;

import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

/**
 * Where the resolvers and policies of others live that a channel hosts: one synchronization
 * context, which never runs on the loop's own stack, and what {@code io.grpc} gives them there. Any
 * thread.
 */
/*
 * The loop tells hosted things by run, and they tell the loop by letters; each way keeps its order.
 * What they throw ends the channel, since nobody knows in which state they are: see Exchange.panic.
 */
final class Hosting {
    private final Loop loop;
    private final SynchronizationContext context;
    private final LoopScheduler scheduler;
    private final ChannelLogger logger;
    private final MetricRecorder metrics;
    private final NameResolver.Args args;

    /**
     * The place of one channel.
     *
     * @param watch sees what is logged
     * @param onPanic hears of what was thrown by a hosted thing, in the context
     */
    Hosting(Loop loop, ChannelOptions options, ChannelWatch watch, Consumer<Throwable> onPanic) {
        this.loop = loop;
        context = new SynchronizationContext((_, thrown) -> onPanic.accept(thrown));
        scheduler = LoopScheduler.ofAny(loop);
        logger = new ChannelLog(options.target().text(), watch);
        Naming naming = options.naming();
        metrics = naming.metrics();
        NameResolver.Args.Builder builder =
                NameResolver.Args.newBuilder()
                        .setDefaultPort(naming.portElse())
                        .setProxyDetector(naming.proxies())
                        .setSynchronizationContext(context)
                        .setScheduledExecutorService(scheduler)
                        .setServiceConfigParser(naming.parser())
                        .setChannelLogger(logger)
                        .setOffloadExecutor(options.offload())
                        .setMetricRecorder(metrics)
                        .setNameResolverRegistry(naming.registry());
        if (naming.overrideAuthority() != null) {
            builder.setOverrideAuthority(naming.overrideAuthority());
        }
        for (Naming.Arg<?> arg : naming.args()) arg.addTo(builder);
        args = builder.build();
    }

    /** Runs a task in the context, after those that were given before. On the loop. */
    void run(Runnable task) {
        context.executeLater(task);
        CallLane.RUNNER.execute(loop, context::drain);
    }

    SynchronizationContext context() {
        return context;
    }

    /** Tasks run on the loop's runners; it cannot be shut down. */
    ScheduledExecutorService scheduler() {
        return scheduler;
    }

    ChannelLogger logger() {
        return logger;
    }

    MetricRecorder metrics() {
        return metrics;
    }

    NameResolverRegistry registry() {
        NameResolverRegistry registry = args.getNameResolverRegistry();
        assert registry != null;
        return registry;
    }

    /** What resolvers are made with. */
    NameResolver.Args args() {
        return args;
    }
}
