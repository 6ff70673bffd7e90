@NullMarked
package io.gyrfalcon.grpc;

import org.jspecify.annotations.NullMarked;
