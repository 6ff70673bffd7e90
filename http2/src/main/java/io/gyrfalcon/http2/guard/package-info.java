/** Counters that refuse: what a peer may cost us. */
@NullMarked
package io.gyrfalcon.http2.guard;

import org.jspecify.annotations.NullMarked;
