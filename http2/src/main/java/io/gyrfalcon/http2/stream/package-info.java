/** What a stream is made of: its state, its windows, its turn to send. */
@NullMarked
package io.gyrfalcon.http2.stream;

import org.jspecify.annotations.NullMarked;
