/**
 * Services to try the engine with, written as any grpc-java user would write them.
 *
 * <p>Public: {@link io.gyrfalcon.cli.demo.Greeter}, {@link io.gyrfalcon.cli.demo.RouteGuide}.
 */
@NullMarked
package io.gyrfalcon.cli.demo;

import org.jspecify.annotations.NullMarked;
