/** Measures whole servers side by side; nothing here ships. */
@NullMarked
package io.gyrfalcon.bench;

import org.jspecify.annotations.NullMarked;
