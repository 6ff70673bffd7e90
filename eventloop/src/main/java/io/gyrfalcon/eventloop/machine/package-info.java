/**
 * What this machine has: CPUs, nodes of memory, quotas. Read once, where somebody asks.
 *
 * <p>Public: {@link io.gyrfalcon.eventloop.machine.CpuList}, {@link
 * io.gyrfalcon.eventloop.machine.CpuQuota}, {@link io.gyrfalcon.eventloop.machine.SystemFiles},
 * {@link io.gyrfalcon.eventloop.machine.Topology}.
 */
@NullMarked
package io.gyrfalcon.eventloop.machine;

import org.jspecify.annotations.NullMarked;
