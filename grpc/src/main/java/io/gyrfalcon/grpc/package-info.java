/** Adapters to the public io.grpc API. */
@NullMarked
package io.gyrfalcon.grpc;

import org.jspecify.annotations.NullMarked;
