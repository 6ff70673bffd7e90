package io.gyrfalcon.eventloop;

class EpollLoopTest extends LoopSuite {
    EpollLoopTest() {
        super(PollerKind.EPOLL, IdlePolicy.BLOCK);
    }
}
