package io.gyrfalcon.eventloop;

class AdaptiveEpollLoopTest extends LoopSuite {
    AdaptiveEpollLoopTest() {
        super(PollerKind.EPOLL, IdlePolicy.ADAPTIVE);
    }
}
