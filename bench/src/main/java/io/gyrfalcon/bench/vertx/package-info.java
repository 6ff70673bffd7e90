/** The greeter on Vert.x, the second peer. */
@NullMarked
package io.gyrfalcon.bench.vertx;

import org.jspecify.annotations.NullMarked;
