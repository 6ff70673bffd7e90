/** The life of a server call, played on grpc-java's own server and on ours, and compared. */
@NullMarked
package io.gyrfalcon.verify.lifecycle;

import org.jspecify.annotations.NullMarked;
