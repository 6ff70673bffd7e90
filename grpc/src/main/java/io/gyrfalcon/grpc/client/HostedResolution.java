package io.gyrfalcon.grpc.client;

import io.grpc.Attributes;
import io.grpc.ChannelLogger.ChannelLogLevel;
import io.grpc.EquivalentAddressGroup;
import io.grpc.InternalConfigSelector;
import io.grpc.NameResolver;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.traffic.connect.BackoffSettings;
import io.gyrfalcon.traffic.connect.ConnectBackoff;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * A name resolver of others at work. The loop tells it what to do; the resolver is called, and
 * answers, in the channel's synchronization context.
 */
/*
 * An error, or an answer that cannot be used, has the resolver asked again after a while, by the
 * back-off of connections. The loop hears of nothing once it has closed the resolution, whatever
 * was under way.
 */
final class HostedResolution extends NameResolver.Listener2 implements Resolution {
    private final Loop loop;
    private final Hosting hosting;
    private final Resolvers resolvers;
    private final ResolutionEvents events;

    /** The loop's. */
    private boolean isOver;

    // The context's.
    private final ConnectBackoff backoff = new ConnectBackoff(BackoffSettings.standard());
    private final RandomGenerator random;
    private @Nullable NameResolver resolver;
    private SynchronizationContext.@Nullable ScheduledHandle retry;
    private boolean isClosed;

    HostedResolution(
            Loop loop,
            Hosting hosting,
            Resolvers resolvers,
            RandomGenerator random,
            ResolutionEvents events) {
        this.loop = loop;
        this.hosting = hosting;
        this.resolvers = resolvers;
        this.random = random;
        this.events = events;
    }

    @Override
    public void start() {
        hosting.run(
                () -> {
                    NameResolver made = resolvers.next();
                    resolver = made;
                    made.start(this);
                });
    }

    @Override
    public void refresh() {
        hosting.run(this::ask);
    }

    private void ask() {
        NameResolver known = resolver;
        if (known != null && !isClosed) known.refresh();
    }

    @Override
    public void close() {
        isOver = true;
        hosting.run(
                () -> {
                    isClosed = true;
                    cancelRetry();
                    NameResolver known = resolver;
                    if (known != null) known.shutdown();
                });
    }

    // What the resolver says. Any thread, if not said otherwise.

    @Override
    public void onResult(ResolutionResult result) {
        hosting.context().execute(() -> onResult2(result));
    }

    @Override
    public void onError(Status error) {
        if (error.isOk()) throw new IllegalArgumentException("the error status must not be OK");
        hosting.context().execute(() -> fail(error));
    }

    /** In the context only. */
    @Override
    public Status onResult2(ResolutionResult result) {
        hosting.context().throwIfNotInThisSynchronizationContext();
        if (isClosed) return Status.OK;
        Status status = use(result);
        if (status.isOk()) {
            backoff.reset();
            cancelRetry();
        } else {
            askLater();
        }
        return status;
    }

    private Status use(ResolutionResult result) {
        StatusOr<List<EquivalentAddressGroup>> found = result.getAddressesOrError();
        if (!found.hasValue()) return tell(found.getStatus());
        List<EquivalentAddressGroup> servers = found.getValue();
        try {
            for (EquivalentAddressGroup server : servers) {
                server.getAddresses().forEach(Target::checkProxy);
            }
        } catch (IllegalArgumentException bad) {
            return tell(Status.UNAVAILABLE.withDescription(bad.getMessage()).withCause(bad));
        }
        Attributes attributes = result.getAttributes();
        hosting.logger().log(ChannelLogLevel.DEBUG, "Resolved: {0}, {1}", servers, attributes);
        ConfigOrError config = result.getServiceConfig();
        Configuration read = config == null ? null : configuration(config);
        Status fault = config == null ? null : config.getError();
        if (resolvers.isFault(read, fault != null)) {
            assert fault != null;
            return tell(fault);
        }
        boolean isSelected = resolvers.isConfigLookedUp() && read != null;
        Resolved resolved =
                new Resolved(
                        List.copyOf(servers),
                        attributes.toBuilder().discard(InternalConfigSelector.KEY).build(),
                        resolvers.config(),
                        isSelected ? attributes.get(InternalConfigSelector.KEY) : null);
        post(() -> events.onResolved(resolved));
        if (!servers.isEmpty()) return Status.OK;
        return Status.UNAVAILABLE.withDescription(
                "NameResolver returned no usable address. addrs=[], attrs=" + attributes);
    }

    /** What our own parser has made. */
    private static @Nullable Configuration configuration(ConfigOrError config) {
        return config.getConfig() instanceof Configuration read ? read : null;
    }

    private void fail(Status error) {
        if (isClosed) return;
        tell(error);
        askLater();
    }

    private Status tell(Status error) {
        hosting.logger().log(ChannelLogLevel.WARNING, "Failed to resolve name: {0}", error);
        post(() -> events.onUnresolved(error));
        return error;
    }

    private void post(Runnable event) {
        loop.post(
                _ -> {
                    if (!isOver) event.run();
                });
    }

    private void askLater() {
        SynchronizationContext.ScheduledHandle waiting = retry;
        if (waiting != null && waiting.isPending()) return;
        long nanos = backoff.nextNanos(random.nextDouble());
        retry =
                hosting.context()
                        .schedule(this::ask, nanos, TimeUnit.NANOSECONDS, hosting.scheduler());
    }

    private void cancelRetry() {
        SynchronizationContext.ScheduledHandle waiting = retry;
        retry = null;
        if (waiting != null) waiting.cancel();
    }
}
