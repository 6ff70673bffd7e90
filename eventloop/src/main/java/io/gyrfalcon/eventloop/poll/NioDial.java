package io.gyrfalcon.eventloop.poll;

import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.SocketOptions;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;

/** Opens the connecting sockets of a {@link NioPoller}. Stateless. */
final class NioDial {
    private NioDial() {}

    /** Begins to connect. */
    static NioWire open(SocketAddress address, SocketOptions options) throws IOException {
        SocketChannel channel = SocketChannel.open(family(address));
        boolean isTcp = !(address instanceof UnixDomainSocketAddress);
        try {
            channel.configureBlocking(false);
            setBuffers(channel, options);
            if (isTcp) setTcp(channel, options);
            channel.connect(address);
        } catch (IOException failure) {
            channel.close();
            ConnectException named = new ConnectException(address + ": " + failure.getMessage());
            named.initCause(failure);
            throw named;
        }
        boolean acksQuickly = isTcp && options.quickAck() && NioWire.canAckQuickly();
        return new NioWire(channel, isTcp, acksQuickly, true);
    }

    private static void setTcp(SocketChannel channel, SocketOptions options) throws IOException {
        if (options.noDelay()) channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        NioPort.tellWhatJavaCannotSet(ListenOptions.defaults().withSocket(options));
    }

    private static void setBuffers(SocketChannel channel, SocketOptions options)
            throws IOException {
        int sendBytes = options.sendBufferBytes();
        if (sendBytes > 0) channel.setOption(StandardSocketOptions.SO_SNDBUF, sendBytes);
        int receiveBytes = options.receiveBufferBytes();
        if (receiveBytes > 0) channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBytes);
    }

    private static StandardProtocolFamily family(SocketAddress address) throws IOException {
        if (address instanceof UnixDomainSocketAddress) return StandardProtocolFamily.UNIX;
        InetSocketAddress inet = (InetSocketAddress) address;
        if (inet.isUnresolved()) throw new UnknownHostException(inet.getHostString());
        return inet.getAddress() instanceof Inet6Address
                ? StandardProtocolFamily.INET6
                : StandardProtocolFamily.INET;
    }
}
