/** The runnable: serve, classpath, flags. Public: {@link io.gyrfalcon.cli.Main} alone. */
@NullMarked
package io.gyrfalcon.cli;

import org.jspecify.annotations.NullMarked;
