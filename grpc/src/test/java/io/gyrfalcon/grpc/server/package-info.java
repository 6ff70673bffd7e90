@NullMarked
package io.gyrfalcon.grpc.server;

import org.jspecify.annotations.NullMarked;
