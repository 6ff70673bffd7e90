package io.gyrfalcon.grpc.client;

import io.grpc.Attributes;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolver.ConfigOrError;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.NameResolverProvider;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.Uri;

import java.net.SocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Serves a scheme by resolvers that say what a test has them say. */
final class FakeResolvers extends NameResolverProvider {
    /** One of them. */
    static final class Fake extends NameResolver {
        final Args args;
        final String uri;
        Listener2 listener;
        int refreshes;
        boolean isShutDown;
        RuntimeException startFails;

        Fake(String uri, Args args) {
            this.uri = uri;
            this.args = args;
        }

        @Override
        public String getServiceAuthority() {
            return "said.by.resolver";
        }

        @Override
        public void start(Listener2 told) {
            args.getSynchronizationContext().throwIfNotInThisSynchronizationContext();
            listener = told;
            if (startFails != null) throw startFails;
        }

        @Override
        public void refresh() {
            args.getSynchronizationContext().throwIfNotInThisSynchronizationContext();
            refreshes++;
        }

        @Override
        public void shutdown() {
            args.getSynchronizationContext().throwIfNotInThisSynchronizationContext();
            isShutDown = true;
        }

        /** Answers, and says how that was taken. */
        Status answer(ResolutionResult result) {
            Status[] status = new Status[1];
            args.getSynchronizationContext().execute(() -> status[0] = listener.onResult2(result));
            return status[0];
        }

        Status find(SocketAddress... addresses) {
            return answer(result(null, addresses));
        }

        /** Answers with a service config as JSON. */
        Status configure(Map<String, ?> json, SocketAddress... addresses) {
            ConfigOrError config = args.getServiceConfigParser().parseServiceConfig(json);
            return answer(result(config, addresses));
        }
    }

    final List<Fake> made = new ArrayList<>();
    private final String scheme;
    Collection<Class<? extends SocketAddress>> types = super.getProducedSocketAddressTypes();
    boolean isBroken;
    RuntimeException startFails;

    FakeResolvers(String scheme) {
        this.scheme = scheme;
    }

    static ResolutionResult result(ConfigOrError config, SocketAddress... addresses) {
        List<EquivalentAddressGroup> servers = new ArrayList<>();
        for (SocketAddress address : addresses) servers.add(new EquivalentAddressGroup(address));
        return ResolutionResult.newBuilder()
                .setAddressesOrError(StatusOr.fromValue(servers))
                .setAttributes(Attributes.EMPTY)
                .setServiceConfig(config)
                .build();
    }

    Fake last() {
        return made.getLast();
    }

    @Override
    public NameResolver newNameResolver(Uri uri, NameResolver.Args args) {
        if (isBroken) return null;
        Fake fake = new Fake(uri.toString(), args);
        fake.startFails = startFails;
        made.add(fake);
        return fake;
    }

    @Override
    public NameResolver newNameResolver(URI uri, NameResolver.Args args) {
        throw new AssertionError("an old form of the target: " + uri);
    }

    @Override
    public String getDefaultScheme() {
        return scheme;
    }

    @Override
    protected boolean isAvailable() {
        return true;
    }

    @Override
    protected int priority() {
        return 5;
    }

    @Override
    public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
        return types;
    }
}
