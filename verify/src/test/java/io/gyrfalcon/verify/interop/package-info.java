/** Clients and suites of other projects against our server. */
@NullMarked
package io.gyrfalcon.verify.interop;

import org.jspecify.annotations.NullMarked;
