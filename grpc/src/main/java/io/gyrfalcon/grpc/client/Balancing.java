package io.gyrfalcon.grpc.client;

import io.gyrfalcon.traffic.TrafficLimits;
import io.gyrfalcon.traffic.balance.PickFirst;
import io.gyrfalcon.traffic.balance.PickFirstSettings;
import io.gyrfalcon.traffic.balance.Policy;
import io.gyrfalcon.traffic.balance.RoundRobin;
import io.gyrfalcon.traffic.config.BalancingConfigs;
import io.gyrfalcon.traffic.config.BalancingPolicy;
import io.gyrfalcon.traffic.config.ServiceConfig;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/**
 * Which balancing policy a channel has. Immutable.
 *
 * @param isRoundRobin if not, it is pick_first
 * @param settings of pick_first, and of the addresses of each endpoint
 */
public record Balancing(boolean isRoundRobin, PickFirstSettings settings) {
    private static final String PICK_FIRST = "pick_first";
    private static final String ROUND_ROBIN = "round_robin";

    /**
     * The first policy of a service config that is known, or else the one of that name.
     *
     * @throws IllegalArgumentException if it names policies and none is known
     */
    public static Balancing of(ServiceConfig config, String otherwise) {
        List<BalancingPolicy> wanted = config.balancing();
        if (wanted.isEmpty()) return named(otherwise, PickFirstSettings.standard());
        for (BalancingPolicy policy : wanted) {
            if (!isKnown(policy.name())) continue;
            PickFirstSettings settings = PickFirstSettings.standard();
            if (policy.name().equals(PICK_FIRST)) {
                settings = BalancingConfigs.pickFirst(policy.config(), settings);
            }
            return named(policy.name(), settings);
        }
        List<String> names = wanted.stream().map(BalancingPolicy::name).toList();
        throw new IllegalArgumentException("None of " + names + " is available");
    }

    /** Whether a policy of that name is there. */
    public static boolean isKnown(String name) {
        return name.equals(PICK_FIRST) || name.equals(ROUND_ROBIN);
    }

    private static Balancing named(String name, PickFirstSettings settings) {
        return new Balancing(name.equals(ROUND_ROBIN), settings);
    }

    /** The policy at work, with no server yet. */
    Balancer balancer(Exchange exchange, BalancerEvents events) {
        return new OwnBalancer(exchange, this, events);
    }

    /** Whether what has this config goes on with that one. */
    boolean isServedBy(Balancing next) {
        return equals(next);
    }

    /** One that knows no address yet. */
    Policy<SocketAddress> policy() {
        TrafficLimits limits = TrafficLimits.standard();
        return isRoundRobin
                ? new RoundRobin<>(settings, Balancing::isIpv4, limits)
                : new PickFirst<>(settings, Balancing::isIpv4, limits);
    }

    private static boolean isIpv4(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                && inet.getAddress() instanceof Inet4Address;
    }
}
