/**
 * A loop: its sockets, timers, mailbox and runners.
 *
 * <p>Public here: {@link io.gyrfalcon.eventloop.Loop}, {@link io.gyrfalcon.eventloop.LoopGroup},
 * {@link io.gyrfalcon.eventloop.LoopSettings}, {@link io.gyrfalcon.eventloop.Listener}, {@link
 * io.gyrfalcon.eventloop.ListenOptions}, {@link io.gyrfalcon.eventloop.SocketOptions}, {@link
 * io.gyrfalcon.eventloop.Acceptor}, {@link io.gyrfalcon.eventloop.LoopSocket}, {@link
 * io.gyrfalcon.eventloop.SocketHandler}, {@link io.gyrfalcon.eventloop.Letter}, {@link
 * io.gyrfalcon.eventloop.TurnTask}, {@link io.gyrfalcon.eventloop.LoopLocal}, {@link
 * io.gyrfalcon.eventloop.PollerKind}, {@link io.gyrfalcon.eventloop.IdlePolicy}, {@link
 * io.gyrfalcon.eventloop.CarrySettings}, {@link io.gyrfalcon.eventloop.Pinning}, {@link
 * io.gyrfalcon.eventloop.LoopFlags}.
 */
@NullMarked
package io.gyrfalcon.eventloop;

import org.jspecify.annotations.NullMarked;
