/**
 * What connections of servers and clients have in common below their calls. For the packages beside
 * this one.
 */
@NullMarked
package io.gyrfalcon.transport.link;

import org.jspecify.annotations.NullMarked;
