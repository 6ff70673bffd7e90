/**
 * What connections of servers and clients have in common below their calls. For the packages beside
 * this one.
 *
 * <p>Public: {@link io.gyrfalcon.transport.link.LoopScratch}, {@link
 * io.gyrfalcon.transport.link.Secured}, {@link io.gyrfalcon.transport.link.TlsLink}.
 */
@NullMarked
package io.gyrfalcon.transport.link;

import org.jspecify.annotations.NullMarked;
