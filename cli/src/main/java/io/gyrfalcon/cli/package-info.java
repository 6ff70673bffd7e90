/** The runnable: serve, classpath, flags. */
@NullMarked
package io.gyrfalcon.cli;

import org.jspecify.annotations.NullMarked;
