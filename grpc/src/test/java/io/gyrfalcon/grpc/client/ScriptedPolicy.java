package io.gyrfalcon.grpc.client;

import io.grpc.ConnectivityState;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A balancing policy of the class path that notes what it is told and does what a test says. */
final class ScriptedPolicy extends LoadBalancerProvider implements AutoCloseable {
    private static final LoadBalancerRegistry REGISTRY = LoadBalancerRegistry.getDefaultRegistry();

    final List<String> log = new ArrayList<>();
    final String name;
    LoadBalancer.Helper helper;
    LoadBalancer.ResolvedAddresses resolved;
    Status answer = Status.OK;
    RuntimeException failure;
    Runnable onMade = () -> {};

    /** One that every channel finds under this name until it is closed. */
    ScriptedPolicy(String name) {
        this.name = name;
        REGISTRY.register(this);
    }

    @Override
    public void close() {
        REGISTRY.deregister(this);
    }

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public int getPriority() {
        return 9;
    }

    @Override
    public String getPolicyName() {
        return name;
    }

    @Override
    public ConfigOrError parseLoadBalancingPolicyConfig(Map<String, ?> json) {
        return json.containsKey("bad")
                ? ConfigOrError.fromError(Status.UNAVAILABLE.withDescription("bad is bad"))
                : ConfigOrError.fromConfig(json);
    }

    @Override
    public LoadBalancer newLoadBalancer(LoadBalancer.Helper given) {
        helper = given;
        log.add("made");
        onMade.run();
        return new LoadBalancer() {
            @Override
            public Status acceptResolvedAddresses(ResolvedAddresses addresses) {
                given.getSynchronizationContext().throwIfNotInThisSynchronizationContext();
                if (failure != null) throw failure;
                resolved = addresses;
                log.add("resolved " + addresses.getAddresses().size());
                return answer;
            }

            @Override
            public void handleNameResolutionError(Status error) {
                log.add("unresolved " + error.getCode());
            }

            @Override
            public void requestConnection() {
                log.add("asked");
            }

            @Override
            public void shutdown() {
                log.add("shut down");
            }
        };
    }

    /** In the channel's context. */
    void in(Runnable task) {
        helper.getSynchronizationContext().execute(task);
    }

    /** A subchannel that was started; its states go to the log. */
    LoadBalancer.Subchannel subchannel(SocketAddress... addresses) {
        LoadBalancer.CreateSubchannelArgs args =
                LoadBalancer.CreateSubchannelArgs.newBuilder()
                        .setAddresses(List.of(new EquivalentAddressGroup(List.of(addresses))))
                        .build();
        return subchannel(args);
    }

    LoadBalancer.Subchannel subchannel(LoadBalancer.CreateSubchannelArgs args) {
        LoadBalancer.Subchannel[] made = {null};
        in(
                () -> {
                    made[0] = helper.createSubchannel(args);
                    made[0].start(state -> log.add(state.getState() + " " + state.getStatus()));
                    made[0].requestConnection();
                });
        return made[0];
    }

    void publish(ConnectivityState state, LoadBalancer.SubchannelPicker picker) {
        in(() -> helper.updateBalancingState(state, picker));
    }

    /** All calls have this result. */
    void publish(ConnectivityState state, LoadBalancer.PickResult result) {
        publish(state, new LoadBalancer.FixedResultPicker(result));
    }

    List<String> told() {
        List<String> told = List.copyOf(log);
        log.clear();
        return told;
    }
}
