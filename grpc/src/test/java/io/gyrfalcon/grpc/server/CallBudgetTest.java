package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.StringValue;
import com.sun.management.ThreadMXBean;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import io.gyrfalcon.eventloop.ListenOptions;
import io.gyrfalcon.eventloop.Loop;
import io.gyrfalcon.eventloop.LoopGroup;
import io.gyrfalcon.eventloop.LoopSettings;
import io.gyrfalcon.eventloop.poll.CountedPoller;
import io.gyrfalcon.http2.Http2Limits;
import io.gyrfalcon.http2.Http2Settings;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.http2.hpack.HpackEncoder;
import io.gyrfalcon.http2.sim.FrameBytes;
import io.gyrfalcon.primitives.fixtures.LeakCheck;
import io.gyrfalcon.primitives.fixtures.ManualClock;
import io.gyrfalcon.transport.fixtures.RawClient;
import io.gyrfalcon.transport.server.ServerSettings;
import io.gyrfalcon.transport.server.ServerTransport;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;

/** What a unary call of the direct lane may cost, over a real connection, in one thread. */
class CallBudgetTest {
    /** Bytes that the engine may allocate for a call beyond what the stub does by itself. */
    private static final int ENGINE_BYTES_MAX = 97;

    private static final int BATCH = 100;
    private static final FieldBlock REQUEST =
            FieldBlock.of(
                    ":method",
                    "POST",
                    ":scheme",
                    "http",
                    ":path",
                    "/budget.Service/Echo",
                    ":authority",
                    "localhost",
                    "te",
                    "trailers",
                    "content-type",
                    "application/grpc",
                    "user-agent",
                    "budget");
    private static final MethodDescriptor<StringValue, StringValue> METHOD =
            MethodDescriptor.<StringValue, StringValue>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName("budget.Service/Echo")
                    .setRequestMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                    .setResponseMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                    .build();

    @RegisterExtension final LeakCheck leaks = new LeakCheck();
    private final ManualClock clock = new ManualClock();
    private CountedPoller poller;
    private Loop loop;
    private ServerTransport server;
    private SocketChannel client;
    private ByteBuffer batch;
    private final ByteBuffer answers = ByteBuffer.allocateDirect(1 << 20);
    private int[] idOffsets;
    private int nextId = 1;
    private int answerBytes;

    private static ServerServiceDefinition service() {
        return ServerServiceDefinition.builder("budget.Service")
                .addMethod(
                        METHOD,
                        ServerCalls.asyncUnaryCall(
                                (request, observer) -> {
                                    observer.onNext(request);
                                    observer.onCompleted();
                                }))
                .build();
    }

    @BeforeEach
    void open() throws IOException {
        open(false);
    }

