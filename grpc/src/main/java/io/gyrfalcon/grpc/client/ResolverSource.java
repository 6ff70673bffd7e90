package io.gyrfalcon.grpc.client;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.Uri;

/**
 * What makes the resolvers of a target. Immutable.
 *
 * @param provider of its scheme
 * @param uri the target
 */
record ResolverSource(NameResolverProvider provider, Uri uri) {
    /** A resolver that has not begun. User code. */
    NameResolver make(NameResolver.Args args) {
        NameResolver made = provider.newNameResolver(uri, args);
        if (made != null) return made;
        throw new IllegalArgumentException("cannot create a NameResolver for " + uri);
    }
}
