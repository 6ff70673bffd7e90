package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;

import io.grpc.Codec;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.gyrfalcon.grpc.GyrfalconChannelBuilder;
import io.gyrfalcon.grpc.GyrfalconServerBuilder;
import io.gyrfalcon.primitives.flags.FlagOverride;
import io.gyrfalcon.primitives.flags.Flags;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Which messages are written by the engine, and which by the stream of their marshaller. */
class MarshallingTest {
    private static final StringValue HELLO = StringValue.of("hello");
    private static final Marshaller<StringValue> STOCK =
            ProtoUtils.marshaller(StringValue.getDefaultInstance());

    /** A marshaller of the user's, around the stock one. */
    private static final class Wrapping implements Marshaller<StringValue> {
        @Override
        public InputStream stream(StringValue value) {
            return STOCK.stream(StringValue.of(value.getValue() + "!"));
        }

        @Override
        public StringValue parse(InputStream stream) {
            return STOCK.parse(stream);
        }
    }

    @Test
    void aMessageOfTheStockMarshallerIsWrittenAsItIs() {
        assertThat(new Marshalling().source(STOCK, HELLO, null)).isSameAs(HELLO);
        assertThat(new Marshalling().source(STOCK, HELLO, Codec.Identity.NONE)).isSameAs(HELLO);
    }

    @Test
    void whatIsCompressedIsReadFromItsStream() {
        Object source = new Marshalling().source(STOCK, HELLO, new Codec.Gzip());
        assertThat(source).isInstanceOf(InputStream.class);
    }

    @Test
    void aMarshallerOfTheUsersIsAskedForItsStream() throws IOException {
        Object source = new Marshalling().source(new Wrapping(), HELLO, null);
        assertThat(StringValue.parseFrom((InputStream) source).getValue()).isEqualTo("hello!");
    }

    @Test
    void withoutTheFlagEveryMessageIsAStream() throws IOException {
        try (FlagOverride _ = Flags.override(GrpcFlags.PROTOBUF_DIRECT, false)) {
            Object source = new Marshalling().source(STOCK, HELLO, null);
            assertThat(StringValue.parseFrom((InputStream) source)).isEqualTo(HELLO);
        }
    }

    @Test
    @SuppressWarnings("NullAway") // A handler that answers null.
    void noMessageIsTheMarshallersMatter() {
        assertThat(new Marshalling().source(STOCK, null, null)).isInstanceOf(InputStream.class);
    }

    @Test
    void programsWithoutProtobufAreServed() throws Exception {
        String path =
                Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                        .filter(entry -> !new File(entry).getName().contains("proto"))
                        .collect(Collectors.joining(File.pathSeparator));
        String said = JavaProgram.run(path, List.of(), WithoutProtobuf.class);
        assertThat(said).contains("no protobuf, hello");
    }

    /** A program whose messages are text. */
    static final class WithoutProtobuf {
        private WithoutProtobuf() {}

        /** Makes one call, and says what came of it. */
        public static void main(String[] none) throws Exception {
            Server server =
                    GyrfalconServerBuilder.forPort(0)
                            .directExecutor()
                            .addService(echo())
                            .build()
                            .start();
            var channel =
                    GyrfalconChannelBuilder.forAddress("localhost", server.getPort())
                            .usePlaintext()
                            .build();
            String answer =
                    ClientCalls.blockingUnaryCall(
                            channel,
                            Methods.unary("t.T/Echo"),
                            io.grpc.CallOptions.DEFAULT,
                            "hello");
            System.out.println(protobuf() == null ? "no protobuf, " + answer : "protobuf");
            channel.shutdownNow();
            server.shutdownNow().awaitTermination();
        }

        private static ServerServiceDefinition echo() {
            return Methods.serviceOf(
                    Methods.unary("t.T/Echo"),
                    ServerCalls.asyncUnaryCall(
                            (request, observer) -> {
                                observer.onNext(request);
                                observer.onCompleted();
                            }));
        }

        private static @Nullable Class<?> protobuf() {
            try {
                return Class.forName("com.google.protobuf.MessageLite");
            } catch (ClassNotFoundException none) {
                return null;
            }
        }
    }
}
