/** Channels against servers that misbehave, one script for ours and for grpc-java's. */
@NullMarked
package io.gyrfalcon.verify.judged;

import org.jspecify.annotations.NullMarked;