    private void open(boolean isCarrying) throws IOException {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "epoll is Linux's");
        poller = new CountedPoller();
        loop =
                Loop.manual(
                        0,
                        LoopSettings.defaults(),
                        poller.poller(),
                        clock,
                        leaks.loopPool(),
                        leaks.sharedPool(),
                        isCarrying);
        EngineRig.Parts parts = new EngineRig.Parts();
        parts.services.add(service());
        Calls calls = new Calls(EngineRig.options(parts), Context.ROOT, ConnectionWatch.NONE);
        ServerSettings settings =
                new ServerSettings(
                        Http2Settings.mesh(),
                        // Without the pings of the bandwidth probe.
                        Http2Limits.mesh().toBuilder().windowBytesMax(1 << 20).build(),
                        ListenOptions.defaults(),
                        4 << 20,
                        EngineRig.SECOND);
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        server = ServerTransport.start(LoopGroup.manual(loop), List.of(any), settings, null, calls);
        client = SocketChannel.open();
        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
        client.connect(server.addresses().getFirst());
        client.configureBlocking(false);
        batch = batch();
        send(ByteBuffer.wrap(hello()));
        exchange();
        assertThat(answerBytes).isPositive();
    }

    @AfterEach
    void close() throws IOException {
        if (loop == null) return;
        server.stopListening();
        server.closeNow("over");
        client.close();
        loop.turn(0);
        loop.turn(0);
        loop.end();
    }

    /** The preface, and one call that enters the fields into the table. */
    private byte[] hello() {
        RawClient raw = new RawClient(null).hello();
        raw.indexed(nextId, false, REQUEST).data(nextId, true, message());
        nextId += 2;
        return raw.take();
    }

    private static byte[] message() {
        return RawClient.prefixed(StringValue.of("hello").toByteArray());
    }

    /** So many calls by reference to the table; their identifiers are written anew each time. */
    private ByteBuffer batch() {
        HpackEncoder encoder = new HpackEncoder();
        MemorySegment scratch = Arena.ofAuto().allocate(4_096);
        encoder.encode(REQUEST, scratch, 0);
        int n = encoder.encode(REQUEST, scratch, 0);
        byte[] block = scratch.asSlice(0, n).toArray(ValueLayout.JAVA_BYTE);
        FrameBytes bytes = new FrameBytes().windowUpdate(0, BATCH * message().length);
        idOffsets = new int[2 * BATCH];
        for (int i = 0; i < BATCH; i++) {
            idOffsets[2 * i] = bytes.size() + 5;
            bytes.headers(1, block, false);
            idOffsets[2 * i + 1] = bytes.size() + 5;
            bytes.frame(0, 1, 1, message());
        }
        byte[] all = bytes.toByteArray();
        return ByteBuffer.allocateDirect(all.length).put(all).flip();
    }

    private void send(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) client.write(bytes);
    }

    private void sendBatch() throws IOException {
        for (int i = 0; i < BATCH; i++) {
            batch.putInt(idOffsets[2 * i], nextId);
            batch.putInt(idOffsets[2 * i + 1], nextId);
            nextId += 2;
        }
        batch.position(0);
        send(batch);
    }

    /** Gives turns until the answers are here. */
    private void exchange() throws IOException {
        answers.clear();
        for (int i = 0; i < 1_000 && answers.position() == 0; i++) {
            loop.turn(1_000_000);
            client.read(answers);
        }
        answerBytes = answers.position();
    }

    private void run(int batches) throws IOException {
        for (int i = 0; i < batches; i++) {
            sendBatch();
            exchange();
        }
    }

    @Test
    void aBatchOfCallsCostsOneReceiveAndOneSend() throws IOException {
        run(5);
        for (int i = 0; i < 10; i++) {
            poller.clear();
            run(1);
            assertThat(answerBytes).isGreaterThan(BATCH * 30);
            assertThat(poller.count("recv")).isEqualTo(1);
            assertThat(poller.count("send") + poller.count("sendmsg")).isEqualTo(1);
            assertThat(poller.total()).isEqualTo(3);
        }
    }

    @Test
    void aBatchOfCarriedCallsCostsTheSame() throws IOException {
        close();
        open(true);
        aBatchOfCallsCostsOneReceiveAndOneSend();
    }

    /**
     * In a process of its own, and without escape analysis: what it removes differs from process to
     * process, on either side. So this counts every object that is written down, the stub's too.
     */
    @Test
    void aCallAllocatesLittleMoreThanItsStub() throws Exception {
        int[] direct = bytesPerCall("direct");
        assertThat(direct[0] - direct[1]).isBetween(1, ENGINE_BYTES_MAX);
        int[] carried = bytesPerCall("carried");
        assertThat(carried[0]).isLessThanOrEqualTo(direct[0]);
    }

    /** What a call allocates in the engine, and by its stub alone. */
    private static int[] bytesPerCall(String lane) throws Exception {
        String said =
                JavaProgram.run(
                        System.getProperty("java.class.path"),
                        List.of("-XX:-DoEscapeAnalysis"),
                        CallBudgetTest.class,
                        lane);
        System.out.print(said);
        String[] words = said.substring(said.indexOf("bytes per call: ") + 16).split(" ");
        return new int[] {Integer.parseInt(words[0]), Integer.parseInt(words[4])};
    }

    /** Prints what a call allocates, steadily. */
    public static void main(String[] lane) throws IOException {
        CallBudgetTest test = new CallBudgetTest();
        test.open(lane[0].equals("carried"));
        test.measure();
        test.close();
    }

    private void measure() throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int batches = 200;
        long engine = Long.MAX_VALUE;
        long alone = Long.MAX_VALUE;
        for (int round = 0; round < 8; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            run(batches);
            long between = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < batches * BATCH; i++) callAlone();
            long after = threads.getCurrentThreadAllocatedBytes();
            engine = Math.min(engine, (between - before) / (batches * BATCH));
            alone = Math.min(alone, (after - between) / (batches * BATCH));
        }
        System.out.println(
                "bytes per call: " + engine + " in the engine, " + alone + " by its stub alone");
    }

    // The same stub on a call that does nothing.

    private static final byte[] ARRAY = new byte[64];
    private static final ServerServiceDefinition SERVICE = service();
    private final byte[] bytes = StringValue.of("hello").toByteArray();
    private final MemorySegment request = Arena.ofAuto().allocate(64);
    private final InboundMessage stream = new InboundMessage();
    private final Metadata headers = new Metadata();

    @SuppressWarnings("unchecked")
    private void callAlone() throws IOException {
        MemorySegment.copy(bytes, 0, request, ValueLayout.JAVA_BYTE, 0, bytes.length);
        NoAnswer call = new NoAnswer();
        ServerCall.Listener<StringValue> listener =
                ((io.grpc.ServerCallHandler<StringValue, StringValue>)
                                SERVICE.getMethod("budget.Service/Echo").getServerCallHandler())
                        .startCall(call, headers);
        stream.open(request, 0, bytes.length);
        StringValue parsed = METHOD.parseRequest(stream);
        stream.close();
        listener.onMessage(parsed);
        listener.onHalfClose();
        listener.onComplete();
        if (!call.isClosed) throw new IllegalStateException("not closed");
    }

    private static final class NoAnswer extends ServerCall<StringValue, StringValue> {
        boolean isClosed;

        @Override
        public void request(int count) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(StringValue message) {
            try (InputStream in = METHOD.streamResponse(message)) {
                if (in.read(ARRAY, 0, ARRAY.length) < 0) throw new IllegalStateException("empty");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close(Status status, Metadata trailers) {
            isClosed = true;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<StringValue, StringValue> getMethodDescriptor() {
            return METHOD;
        }
    }
}
