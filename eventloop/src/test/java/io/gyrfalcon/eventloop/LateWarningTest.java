package io.gyrfalcon.eventloop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What is said of a start when it is over. */
final class LateWarningTest {
    private final List<String> said = new CopyOnWriteArrayList<>();
    private final Handler ear =
            new Handler() {
                @Override
                public void publish(LogRecord said) {
                    LateWarningTest.this.said.add(said.getMessage());
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            };

    @Test
    void itComesFromARunnerAfterAWhileAndOncePerProcess() {
        Logger logger = Logger.getLogger("io.gyrfalcon.eventloop");
        logger.addHandler(ear);
        try (TestGroup test = new TestGroup(LoopSettings.defaults().withLoops(1))) {
            Loop loop = test.group.loop(0);
            LateWarning first = new LateWarning(loop, "first");
            assertThat(loop.post(first)).isTrue();
            assertThat(said).doesNotContain("first");
            TestGroup.await(() -> said.contains("first"));
            new LateWarning(loop, "second").run();
            first.run();
            assertThat(new ArrayList<>(said)).containsExactly("first");
        } finally {
            logger.removeHandler(ear);
        }
    }
}
