/** Bytes to bytes around an SSLEngine. */
@NullMarked
package io.gyrfalcon.tls;

import org.jspecify.annotations.NullMarked;
