/** A client made of scripts and seeds, to hold against the server side. */
@NullMarked
package io.gyrfalcon.http2.sim;

import org.jspecify.annotations.NullMarked;
