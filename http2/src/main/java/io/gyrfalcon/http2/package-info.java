/** RFC 9113 and RFC 7541 as a pure state machine. */
@NullMarked
package io.gyrfalcon.http2;

import org.jspecify.annotations.NullMarked;
