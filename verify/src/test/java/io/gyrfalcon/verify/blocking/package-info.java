/** Handlers that block, burn or misbehave, and the calls beside them that must not notice. */
@NullMarked
package io.gyrfalcon.verify.blocking;

import org.jspecify.annotations.NullMarked;
