/** Balancing policies of grpc-java's libraries, hosted by channels of ours. */
@NullMarked
package io.gyrfalcon.verify.policies;

import org.jspecify.annotations.NullMarked;
