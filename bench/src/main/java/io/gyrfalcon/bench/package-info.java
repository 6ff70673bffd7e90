/** Measures one piece alone and whole servers side by side; ships nothing. */
@NullMarked
package io.gyrfalcon.bench;

import org.jspecify.annotations.NullMarked;
