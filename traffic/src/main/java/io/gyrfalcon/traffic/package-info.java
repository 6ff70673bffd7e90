/**
 * Where a call goes, and what happens when it fails: pure decisions on what the caller tells. No
 * sockets, no threads, no clocks; time and chance are arguments.
 *
 * <p>Public: everything that the packages list. Here: {@link io.gyrfalcon.traffic.TrafficLimits},
 * {@link io.gyrfalcon.traffic.TrafficFlags}, {@link io.gyrfalcon.traffic.WakeUp}.
 */
@NullMarked
package io.gyrfalcon.traffic;

import org.jspecify.annotations.NullMarked;
