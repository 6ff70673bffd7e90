package io.gyrfalcon.eventloop;

class SpinningEpollLoopTest extends LoopSuite {
    SpinningEpollLoopTest() {
        super(PollerKind.EPOLL, IdlePolicy.SPIN);
    }
}
