/** The command {@code doctor}: what this machine offers, and which setting would help. */
@NullMarked
package io.gyrfalcon.cli.doctor;

import org.jspecify.annotations.NullMarked;
