/** What is ready: pollers, their sockets, and the system calls below them. */
@NullMarked
package io.gyrfalcon.eventloop.poll;

import org.jspecify.annotations.NullMarked;
