package io.gyrfalcon.verify.blocking;

final class ClosedHandlersTest extends HandlersSuite {
    ClosedHandlersTest() {
        super(Mode.CLOSED);
    }
}
