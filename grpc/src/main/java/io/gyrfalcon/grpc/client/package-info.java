/**
 * The client's side: channels and calls of {@code io.grpc} over the transport. For the builder one
 * package up; users do not need it.
 */
@org.jspecify.annotations.NullMarked
package io.gyrfalcon.grpc.client;
