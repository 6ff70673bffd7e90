/**
 * House style as a program: parses every hand-written source with the compiler's own tree API and
 * reports what breaks a rule, each with what to do instead. Start with {@link
 * io.gyrfalcon.verify.tidy.Tidy}.
 *
 * <p>Public: {@link io.gyrfalcon.verify.tidy.Finding}, {@link io.gyrfalcon.verify.tidy.Rule},
 * {@link io.gyrfalcon.verify.tidy.Source}, {@link io.gyrfalcon.verify.tidy.Tidy}.
 */
@NullMarked
package io.gyrfalcon.verify.tidy;

import org.jspecify.annotations.NullMarked;
