package io.gyrfalcon.grpc.server;

import org.jspecify.annotations.Nullable;

import java.net.SocketAddress;

import javax.net.ssl.SSLSession;

/**
 * What can be seen of a connection from outside. Any thread, while its loop counts on; times are
 * nanoseconds since the epoch, to a tenth of a second, 0 where it has not happened.
 */
public interface ConnectionView {
    SocketAddress localAddress();

    SocketAddress remoteAddress();

    /** The session, where there is TLS and its handshake is over. */
    @Nullable SSLSession tlsSession();

    long callsStarted();

    /** Calls that ended with status OK. */
    long callsSucceeded();

    /** Calls that ended otherwise, by a reset as well. */
    long callsFailed();

    long lastCallStartedNanos();

    long messagesSent();

    long messagesReceived();

    long lastMessageSentNanos();

    long lastMessageReceivedNanos();

    long keepAlivesSent();

    /** Bytes the peer may still send us on the connection. */
    long localWindowBytes();

    /** Bytes we may still send the peer on the connection. */
    long remoteWindowBytes();

    /** Runs a task that may take long, soon, and not on the connection's loop. */
    void aside(Runnable task);
}
