package io.gyrfalcon.eventloop.poll;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;

/** A real socket as the other end. */
final class SocketPeer implements PollerSuite.Peer {
    private final Socket socket;

    SocketPeer(SocketAddress address) throws IOException {
        InetSocketAddress inet = (InetSocketAddress) address;
        socket = new Socket();
        socket.setReceiveBufferSize(65_536);
        socket.connect(inet);
        socket.setSoTimeout(5_000);
        socket.setTcpNoDelay(true);
    }

    @Override
    public void write(byte... bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    @Override
    public byte[] read(int count) throws IOException {
        return socket.getInputStream().readNBytes(count);
    }

    @Override
    public boolean isAtEnd() throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketException reset) {
            return true;
        }
    }

    @Override
    public void halfClose() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
