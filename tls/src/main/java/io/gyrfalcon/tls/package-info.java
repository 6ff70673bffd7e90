/**
 * TLS as bytes to bytes around an {@link javax.net.ssl.SSLEngine}. No sockets, no threads, no logs.
 *
 * <p>Public: {@link io.gyrfalcon.tls.TlsSettings}, {@link io.gyrfalcon.tls.TlsClientSettings},
 * {@link io.gyrfalcon.tls.TlsLimits}, {@link io.gyrfalcon.tls.TlsSession}, {@link
 * io.gyrfalcon.tls.TlsScratch}, {@link io.gyrfalcon.tls.PlainSink}.
 */
@NullMarked
package io.gyrfalcon.tls;

import org.jspecify.annotations.NullMarked;
