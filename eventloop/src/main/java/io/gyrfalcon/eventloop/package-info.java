/** A loop: its sockets, timers, mailbox, runners and pollers. */
@NullMarked
package io.gyrfalcon.eventloop;

import org.jspecify.annotations.NullMarked;
