package io.gyrfalcon.eventloop;

class NioLoopTest extends LoopSuite {
    NioLoopTest() {
        super(PollerKind.NIO, IdlePolicy.BLOCK);
    }
}
