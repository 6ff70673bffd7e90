package io.gyrfalcon.verify.blocking;

final class NioHandlersTest extends HandlersSuite {
    NioHandlersTest() {
        super(Mode.NIO);
    }
}
