/** Services to try the engine with, written as any grpc-java user would write them. */
@NullMarked
package io.gyrfalcon.cli.demo;

import org.jspecify.annotations.NullMarked;
