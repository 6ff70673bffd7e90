package io.gyrfalcon.grpc.client;

import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannelBuilder;

/** How a channel makes channels for its balancing policy. Any thread. */
public interface ChildChannels {
    /** What the channel was built with; or what stands for it, and only {@link #builder} knows. */
    ChannelCredentials credentials();

    /** A builder for a target, with the channel's executors. */
    ManagedChannelBuilder<?> builder(String target, ChannelCredentials credentials);
}
