package io.gyrfalcon.eventloop;

class SpinningNioLoopTest extends LoopSuite {
    SpinningNioLoopTest() {
        super(PollerKind.NIO, IdlePolicy.SPIN);
    }
}
