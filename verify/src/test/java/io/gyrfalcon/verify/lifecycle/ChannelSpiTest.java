package io.gyrfalcon.verify.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.gyrfalcon.verify.Child;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose channels a program gets that names no engine, in a JVM of its own. */
class ChannelSpiTest {
    @ParameterizedTest
    @CsvSource({
        "-Dno.such.switch=1, GyrfalconChannelBuilder",
        "--add-opens=java.base/java.lang=ALL-UNNAMED, GyrfalconChannelBuilder",
        "-Dgyrfalcon.enabled=false, NettyChannelBuilder"
    })
    void aProgramThatNamesNoEngineGetsChannels(String flag, String builder) throws Exception {
        try (Child child = Child.java(flag, UserProgram.class.getName())) {
            assertThat(child.await(120)).as(child.output()).isZero();
            assertThat(child.output())
                    .contains("forTarget: " + builder + ", SERVING")
                    .contains("newChannelBuilder: " + builder + ", SERVING")
                    .contains("newChannelBuilderForAddress: " + builder + ", SERVING")
                    .doesNotContain("ended: false")
                    .contains("done");
        }
    }
}
