package io.gyrfalcon.bench.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gyrfalcon.bench.hello.HelloReply;
import io.gyrfalcon.bench.hello.HelloRequest;

import org.junit.jupiter.api.Test;

final class NullTransportTest {
    private static final byte[] HELLO =
            HelloRequest.newBuilder().setName("hello").build().toByteArray();

    @Test
    void eachCallParsesItsRequestAndMarshalsItsReply() {
        int replyBytes =
                HelloReply.newBuilder().setMessage("Hello hello").build().getSerializedSize();
        NullTransport<?, ?> transport =
                NullTransport.of(new GreeterService(), "helloworld.Greeter/SayHello", HELLO);
        assertThat(HELLO).hasSize(7);
        assertThat(transport.run(3)).isEqualTo(3L * replyBytes);
    }

    @Test
    void anUnknownMethodIsRefused() {
        assertThatThrownBy(() -> NullTransport.of(new GreeterService(), "a/b", HELLO))
                .hasMessage("method: a/b (expected: one it serves)");
    }

    @Test
    void nativeMemoryIsReadFromTheLineOfThatLabel() {
        String summary = "Total: reserved=9, committed=8\n-   Other (reserved=7, committed=6543)\n";
        assertThat(ServerMemory.committed(summary, "Other (")).isEqualTo(6543);
        assertThat(ServerMemory.committed(summary, "Total:")).isEqualTo(8);
        assertThat(ServerMemory.committed(summary, "GC (")).isZero();
    }
}
