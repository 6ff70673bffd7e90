package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import com.google.protobuf.StringValue;

import io.grpc.Codec;
import io.grpc.Compressor;
import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.gyrfalcon.primitives.fixtures.LeakCheck;
import io.gyrfalcon.primitives.memory.Budget;
import io.gyrfalcon.primitives.memory.Slab;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.primitives.memory.SlabPool;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

final class OutboundMessageTest {
    private static final MethodDescriptor.Marshaller<BytesValue> STOCK =
            ProtoUtils.marshaller(BytesValue.getDefaultInstance());

    @RegisterExtension final LeakCheck leaks = new LeakCheck();

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static byte[] frame(int flag, byte[] payload) {
        return ByteBuffer.allocate(5 + payload.length)
                .put((byte) flag)
                .putInt(payload.length)
                .put(payload)
                .array();
    }

    /** What the message sends; it is empty afterwards. */
    private static byte[] sent(OutboundMessage message, SlabPool pool) {
        SlabChain chain = new SlabChain(pool);
        int length = message.frameBytes();
        message.moveTo(chain);
        assertThat(chain.bytes()).isEqualTo(length);
        assertThat(message.frameBytes()).isEqualTo(5);
        byte[] bytes = new byte[length];
        int done = 0;
        while (!chain.isEmpty()) {
            int n = chain.headBytes();
            MemorySegment.copy(
                    chain.head(), ValueLayout.JAVA_BYTE, chain.headOffset(), bytes, done, n);
            chain.consume(n);
            done += n;
        }
        return bytes;
    }

    private byte[] written(InputStream message, @Nullable Compressor compressor) {
        SlabPool pool = leaks.loopPool();
        OutboundMessage outbound = new OutboundMessage(pool);
        outbound.write(message, compressor);
        return sent(outbound, pool);
    }

    private static StatusRuntimeException failure(
            OutboundMessage message, Object source, @Nullable Compressor compressor) {
        try {
            message.take(source, compressor);
        } catch (StatusRuntimeException e) {
            assertThat(message.frameBytes()).isEqualTo(5);
            return e;
        }
        throw new AssertionError("no failure");
    }

    /** Bytes with a known length that can only be drained. */
    private static final class OnlyDrainable extends InputStream implements KnownLength, Drainable {
        private final byte[] bytes;
        private final int length;
        private boolean isClosed;

        OnlyDrainable(byte[] bytes, int length) {
            this.bytes = bytes;
            this.length = length;
        }

        @Override
        public int available() {
            return length;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("drain me");
        }

