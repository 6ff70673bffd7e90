/** The servers under measurement, and what they tell of themselves on their standard input. */
@NullMarked
package io.gyrfalcon.bench.server;

import org.jspecify.annotations.NullMarked;
