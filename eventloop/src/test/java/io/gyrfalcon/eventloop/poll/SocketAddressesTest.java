package io.gyrfalcon.eventloop.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

class SocketAddressesTest {
    private final MemorySegment place = Arena.ofAuto().allocate(SocketAddresses.BYTES_MAX, 16);

    private SocketAddress copy(SocketAddress address, int family) throws IOException {
        return SocketAddresses.read(place, SocketAddresses.write(place, address, family));
    }

    @Test
    void addressesSurviveTheSystemsLayout() throws Exception {
        InetSocketAddress four = new InetSocketAddress("192.0.2.7", 65_535);
        assertThat(copy(four, Linux.AF_INET)).isEqualTo(four);
        InetSocketAddress six = new InetSocketAddress("2001:db8::1:2", 1);
        assertThat(copy(six, Linux.AF_INET6)).isEqualTo(six);
        Inet6Address scoped =
                Inet6Address.getByAddress(
                        null, new InetSocketAddress("fe80::5", 0).getAddress().getAddress(), 3);
        InetSocketAddress local = new InetSocketAddress(scoped, 9);
        InetSocketAddress back = (InetSocketAddress) copy(local, Linux.AF_INET6);
        assertThat(((Inet6Address) back.getAddress()).getScopeId()).isEqualTo(3);
        UnixDomainSocketAddress unix = UnixDomainSocketAddress.of("/tmp/é.sock");
        assertThat(copy(unix, Linux.AF_UNIX)).isEqualTo(unix);
    }

    @Test
    void anIpv4AddressInIpv6IsMappedAndReadBackAsIpv4() throws IOException {
        InetSocketAddress four = new InetSocketAddress("192.0.2.7", 80);
        assertThat(copy(four, Linux.AF_INET6)).isEqualTo(four);
        assertThat(place.get(ValueLayout.JAVA_BYTE, 18)).isEqualTo((byte) 0xff);
        InetSocketAddress any = new InetSocketAddress("0.0.0.0", 80);
        assertThat(((InetSocketAddress) copy(any, Linux.AF_INET6)).getAddress().isAnyLocalAddress())
                .isTrue();
    }

    @Test
    void whatIsNoAddressReadsAsNone() throws IOException {
        assertThat(SocketAddresses.read(place, 0)).isEqualTo(SocketAddresses.NONE);
        assertThat(SocketAddresses.read(place.fill((byte) 0), 16)).isEqualTo(SocketAddresses.NONE);
        copy(UnixDomainSocketAddress.of("/x"), Linux.AF_UNIX);
        assertThat(SocketAddresses.read(place, 2)).isEqualTo(SocketAddresses.NONE);
    }

    @Test
    void pathsAreLimited() throws IOException {
        UnixDomainSocketAddress longest = UnixDomainSocketAddress.of("/" + "p".repeat(106));
        assertThat(copy(longest, Linux.AF_UNIX)).isEqualTo(longest);
        UnixDomainSocketAddress tooLong = UnixDomainSocketAddress.of("/" + "p".repeat(107));
        assertThatThrownBy(() -> copy(tooLong, Linux.AF_UNIX))
                .hasMessageContaining("108 bytes")
                .hasMessageContaining("1..107");
    }

    @Test
    void anEventIsPackedOnX86OnlyAndAlignedElsewhere() {
        assertThat(EpollEvents.dataOffset("amd64")).isEqualTo(4);
        assertThat(EpollEvents.dataOffset("aarch64")).isEqualTo(8);
        assertThat(EpollEvents.eventBytes(4)).isEqualTo(12);
        assertThat(EpollEvents.eventBytes(8)).isEqualTo(16);
        EpollEvents events = new EpollEvents(3);
        for (int i = 0; i < 3; i++) events.set(i, -1 - i, Long.MIN_VALUE + i);
        for (int i = 0; i < 3; i++) {
            assertThat(events.events(i)).isEqualTo(-1 - i);
            assertThat(events.data(i)).isEqualTo(Long.MIN_VALUE + i);
        }
        assertThat(events.capacity()).isEqualTo(3);
    }

    @Test
    void errorNumbersHaveWords() {
        for (int errno = 1; errno < 120; errno++) assertThat(Errno.text(errno)).isNotEmpty();
        assertThat(Errno.text(77)).isEqualTo("error 77");
        assertThat(Errno.fault(Errno.EPIPE)).hasMessage("Broken pipe").hasNoCause();
        assertThat(Errno.fault(Errno.EPIPE).getStackTrace()).isEmpty();
        assertThat(Errno.isExhaustion(Errno.ENFILE)).isTrue();
        assertThat(Errno.isExhaustion(Errno.EPIPE)).isFalse();
        assertThat(NioPoller.errno(new IOException("Too many open files"))).isEqualTo(Errno.EMFILE);
        assertThat(NioPoller.errno(new IOException("Connection reset")))
                .isEqualTo(Errno.ECONNRESET);
        assertThat(NioPoller.errno(new IOException("Broken pipe"))).isEqualTo(Errno.EPIPE);
        assertThat(NioPoller.errno(new IOException())).isEqualTo(Errno.EIO);
    }
}
