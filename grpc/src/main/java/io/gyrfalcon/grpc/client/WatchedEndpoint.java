package io.gyrfalcon.grpc.client;

import io.grpc.ConnectivityState;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.traffic.connect.Connectivity;
import io.gyrfalcon.transport.client.CallStatus;
import io.gyrfalcon.transport.client.ConnectionEvents;
import io.gyrfalcon.transport.client.Endpoint;
import io.gyrfalcon.transport.client.EndpointEvents;

import org.jspecify.annotations.Nullable;

/** Shows what an endpoint says to who watches the channel, and hands it on. Loop-owned. */
@LoopOwned
final class WatchedEndpoint implements EndpointEvents {
    private final Loop loop;
    private final ChannelOptions options;
    private final ChannelWatch watch;
    private final EndpointEvents heard;

    WatchedEndpoint(Loop loop, ChannelOptions options, ChannelWatch watch, EndpointEvents heard) {
        this.loop = loop;
        this.options = options;
        this.watch = watch;
        this.heard = heard;
    }

    @Override
    public ConnectionEvents connectionEvents(ConnectionEvents own) {
        return new Link(loop, options, watch, own);
    }

    @Override
    public void onState(Endpoint endpoint, Connectivity state, @Nullable CallStatus why) {
        watch.onState(ConnectivityState.valueOf(state.name()));
        heard.onState(endpoint, state, why);
    }

    @Override
    public void onTerminated(Endpoint endpoint) {
        watch.onTerminated();
        heard.onTerminated(endpoint);
    }
}
