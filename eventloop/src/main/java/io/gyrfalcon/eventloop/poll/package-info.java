/**
 * What is ready: pollers, their sockets, and the system calls below them.
 *
 * <p>Public: {@link io.gyrfalcon.eventloop.poll.Errno}, {@link
 * io.gyrfalcon.eventloop.poll.KernelFeatures}, {@link io.gyrfalcon.eventloop.poll.Poller}, {@link
 * io.gyrfalcon.eventloop.poll.Pollers}, {@link io.gyrfalcon.eventloop.poll.Port}, {@link
 * io.gyrfalcon.eventloop.poll.Ready}, {@link io.gyrfalcon.eventloop.poll.Syscalls}, {@link
 * io.gyrfalcon.eventloop.poll.ThreadAffinity}, {@link io.gyrfalcon.eventloop.poll.Wire}.
 */
@NullMarked
package io.gyrfalcon.eventloop.poll;

import org.jspecify.annotations.NullMarked;
