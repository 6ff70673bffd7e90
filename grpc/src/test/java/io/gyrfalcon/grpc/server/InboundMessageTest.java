package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.StringValue;

import io.grpc.Detachable;
import io.grpc.HasByteBuffer;
import io.grpc.KnownLength;
import io.grpc.protobuf.ProtoUtils;
import io.gyrfalcon.primitives.fixtures.LeakCheck;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;

final class InboundMessageTest {
    @RegisterExtension final LeakCheck leaks = new LeakCheck();

    private static MemorySegment bytes(int... values) {
        MemorySegment segment = Arena.ofAuto().allocate(values.length);
        for (int i = 0; i < values.length; i++)
            segment.set(java.lang.foreign.ValueLayout.JAVA_BYTE, i, (byte) values[i]);
        return segment;
    }

    private static InboundMessage oneToFive() {
        return new InboundMessage().open(bytes(0, 1, 2, 3, 4, 0xff, 9), 1, 5);
    }

    @Test
    void readsItsPartOfTheMemory() {
        InboundMessage message = oneToFive();
        assertThat(message).isInstanceOf(KnownLength.class);
        assertThat(message.available()).isEqualTo(5);
        assertThat(message.read()).isEqualTo(1);
        byte[] target = new byte[6];
        assertThat(message.read(target, 1, 3)).isEqualTo(3);
        assertThat(target).containsExactly(0, 2, 3, 4, 0, 0);
        assertThat(message.read()).isEqualTo(0xff);
        assertThat(message.available()).isZero();
        assertThat(message.read()).isEqualTo(-1);
        assertThat(message.read(target, 0, 6)).isEqualTo(-1);
        assertThat(message.read(target, 0, 0)).isZero();
    }

    @Test
    void aReadAsksForNoMoreThanThereIs() {
        byte[] target = new byte[10];
        assertThat(oneToFive().read(target, 0, 10)).isEqualTo(5);
        assertThatThrownBy(() -> oneToFive().read(target, 8, 3))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void skipsAndGoesBackToItsMark() {
        InboundMessage message = oneToFive();
        assertThat(message.skip(2)).isEqualTo(2);
        assertThat(message.markSupported()).isTrue();
        message.mark(1);
        assertThat(message.skip(100)).isEqualTo(3);
        assertThat(message.skip(-1)).isZero();
        message.reset();
        assertThat(message.read()).isEqualTo(3);
    }

    @Test
    void withoutAMarkItGoesBackToTheBeginning() {
        InboundMessage message = oneToFive();
        message.skip(4);
        message.reset();
        assertThat(message.available()).isEqualTo(5);
    }

    @Test
    void showsWhatIsLeftAsABufferOfItsOwn() {
        InboundMessage message = oneToFive();
        message.skip(1);
        assertThat(message).isInstanceOf(HasByteBuffer.class);
        assertThat(message.byteBufferSupported()).isTrue();
        ByteBuffer buffer = message.getByteBuffer();
        assertThat(buffer.remaining()).isEqualTo(4);
        assertThat(buffer.get()).isEqualTo((byte) 2);
        assertThat(message.available()).isEqualTo(4);
        assertThat(message.getByteBuffer().position()).isZero();
        assertThatThrownBy(() -> buffer.put(0, (byte) 7))
                .isInstanceOf(ReadOnlyBufferException.class);
    }

    @Test
    void closingReleasesItsSlabOnce() {
        SlabPool pool = leaks.loopPool();
        Slab slab = pool.take(10);
        InboundMessage message = new InboundMessage().open(slab, 0, 10);
        assertThat(pool.outstanding()).isEqualTo(1);
        message.close();
        message.close();
        assertThat(pool.outstanding()).isZero();
        assertThat(message.available()).isZero();
        assertThat(message.read()).isEqualTo(-1);
        message.reset();
        assertThat(message.read()).isEqualTo(-1);
        assertThat(message.getByteBuffer().remaining()).isZero();
    }

    @Test
    void whatIsDetachedOutlivesTheMessage() throws IOException {
        MemorySegment memory = bytes(1, 2, 3);
        InboundMessage message = new InboundMessage().open(memory, 0, 3);
        message.skip(1);
        assertThat(message).isInstanceOf(Detachable.class);
        InputStream kept = message.detach();
        assertThat(kept).isNotSameAs(message);
        memory.fill((byte) 9);
        assertThat(message.read()).isEqualTo(-1);
        message.open(bytes(7), 0, 1);
        assertThat(kept.readAllBytes()).containsExactly(2, 3);
        assertThat(message.read()).isEqualTo(7);
    }

    @Test
    void aSlabMovesAlongWithWhatIsDetached() throws IOException {
        SlabPool pool = leaks.loopPool();
        Slab slab = pool.take(3);
        slab.segment().copyFrom(bytes(1, 2, 3));
        InboundMessage message = new InboundMessage().open(slab, 0, 3);
        message.read();
        InputStream kept = message.detach();
        message.close();
        assertThat(pool.outstanding()).isEqualTo(1);
        assertThat(kept.readAllBytes()).containsExactly(2, 3);
        kept.close();
        kept.close();
        assertThat(pool.outstanding()).isZero();
    }

    @Test
    void anEmptyMessageCanBeDetached() throws IOException {
        try (InputStream kept = new InboundMessage().open(bytes(1), 1, 0).detach()) {
            assertThat(kept.read()).isEqualTo(-1);
        }
    }

    @Test
    void isOpenedAgainForTheNextMessageOnlyWhenClosed() {
        InboundMessage message = oneToFive();
        assertThatThrownBy(() -> message.open(bytes(1), 0, 1)).isInstanceOf(AssertionError.class);
        message.close();
        message.open(bytes(6), 0, 1);
        assertThat(message.read()).isEqualTo(6);
    }

    @Test
    void theStockMarshallerReadsIt() {
        byte[] wire = StringValue.of("hello").toByteArray();
        MemorySegment memory = Arena.ofAuto().allocate(wire.length);
        MemorySegment.copy(
                wire, 0, memory, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, wire.length);
        InboundMessage message = new InboundMessage().open(memory, 0, wire.length);
        assertThat(
                        ProtoUtils.marshaller(StringValue.getDefaultInstance())
                                .parse(message)
                                .getValue())
                .isEqualTo("hello");
    }
}
