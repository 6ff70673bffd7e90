package io.gyrfalcon.grpc.client;

import io.grpc.NameResolver;
import io.gyrfalcon.traffic.config.ConfigInUse;

import org.jspecify.annotations.Nullable;

/**
 * The resolvers of one channel, one after another, and the config that counts by what they have
 * said. One thread at a time: the channel's synchronization context, once the channel is built.
 */
final class Resolvers {
    private final ResolverSource source;
    private final NameResolver.Args args;
    private final boolean isConfigLookedUp;
    private final ConfigInUse<Configuration> configs;
    private final String authority;
    private @Nullable NameResolver unused;

    /**
     * Makes the first one, which tells the channel's authority. User code.
     *
     * @throws IllegalArgumentException if it cannot be made
     */
    Resolvers(ResolverSource source, NameResolver.Args args, ChannelOptions options) {
        this.source = source;
        this.args = args;
        isConfigLookedUp = options.naming().isConfigLookedUp();
        configs =
                new ConfigInUse<>(
                        options.config(), options.naming().parser().empty(), isConfigLookedUp);
        NameResolver first = source.make(args);
        unused = first;
        authority = first.getServiceAuthority();
    }

    /** Of the first one. Any thread. */
    String authority() {
        return authority;
    }

    /** One that has not begun. */
    NameResolver next() {
        NameResolver first = unused;
        unused = null;
        return first == null ? source.make(args) : first;
    }

    /** The channel ends. */
    void end() {
        NameResolver first = unused;
        unused = null;
        if (first != null) first.shutdown();
    }

    boolean isConfigLookedUp() {
        return isConfigLookedUp;
    }

    /** Takes the config of an answer; whether the whole answer is none for want of one. */
    boolean isFault(@Nullable Configuration config, boolean cannotBeRead) {
        return configs.onAnswer(config, cannotBeRead) == ConfigInUse.Outcome.FAULT;
    }

    /** What counts now. */
    Configuration config() {
        return configs.current();
    }
}
