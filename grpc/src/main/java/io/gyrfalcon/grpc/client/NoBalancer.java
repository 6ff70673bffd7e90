package io.gyrfalcon.grpc.client;

import io.grpc.ConnectivityState;
import io.grpc.Status;
import io.gyrfalcon.primitives.LoopOwned;
import io.gyrfalcon.traffic.retry.Progress;

/** What serves a policy that is not there: calls fail with its name. Loop-owned. */
@LoopOwned
final class NoBalancer implements Balancer {
    private final Status why;
    private final BalancerEvents events;

    NoBalancer(String name, BalancerEvents events) {
        this.events = events;
        why =
                Status.INTERNAL.withDescription(
                        "Could not find policy '"
                                + name
                                + "'. Make sure its implementation is either registered to"
                                + " LoadBalancerRegistry or included in"
                                + " META-INF/services/io.grpc.LoadBalancerProvider from your jar"
                                + " files.");
    }

    @Override
    public void onResolved(Resolved resolved, Balancing config) {
        fail();
    }

    @Override
    public void onUnresolved(Status ignored) {
        fail();
    }

    private void fail() {
        events.onPicker(
                ConnectivityState.TRANSIENT_FAILURE, call -> call.refuse(why, Progress.DROPPED));
    }

    @Override
    public void requestConnection() {}

    @Override
    public void shutDown() {}
}
