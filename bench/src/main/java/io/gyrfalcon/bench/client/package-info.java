/** Closed-loop load by grpc-java's own client. */
@NullMarked
package io.gyrfalcon.bench.client;

import org.jspecify.annotations.NullMarked;
