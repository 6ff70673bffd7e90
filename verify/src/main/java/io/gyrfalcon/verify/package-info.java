/** Proves what the other modules claim; ships nothing. */
@NullMarked
package io.gyrfalcon.verify;

import org.jspecify.annotations.NullMarked;
