package io.gyrfalcon.eventloop.poll;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

class EpollPollerTest extends RealPollerSuite {
    @Override
    Poller newPoller() throws IOException {
        return new EpollPoller(new LibC(), true);
    }

    @Override
    int option(Wire wire, int level, int option) {
        MemorySegment place = Arena.ofAuto().allocate(16, 8);
        place.set(ValueLayout.JAVA_INT, 8, 4);
        EpollWire socket = (EpollWire) wire;
        int result =
                new LibC()
                        .getsockopt(
                                socket.fd(), level, option, place.address(), place.address() + 8);
        assertThat(result).isZero();
        return place.get(ValueLayout.JAVA_INT, 0);
    }

    @Test
    void aResetIsToldAsBroken() throws IOException {
        Wire wire = connected();
        peer().reset();
        stepUntil(Ready.BROKEN);
        assertThat(log.heard(Ready.HANG_UP)).isTrue();
        assertThat(wire.error()).isEqualTo(Errno.ECONNRESET);
    }

    @Test
    void theEndOfInputIsToldAsSuch() throws IOException {
        connected();
        peer().halfClose();
        stepUntil(Ready.INPUT_END);
    }
}
