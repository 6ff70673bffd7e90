/** Where tasks that may block run: recycled virtual threads fed by a loop. */
@NullMarked
package io.gyrfalcon.eventloop.run;

import org.jspecify.annotations.NullMarked;
