/**
 * A network, sockets and pollers that exist in memory only: one seed and one clock decide
 * everything. For simulators and tests of every module above.
 */
@NullMarked
package io.gyrfalcon.eventloop.fake;

import org.jspecify.annotations.NullMarked;
