/**
 * HPACK, RFC 7541: a decoder that remembers what a field meant, and an encoder of pre-built blocks.
 *
 * <p>Blocks are read from and written to native memory; names and values are heap bytes. Public for
 * the other packages of this module and the layer above: {@link
 * io.gyrfalcon.http2.hpack.HpackDecoder}, {@link io.gyrfalcon.http2.hpack.HpackEncoder}, {@link
 * io.gyrfalcon.http2.hpack.HpackScratch}, {@link io.gyrfalcon.http2.hpack.HpackOutcome}, {@link
 * io.gyrfalcon.http2.hpack.HpackFlags}, {@link io.gyrfalcon.http2.hpack.Field}, {@link
 * io.gyrfalcon.http2.hpack.FieldKind}, {@link io.gyrfalcon.http2.hpack.FieldSink}, {@link
 * io.gyrfalcon.http2.hpack.FieldBlock}.
 */
@NullMarked
package io.gyrfalcon.http2.hpack;

import org.jspecify.annotations.NullMarked;
