package io.gyrfalcon.grpc.client;

import io.grpc.Attributes;
import io.grpc.LoadBalancer;
import io.grpc.LoadBalancerProvider;
import io.grpc.LoadBalancerRegistry;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.Status;
import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.balance.PickFirst;
import io.gyrfalcon.traffic.balance.PickFirstSettings;
import io.gyrfalcon.traffic.balance.Policy;
import io.gyrfalcon.traffic.balance.RoundRobin;
import io.gyrfalcon.traffic.config.BalancingConfigs;
import io.gyrfalcon.traffic.config.BalancingPolicy;
import io.gyrfalcon.traffic.config.ServiceConfig;

import org.jspecify.annotations.Nullable;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which balancing policy a channel has. Immutable.
 *
 * <p>The policy of the class path counts that has the name, unless there is none or it is one of
 * those that come with grpc-java and that ours stand for: then ours does.
 *
 * @param name of the policy
 * @param provider of a policy of others; {@code null}: it is ours, if there is one
 * @param config of a policy of others, as its provider has made it, or {@code null}
 * @param settings of pick_first, and of the addresses of each endpoint, where it is ours
 * @param healthService the name under which the health of each endpoint is asked for, or {@code
 *     null}; one of ours does so if it is round_robin
 */
public record Balancing(
        String name,
        @Nullable LoadBalancerProvider provider,
        @Nullable Object config,
        PickFirstSettings settings,
        @Nullable String healthService) {
    private static final String PICK_FIRST = "pick_first";
    private static final String ROUND_ROBIN = "round_robin";

    /** Those that ours stand for, by the names of their classes. */
    private static final Set<String> STOCK =
            Set.of(
                    "io.grpc.internal.PickFirstLoadBalancerProvider",
                    "io.grpc.util.SecretRoundRobinLoadBalancerProvider$Provider",
                    "io.grpc.protobuf.services.internal"
                            + ".HealthCheckingRoundRobinLoadBalancerProvider");

    /**
     * The first policy of a service config that is known, or else the one of that name.
     *
     * @throws IllegalArgumentException if it names policies and none is known, or the first that is
     *     known does not take its config
     */
    public static Balancing of(ServiceConfig config, String otherwise) {
        List<BalancingPolicy> wanted = config.balancing();
        String health = config.healthCheckService();
        if (wanted.isEmpty()) return of(otherwise, providerOf(otherwise), null, health);
        for (BalancingPolicy policy : wanted) {
            LoadBalancerProvider provider = providerOf(policy.name());
            if (provider == null && !isOurs(policy.name())) continue;
            return of(policy.name(), provider, policy.config(), health);
        }
        List<String> names = wanted.stream().map(BalancingPolicy::name).toList();
        throw new IllegalArgumentException(
                "None of " + names + " specified by Service Config are available.");
    }

    private static @Nullable LoadBalancerProvider providerOf(String name) {
        LoadBalancerProvider known = LoadBalancerRegistry.getDefaultRegistry().getProvider(name);
        boolean isStandIn = known != null && STOCK.contains(known.getClass().getName());
        return isStandIn && isOurs(name) ? null : known;
    }

    private static boolean isOurs(String name) {
        return name.equals(PICK_FIRST) || name.equals(ROUND_ROBIN);
    }

    private static Balancing of(
            String name,
            @Nullable LoadBalancerProvider provider,
            @Nullable Map<String, ?> json,
            @Nullable String health) {
        PickFirstSettings settings = PickFirstSettings.standard();
        if (provider != null) {
            Object config = json == null ? null : parsed(provider, json);
            return new Balancing(name, provider, config, settings, health);
        }
        if (json != null && name.equals(PICK_FIRST)) {
            settings = BalancingConfigs.pickFirst(json, settings);
        }
        boolean isWatched = name.equals(ROUND_ROBIN) && health != null;
        settings = settings.healthObserved(isWatched);
        return new Balancing(name, null, null, settings, isWatched ? health : null);
    }

    private static @Nullable Object parsed(LoadBalancerProvider provider, Map<String, ?> json) {
        ConfigOrError parsed = provider.parseLoadBalancingPolicyConfig(json);
        Status error = parsed.getError();
        if (error == null) return parsed.getConfig();
        throw new IllegalArgumentException(
                provider.getPolicyName() + ": " + error.getDescription(),
                error.asRuntimeException());
    }

    /** The policy at work, with no server yet. */
    Balancer balancer(Exchange exchange, BalancerEvents events) {
        if (provider != null) return new HostedBalancer(exchange, provider, events);
        if (isOurs(name)) return new OwnBalancer(exchange, this, events);
        return new NoBalancer(name, events);
    }

    /** Whether what has this config goes on with that one. */
    boolean isServedBy(Balancing next) {
        if (provider == null) return equals(next);
        return provider.equals(next.provider);
    }

    /** What a policy of others is told of servers: how their health is asked for, too. */
    Attributes withHealth(Attributes known) {
        if (healthService == null) return known;
        return known.toBuilder()
                .set(LoadBalancer.ATTR_HEALTH_CHECKING_CONFIG, Map.of("serviceName", healthService))
                .build();
    }

    /** One that knows no address yet. */
    Policy<SocketAddress> policy() {
        TrafficLimits limits = TrafficLimits.standard();
        return name.equals(ROUND_ROBIN)
                ? new RoundRobin<>(settings, Balancing::isIpv4, limits)
                : new PickFirst<>(settings, Balancing::isIpv4, limits);
    }

    private static boolean isIpv4(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                && inet.getAddress() instanceof Inet4Address;
    }
}
