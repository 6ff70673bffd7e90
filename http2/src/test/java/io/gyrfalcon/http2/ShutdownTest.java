package io.gyrfalcon.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.http2.sim.Bench;
import io.gyrfalcon.http2.sim.Frame;
import io.gyrfalcon.http2.sim.FrameBytes;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;

class ShutdownTest {
    private final Bench bench = Bench.open();

    @AfterEach
    void close() {
        bench.close();
    }

    private static FrameBytes bytes() {
        return new FrameBytes();
    }

    @Test
    void section6_8_goAwayIsSentTwiceAndStreamsMayEnd() {
        bench.send(bytes().headers(1, Bench.request(), true));
        bench.server.shutdown(bench.now);
        bench.server.shutdown(bench.now);
        List<Frame> frames = bench.frames();
        assertThat(frames.toString()).isEqualTo("[GOAWAY 2147483647 0 , PING]");
        bench.send(bytes().headers(3, Bench.request(), true));
        bench.send(bytes().ping(frames.getLast().longAt(0), true));
        assertThat(bench.sent()).containsExactly("GOAWAY 3 0 ");
        assertThat(bench.server.isFinished()).isFalse();
        bench.headers(bench.stream(1), true);
        bench.server.pump(bench.now);
        assertThat(bench.server.isFinished()).isFalse();
        bench.headers(bench.stream(3), true);
        assertThat(bench.sent()).containsExactly("HEADERS 1 end", "HEADERS 3 end");
        assertThat(bench.server.isFinished()).isTrue();
    }

    @Test
    void section6_8_streamsAfterTheLastOneAreIgnoredButHpackStaysInStep() {
        bench.send(bytes().headers(1, Bench.request(), true));
        bench.server.shutdown(bench.now);
        long opaque = bench.frames().getLast().longAt(0);
        bench.send(bytes().ping(opaque, true).headers(3, Bench.request(), false));
        bench.send(bytes().data(3, 10, true).windowUpdate(3, 1).ping(7, false));
        assertThat(bench.sent()).containsExactly("GOAWAY 1 0 ", "PING ack");
        assertThat(bench.events.log).containsExactly("request 1 end");
    }

    @Test
    void section6_8_aPeerThatDoesNotAnswerThePingGetsTheSecondGoAwayInTime() {
        bench.server.shutdown(bench.now);
        bench.frames();
        bench.later(10 * Bench.SECOND - 1);
        assertThat(bench.sent()).isEmpty();
        bench.later(1);
        assertThat(bench.sent()).containsExactly("GOAWAY 0 0 ");
        assertThat(bench.server.isFinished()).isTrue();
    }

    @Test
    void section6_8_theLastIdentifierNeverGrows() {
        bench.send(bytes().headers(1, Bench.request(), true));
        bench.server.shutdown(bench.now);
        bench.later(10 * Bench.SECOND);
        bench.send(bytes().headers(3, Bench.request(), true).data(0, 1, true));
        assertThat(bench.sent())
                .contains("GOAWAY 1 0 ")
                .endsWith("GOAWAY 1 1 a frame of a stream on stream 0");
    }

    @Test
    void section6_8_goAwayAtOnceEndsEveryStream() {
        bench.send(bytes().headers(1, Bench.request(), true));
        bench.server.goAway(ErrorCode.ENHANCE_YOUR_CALM, "x".repeat(600));
        bench.server.goAway(ErrorCode.NO_ERROR, "");
        assertThat(bench.server.isFinished()).isTrue();
        String goAway = bench.sent().getFirst();
        assertThat(goAway).startsWith("GOAWAY 1 11 x").hasSize("GOAWAY 1 11 ".length() + 512);
        assertThat(bench.events.log)
                .containsExactly("request 1 end", "reset 1 ENHANCE_YOUR_CALM", "closed 1");
        assertThat(bench.server.nextTimeNanos()).isEqualTo(Long.MAX_VALUE);
    }
}