        @Override
        public int drainTo(OutputStream target) throws IOException {
            for (int i = 0; i < bytes.length; i += 1000) {
                target.write(bytes, i, Math.min(1000, bytes.length - i));
            }
            return bytes.length;
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, 1019, 1020, 65529, 65530, 65531, 65536, 300_000})
    void theStockStreamIsSentWhateverItsSize(int length) {
        BytesValue value = BytesValue.of(ByteString.copyFrom(random(length)));
        assertThat(written(STOCK.stream(value), null)).isEqualTo(frame(0, value.toByteArray()));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, 1019, 1020, 1024, 65529, 65530, 65531, 65536, 300_000})
    void aProtobufMessageIsWrittenWhateverItsSize(int length) {
        BytesValue value = BytesValue.of(ByteString.copyFrom(random(length)));
        SlabPool pool = leaks.loopPool();
        OutboundMessage outbound = new OutboundMessage(pool);
        for (int i = 0; i < 2; i++) {
            outbound.take(value, null);
            assertThat(outbound.plainBytes()).isEqualTo(value.getSerializedSize());
            assertThat(sent(outbound, pool)).isEqualTo(frame(0, value.toByteArray()));
        }
    }

    @Test
    void aProtobufMessageThatFailsLeavesNothingToTheNext() {
        SlabPool pool = leaks.loopPool();
        OutboundMessage outbound = new OutboundMessage(pool);
        for (Throwable cause :
                List.of(
                        new IOException("broken"),
                        new IllegalStateException("broken"),
                        new StackOverflowError("broken"),
                        Status.DATA_LOSS.asRuntimeException())) {
            assertThatThrownBy(() -> outbound.take(failing(cause), null))
                    .matches(e -> e == cause || e.getCause() == cause, "says what failed");
            assertThat(outbound.frameBytes()).isEqualTo(5);
            StringValue next = StringValue.of("next");
            outbound.take(next, null);
            assertThat(sent(outbound, pool)).isEqualTo(frame(0, next.toByteArray()));
        }
    }

    /** A message that writes half of itself and throws. */
    private static MessageLite failing(Throwable cause) {
        return (MessageLite)
                Proxy.newProxyInstance(
                        OutboundMessageTest.class.getClassLoader(),
                        new Class<?>[] {MessageLite.class},
                        (self, method, arguments) -> {
                            ((CodedOutputStream) arguments[0]).writeStringNoTag("half");
                            throw cause;
                        });
    }

    @Test
    void withoutMemoryForALargeProtobufMessageTheCallIsExhausted() {
        SlabPool poor = leaks.checked(SlabPool.forLoop(new Budget(1 << 20)));
        OutboundMessage outbound = new OutboundMessage(poor);
        BytesValue large = BytesValue.of(ByteString.copyFrom(new byte[2 << 20]));
        assertThat(failure(outbound, large, null).getStatus().getCode())
                .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void aProtobufMessageIsWrittenWithoutAllocation() {
        BytesValue value = BytesValue.of(ByteString.copyFrom(random(500)));
        OutboundMessage outbound = new OutboundMessage(leaks.loopPool());
        Runnable writing = () -> outbound.take(value, null);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 200; round++) least = Math.min(least, allocatedBy(writing));
        assertThat(least).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1019, 1020, 65531, 65532, 200_000})
    void aStreamOfUnknownLengthIsSentWhateverItsSize(int length) {
        byte[] payload = random(length);
        InputStream stream =
                new java.io.SequenceInputStream(
                        new ByteArrayInputStream(payload), new ByteArrayInputStream(new byte[0]));
        assertThat(written(stream, null)).isEqualTo(frame(0, payload));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1019, 1020, 65531, 65532, 200_000})
    void whatCanBeDrainedIsNeverRead(int length) {
        byte[] payload = random(length);
        OnlyDrainable stream = new OnlyDrainable(payload, length);
        assertThat(written(stream, Codec.Identity.NONE)).isEqualTo(frame(0, payload));
        assertThat(stream.isClosed).isTrue();
    }

    @Test
    void oneByteAtATimeIsSentToo() {
        byte[] payload = random(70_000);
        InputStream slow =
                new InputStream() {
                    private int at;

                    @Override
                    public int read() {
                        return at < payload.length ? payload[at++] & 0xff : -1;
                    }

                    @Override
                    public long transferTo(OutputStream target) throws IOException {
                        for (byte b : payload) target.write(b);
                        return payload.length;
                    }
                };
        assertThat(written(slow, null)).isEqualTo(frame(0, payload));
    }

    @Test
    void smallAndLargePiecesKeepTheirOrder() {
        byte[] payload = random(150_000);
        InputStream mixed =
                new InputStream() {
                    @Override
                    public int read() {
                        return -1;
                    }

                    @Override
                    public long transferTo(OutputStream target) throws IOException {
                        target.write(payload, 0, 10);
                        target.write(payload, 10, 69_990);
                        target.write(payload, 70_000, 100);
                        target.write(payload, 70_100, 79_000);
                        target.write(payload, 149_100, 900);
                        return payload.length;
                    }
                };
        assertThat(written(mixed, null)).isEqualTo(frame(0, payload));
    }

    @Test
    void aCodecCompressesAndSetsTheFlag() throws IOException {
        byte[] payload = new byte[100_000];
        byte[] sent = written(new ByteArrayInputStream(payload), new Codec.Gzip());
        assertThat(sent[0]).isEqualTo((byte) 1);
        assertThat(sent.length).isLessThan(1000);
        assertThat(ByteBuffer.wrap(sent).getInt(1)).isEqualTo(sent.length - 5);
        InputStream zip = new ByteArrayInputStream(sent, 5, sent.length - 5);
        assertThat(new Codec.Gzip().decompress(zip).readAllBytes()).isEqualTo(payload);
    }

    @Test
    void anEmptyMessageIsNotCompressed() {
        byte[] nothing = {};
        assertThat(written(new ByteArrayInputStream(nothing), new Codec.Gzip()))
                .isEqualTo(frame(0, nothing));
    }

    @Test
    void anEmptyMessageOfUnknownLengthIsCompressed() {
        assertThat(written(InputStream.nullInputStream(), new Codec.Gzip())[0]).isEqualTo((byte) 1);
    }

    @Test
    void tellsBothSizes() {
        OutboundMessage message = new OutboundMessage(leaks.loopPool());
        message.write(new ByteArrayInputStream(new byte[5000]), new Codec.Gzip());
        assertThat(message.plainBytes()).isEqualTo(5000);
        assertThat(message.frameBytes()).isLessThan(200);
        message.write(STOCK.stream(BytesValue.getDefaultInstance()), null);
        assertThat(message.plainBytes()).isZero();
        assertThat(message.frameBytes()).isEqualTo(5);
    }

    @Test
    void aSmallMessageIsCopiedWhereItIsWanted() {
        SlabPool pool = leaks.loopPool();
        OutboundMessage message = new OutboundMessage(pool);
        message.write(STOCK.stream(BytesValue.of(ByteString.copyFromUtf8("hello"))), null);
        assertThat(message.isSmall()).isTrue();
        Slab slab = pool.take(message.frameBytes() + 1);
        message.copyTo(slab.segment(), 1);
        assertThat(slab.segment().asSlice(1, 12).toArray(ValueLayout.JAVA_BYTE))
                .containsExactly(0, 0, 0, 0, 7, 10, 5, 'h', 'e', 'l', 'l', 'o');
        slab.release();
    }

    @Test
    void aLargeMessageIsNotSmall() {
        OutboundMessage message = new OutboundMessage(leaks.loopPool());
        message.write(new OnlyDrainable(random(100_000), 100_000), null);
        assertThat(message.isSmall()).isFalse();
        message.clear();
        assertThat(message.isSmall()).isTrue();
    }

    @Test
    void aStreamThatIsNotAsLongAsItSaidFails() {
        OutboundMessage message = new OutboundMessage(leaks.loopPool());
        StatusRuntimeException e = failure(message, new OnlyDrainable(random(10), 11), null);
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(e.getStatus().getDescription()).isEqualTo("Message length inaccurate 10 != 11");
        OnlyDrainable large = new OnlyDrainable(random(100_000), 1);
        assertThat(failure(message, large, new Codec.Gzip()).getStatus().getDescription())
                .isEqualTo("Message length inaccurate 100000 != 1");
        assertThat(large.isClosed).isTrue();
    }

    @Test
    void aStreamThatFailsIsAnInternalError() {
        OutboundMessage message = new OutboundMessage(leaks.loopPool());
        IOException cause = new IOException("broken");
        InputStream broken =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw cause;
                    }

                    @Override
                    public void close() throws IOException {
                        throw new IOException("again");
                    }
                };
        StatusRuntimeException e = failure(message, broken, null);
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
        assertThat(e.getStatus().getDescription()).isEqualTo("Failed to frame message");
        assertThat(e.getStatus().getCause()).isSameAs(cause);
    }

    @Test
    void aStatusThatAStreamThrowsIsKept() {
        OutboundMessage message = new OutboundMessage(leaks.loopPool());
        StatusRuntimeException own = Status.DATA_LOSS.asRuntimeException();
        InputStream broken =
                new InputStream() {
                    @Override
                    public int read() {
                        throw own;
                    }
                };
        assertThat(failure(message, broken, null)).isSameAs(own);
    }

    @Test
    void anErrorIsNotHidden() {
        OutboundMessage message = new OutboundMessage(leaks.loopPool());
        InputStream broken =
                new InputStream() {
                    @Override
                    public int read() {
                        throw new StackOverflowError();
                    }
                };
        assertThatThrownBy(() -> message.write(broken, null))
                .isInstanceOf(StackOverflowError.class);
        assertThat(message.frameBytes()).isEqualTo(5);
    }

    @Test
    void withoutMemoryForALargeMessageTheCallIsExhausted() {
        SlabPool poor = leaks.checked(SlabPool.forLoop(new Budget(1 << 20)));
        OutboundMessage message = new OutboundMessage(poor);
        StatusRuntimeException e =
                failure(message, new OnlyDrainable(random(2 << 20), 2 << 20), null);
        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    }

    @Test
    void oneMessageAfterAnotherIsIndependent() {
        SlabPool pool = leaks.loopPool();
        OutboundMessage message = new OutboundMessage(pool);
        for (int length : new int[] {10, 100_000, 0, 65_000, 3}) {
            byte[] payload = random(length);
            message.write(new ByteArrayInputStream(payload), null);
            assertThat(sent(message, pool)).isEqualTo(frame(0, payload));
        }
        message.write(new OnlyDrainable(random(100_000), 100_000), null);
        message.write(new ByteArrayInputStream(new byte[] {1}), null);
        assertThat(sent(message, pool)).isEqualTo(frame(0, new byte[] {1}));
    }

    @Test
    void theFastWayAllocatesNothingBesidesTheStreamItself() {
        BytesValue value = BytesValue.of(ByteString.copyFrom(random(500)));
        OutboundMessage message = new OutboundMessage(leaks.loopPool());
        byte[] target = new byte[2000];
        Runnable reading = () -> readStock(value, target);
        Runnable writing = () -> message.write(STOCK.stream(value), null);
        long least = Long.MAX_VALUE;
        long mostOfStream = 0;
        for (int round = 0; round < 200; round++) {
            mostOfStream = Math.max(mostOfStream, allocatedBy(reading));
            least = Math.min(least, allocatedBy(writing));
        }
        assertThat(Arrays.hashCode(target)).isNotZero();
        assertThat(least).isPositive().isLessThanOrEqualTo(mostOfStream);
    }

    /** Bytes that the calling thread allocates meanwhile. */
    private static long allocatedBy(Runnable action) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        action.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    private static void readStock(BytesValue value, byte[] target) {
        try {
            assert STOCK.stream(value).read(target, 0, target.length) > 0;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
