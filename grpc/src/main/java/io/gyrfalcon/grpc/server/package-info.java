/**
 * What a running server is made of: methods, messages, metadata, codecs, tracers and options as the
 * calls need them. Nothing here is for users; the public types are in {@code io.gyrfalcon.grpc}.
 */
@NullMarked
package io.gyrfalcon.grpc.server;

import org.jspecify.annotations.NullMarked;
