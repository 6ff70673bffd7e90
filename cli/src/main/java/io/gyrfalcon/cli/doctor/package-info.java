/**
 * The command {@code doctor}: what this machine offers, and which setting would help.
 *
 * <p>Public: {@link io.gyrfalcon.cli.doctor.DoctorCommand}.
 */
@NullMarked
package io.gyrfalcon.cli.doctor;

import org.jspecify.annotations.NullMarked;
