package io.gyrfalcon.eventloop.poll;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Socket addresses as the system lays them out. Stateless. */
final class SocketAddresses {
    /*
     *                0        2      4          8                       24      28
     *                +--------+------+----------+-----------------------+-------+
     * sockaddr_in    | family | port | address  |
     * sockaddr_in6   | family | port | flowinfo | address               | scope |
     * sockaddr_un    | family | path, up to 108 bytes with its terminating 0    ...
     *                +--------+------+----------+-----------------------+-------+
     *
     * Port and address are in network order, the family in the machine's.
     */
    static final int BYTES_MAX = 128;

    private static final int PORT_OFFSET = 2;
    private static final int IPV4_OFFSET = 4;
    private static final int IPV6_OFFSET = 8;
    private static final int SCOPE_OFFSET = 24;
    private static final int IPV4_BYTES = 16;
    private static final int IPV6_BYTES = 28;
    private static final int PATH_OFFSET = 2;
    private static final int PATH_BYTES_MAX = 107;

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort FAMILY = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfShort PORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt SCOPE = ValueLayout.JAVA_INT_UNALIGNED;

    /** What a socket without an address answers. */
    static final SocketAddress NONE = UnixDomainSocketAddress.of("");

    static {
        assert SCOPE_OFFSET + SCOPE.byteSize() == IPV6_BYTES;
        assert PATH_OFFSET + PATH_BYTES_MAX < BYTES_MAX;
    }

    private SocketAddresses() {}

    /**
     * The family that reaches an address.
     *
     * @throws IOException when its host name was not resolved
     */
    static int familyOf(SocketAddress address) throws IOException {
        if (address instanceof UnixDomainSocketAddress) return Linux.AF_UNIX;
        InetSocketAddress inet = (InetSocketAddress) address;
        if (inet.isUnresolved()) throw new UnknownHostException(inet.getHostString());
        return inet.getAddress() instanceof Inet6Address ? Linux.AF_INET6 : Linux.AF_INET;
    }

    /**
     * Writes an address of {@code family}; an IPv4 address in IPv6 is mapped. Returns its length in
     * bytes.
     */
    static int write(MemorySegment target, SocketAddress address, int family) throws IOException {
        target.fill((byte) 0);
        target.set(FAMILY, 0, (short) family);
        if (address instanceof UnixDomainSocketAddress unix) return writePath(target, unix);
        InetSocketAddress inet = (InetSocketAddress) address;
        byte[] ip = inet.getAddress().getAddress();
        target.set(PORT, PORT_OFFSET, (short) inet.getPort());
        if (family == Linux.AF_INET) {
            MemorySegment.copy(ip, 0, target, BYTE, IPV4_OFFSET, 4);
            return IPV4_BYTES;
        }
        writeIpv6(target, inet.getAddress(), ip);
        return IPV6_BYTES;
    }

    private static void writeIpv6(MemorySegment target, InetAddress address, byte[] ip) {
        if (ip.length == 16) {
            MemorySegment.copy(ip, 0, target, BYTE, IPV6_OFFSET, 16);
            target.set(SCOPE, SCOPE_OFFSET, ((Inet6Address) address).getScopeId());
        } else if (!address.isAnyLocalAddress()) {
            target.set(BYTE, IPV6_OFFSET + 10, (byte) 0xff);
            target.set(BYTE, IPV6_OFFSET + 11, (byte) 0xff);
            MemorySegment.copy(ip, 0, target, BYTE, IPV6_OFFSET + 12, 4);
        }
    }

    private static int writePath(MemorySegment target, UnixDomainSocketAddress address)
            throws IOException {
        byte[] path = address.getPath().toString().getBytes(StandardCharsets.UTF_8);
        if (path.length == 0 || path.length > PATH_BYTES_MAX) {
            throw new IOException(
                    "unix-domain path of "
                            + path.length
                            + " bytes: "
                            + address
                            + " (expected: 1.."
                            + PATH_BYTES_MAX
                            + ")");
        }
        MemorySegment.copy(path, 0, target, BYTE, PATH_OFFSET, path.length);
        return PATH_OFFSET + path.length + 1;
    }

    /** Reads an address of {@code length} bytes; {@link #NONE} when there is none. */
    static SocketAddress read(MemorySegment source, int length) {
        if (length < PORT_OFFSET) return NONE;
        return switch (source.get(FAMILY, 0)) {
            case Linux.AF_INET -> readIp(source, IPV4_OFFSET, 4, 0);
            case Linux.AF_INET6 -> readIp(source, IPV6_OFFSET, 16, source.get(SCOPE, SCOPE_OFFSET));
            case Linux.AF_UNIX -> readPath(source, length);
            default -> NONE;
        };
    }

    private static SocketAddress readIp(MemorySegment source, long offset, int bytes, int scope) {
        byte[] ip = new byte[bytes];
        MemorySegment.copy(source, BYTE, offset, ip, 0, bytes);
        try {
            InetAddress address =
                    scope == 0
                            ? InetAddress.getByAddress(ip)
                            : Inet6Address.getByAddress(null, ip, scope);
            return new InetSocketAddress(
                    address, Short.toUnsignedInt(source.get(PORT, PORT_OFFSET)));
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static SocketAddress readPath(MemorySegment source, int length) {
        int end = PATH_OFFSET;
        while (end < length && source.get(BYTE, end) != 0) end++;
        if (end == PATH_OFFSET) return NONE;
        byte[] path = new byte[end - PATH_OFFSET];
        MemorySegment.copy(source, BYTE, PATH_OFFSET, path, 0, path.length);
        return UnixDomainSocketAddress.of(new String(path, StandardCharsets.UTF_8));
    }
}
