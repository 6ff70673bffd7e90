package io.gyrfalcon.grpc.client;

import io.grpc.ChannelLogger.ChannelLogLevel;
import io.grpc.ConnectivityState;
import io.gyrfalcon.grpc.server.ConnectionView;

import org.jspecify.annotations.Nullable;

/** Who watches a channel, or one of its servers. On the channel's loop, if not said otherwise. */
public interface ChannelWatch {
    /** Nobody. */
    ChannelWatch NONE = new ChannelWatch() {};

    /** The state is this one. */
    default void onState(ConnectivityState state) {}

    /** A call has begun. */
    default void onCallStarted(long nowNanos) {}

    /** A call has ended. */
    default void onCallEnded(boolean isOk) {}

    /** Something happened that tells how the channel goes. Any thread. */
    default void trace(ChannelLogLevel level, String text) {}

    /** One of the channel's servers is used; it is watched until its own end. */
    default ChannelWatch subchannel(String addresses) {
        return this;
    }

    /** A connection is up; what is returned comes back with its end. */
    default @Nullable Object onOpened(ConnectionView connection) {
        return null;
    }

    /** A connection that was told has ended. */
    default void onClosed(@Nullable Object token) {}

    /** There will be nothing more. */
    default void onTerminated() {}
}
