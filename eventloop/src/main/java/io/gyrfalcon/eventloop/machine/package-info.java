/** What this machine has: CPUs, nodes of memory, quotas. Read once, where somebody asks. */
@NullMarked
package io.gyrfalcon.eventloop.machine;

import org.jspecify.annotations.NullMarked;
