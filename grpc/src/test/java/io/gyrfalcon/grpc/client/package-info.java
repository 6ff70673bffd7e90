@NullMarked
package io.gyrfalcon.grpc.client;

import org.jspecify.annotations.NullMarked;
