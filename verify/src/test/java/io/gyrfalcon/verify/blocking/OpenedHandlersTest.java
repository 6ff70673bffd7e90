package io.gyrfalcon.verify.blocking;

final class OpenedHandlersTest extends HandlersSuite {
    OpenedHandlersTest() {
        super(Mode.OPENED);
    }
}
