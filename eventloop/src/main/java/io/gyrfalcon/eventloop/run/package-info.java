/**
 * Where tasks that may block run: recycled virtual threads fed by a loop.
 *
 * <p>Public: {@link io.gyrfalcon.eventloop.run.CarriedRunner}, {@link
 * io.gyrfalcon.eventloop.run.CarriedTask}, {@link io.gyrfalcon.eventloop.run.CarriedThreads},
 * {@link io.gyrfalcon.eventloop.run.Carrier}, {@link io.gyrfalcon.eventloop.run.Gate}, {@link
 * io.gyrfalcon.eventloop.run.RunQueue}, {@link io.gyrfalcon.eventloop.run.Runners}, {@link
 * io.gyrfalcon.eventloop.run.Spares}.
 */
@NullMarked
package io.gyrfalcon.eventloop.run;

import org.jspecify.annotations.NullMarked;
