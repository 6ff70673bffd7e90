package io.gyrfalcon.verify.lifecycle;

import static io.gyrfalcon.verify.lifecycle.Scenes.same;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.Status;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each side sees of the other's metadata, status and codecs. */
@Timeout(180)
final class MetadataTest {
    private static Metadata.Key<String> ascii(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private static Metadata.Key<byte[]> binary(String name) {
        return Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
    }

    private static Metadata some(String mark) {
        Metadata metadata = new Metadata();
        metadata.put(ascii("text"), mark + " one");
        metadata.put(ascii("text"), mark + " two, three");
        metadata.put(ascii("Mixed-Case"), "UPPER lower");
        metadata.put(ascii("empty"), "");
        metadata.put(ascii("padded"), "  " + mark + " ");
        metadata.put(binary("raw-bin"), new byte[] {0, -1, 44});
        metadata.put(binary("raw-bin"), new byte[] {});
        metadata.put(binary("raw-bin"), new byte[] {1, 2, 3, 4});
        return metadata;
    }

    /** Answers with metadata both before and after the message. */
    private static Noting answering(Log log, Metadata headers, Status status, Metadata trailers) {
        return new Noting(log, 2) {
            @Override
            void onStart(ServerCall<String, String> call, Metadata received) {
                log.add("received " + Caller.text(received));
            }

            @Override
            void onHalfClose(ServerCall<String, String> call) {
                call.sendHeaders(headers);
                call.sendMessage("m");
                call.close(status, trailers);
            }
        };
    }

    @ParameterizedTest
    @EnumSource
    void metadataTravelsBothWays(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.handler(answering(stage.server, some("early"), Status.OK, some("late")));
                    stage.call(Stage.method(MethodType.UNARY), CallOptions.DEFAULT, some("sent"))
                            .send("hello")
                            .halfClose()
                            .ended();
                    stage.server.await("end");
                });
    }

    @ParameterizedTest
    @EnumSource
    void aMessageMayBeginAndEndWithBlanks(Lane lane) {
        same(
                lane,
                stage -> {
                    Status status = Status.NOT_FOUND.withDescription(" not found: ");
                    stage.handler(answering(stage.server, new Metadata(), status, new Metadata()));
                    stage.ask(MethodType.UNARY, "hello");
                });
    }

    @ParameterizedTest
    @EnumSource
    void anErrorTakesItsTrailersAlong(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.atHalfClose(
                            (log, call) ->
                                    call.close(
                                            Status.INVALID_ARGUMENT.withDescription("no good"),
                                            some("late")));
                    stage.ask(MethodType.UNARY, "hello");
                });
    }

    @ParameterizedTest
    @EnumSource
    void anyTextMayDescribeAStatus(Lane lane) {
        same(
                lane,
                stage -> {
                    String odd = "100% \u00fcber \ud83d\ude00 \t\r\n\"quoted\" ~";
                    stage.handler(
                            answering(
                                    stage.server,
                                    new Metadata(),
                                    Status.ABORTED.withDescription(odd),
                                    new Metadata()));
                    stage.ask(MethodType.UNARY, "hello");
                });
    }

    @ParameterizedTest
    @EnumSource
    void reservedNamesDoNotLeakIntoTheResponse(Lane lane) {
        same(
                lane,
                stage -> {
                    Metadata headers = some("kept");
                    Metadata trailers = some("kept");
                    for (String name :
                            new String[] {
                                "content-length",
                                "grpc-encoding",
                                "grpc-accept-encoding",
                                "grpc-status",
                                "grpc-message",
                                "content-type",
                                "te",
                                "user-agent"
                            }) {
                        if (!name.startsWith("grpc-status") && !name.startsWith("grpc-message")) {
                            headers.put(ascii(name), "1");
                        }
                        if (name.startsWith("grpc-s") || name.startsWith("grpc-m")) {
                            trailers.put(ascii(name), "9");
                        }
                    }
                    stage.handler(answering(stage.server, headers, Status.OK, trailers));
                    stage.ask(MethodType.UNARY, "hello");
                });
    }

    @ParameterizedTest
    @EnumSource
    void reservedNamesDoNotLeakIntoAnAnswerWithoutHeaders(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.atHalfClose(
                            (log, call) -> {
                                Metadata trailers = some("kept");
                                trailers.put(ascii("content-type"), "text/html");
                                trailers.put(ascii("te"), "gzip");
                                trailers.put(ascii("user-agent"), "nobody");
                                call.close(Status.NOT_FOUND.withDescription("gone"), trailers);
                            });
                    stage.ask(MethodType.UNARY, "hello");
                });
    }

    @ParameterizedTest
    @EnumSource
    void theCallKnowsWhereItCameFrom(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.handler(
                            new Noting(stage.server, 2) {
                                @Override
                                void onStart(ServerCall<String, String> call, Metadata headers) {
                                    Attributes attributes = call.getAttributes();
                                    log.add(
                                            "remote "
                                                    + (attributes.get(
                                                                    Grpc.TRANSPORT_ATTR_REMOTE_ADDR)
                                                            != null));
                                    log.add(
                                            "local "
                                                    + attributes
                                                            .get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR)
                                                            .toString()
                                                            .startsWith("/127.0.0.1:"));
                                    log.add(
                                            "session "
                                                    + attributes.get(
                                                            Grpc.TRANSPORT_ATTR_SSL_SESSION));
                                    log.add("security " + call.getSecurityLevel());
                                    log.add("type " + call.getMethodDescriptor().getType());
                                    log.add("authority " + call.getAuthority());
                                }

                                @Override
                                void onHalfClose(ServerCall<String, String> call) {
                                    answer(call, "fine");
                                }
                            });
                    stage.call(
                                    Stage.method(MethodType.UNARY),
                                    CallOptions.DEFAULT.withAuthority("some.example:1"),
                                    new Metadata())
                            .send("hello")
                            .halfClose()
                            .ended();
                    stage.server.await("end");
                });
    }

    @ParameterizedTest
    @EnumSource
    void metadataMayBeAsLargeAsTheServerSays(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.configure(b -> b.maxInboundMetadataSize(2 << 20));
                    stage.handler(
                            new Noting(stage.server, 2) {
                                @Override
                                void onStart(ServerCall<String, String> call, Metadata headers) {
                                    log.add("many " + count(headers, "many"));
                                    log.add("large " + headers.get(ascii("large")).length());
                                }

                                @Override
                                void onHalfClose(ServerCall<String, String> call) {
                                    answer(call, "fine");
                                }
                            });
                    Metadata headers = new Metadata();
                    headers.put(ascii("large"), "~".repeat(500_000));
                    for (int i = 0; i < 2_000; i++) headers.put(ascii("many"), "v" + i);
                    stage.call(Stage.method(MethodType.UNARY), CallOptions.DEFAULT, headers)
                            .send("hello")
                            .halfClose()
                            .ended();
                    stage.server.await("end");
                });
    }

    private static int count(Metadata headers, String name) {
        int count = 0;
        for (String _ : headers.getAll(ascii(name))) count++;
        return count;
    }

    private static void compressing(Lane lane, String clientCodec, String serverCodec) {
        same(
                lane,
                stage -> {
                    stage.handler(
                            new Noting(stage.server, 3) {
                                @Override
                                void onStart(ServerCall<String, String> call, Metadata headers) {
                                    log.add("received " + Caller.text(headers));
                                    if (serverCodec != null) call.setCompression(serverCodec);
                                }

                                @Override
                                void onHalfClose(ServerCall<String, String> call) {
                                    call.sendHeaders(new Metadata());
                                    call.sendMessage("x".repeat(50));
                                    call.setMessageCompression(false);
                                    call.sendMessage("y".repeat(50));
                                    call.setMessageCompression(true);
                                    call.sendMessage("");
                                    call.close(Status.OK, new Metadata());
                                }
                            });
                    CallOptions options = CallOptions.DEFAULT;
                    if (clientCodec != null) options = options.withCompression(clientCodec);
                    stage.call(Stage.method(MethodType.SERVER_STREAMING), options, new Metadata())
                            .send("z".repeat(50))
                            .halfClose()
                            .ended();
                    stage.server.await("end");
                });
    }

    @ParameterizedTest
    @EnumSource
    void neitherSideCompresses(Lane lane) {
        compressing(lane, null, null);
    }

    @ParameterizedTest
    @EnumSource
    void bothSidesCompress(Lane lane) {
        compressing(lane, "gzip", "gzip");
    }

    @ParameterizedTest
    @EnumSource
    void onlyTheServerCompresses(Lane lane) {
        compressing(lane, null, "gzip");
    }

    @ParameterizedTest
    @EnumSource
    void identityIsNamedToo(Lane lane) {
        compressing(lane, null, "identity");
    }

    @ParameterizedTest
    @EnumSource
    void anEncodingThatTheServerDoesNotKnow(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.configure(
                            b ->
                                    b.decompressorRegistry(
                                            io.grpc.DecompressorRegistry.emptyInstance()));
                    stage.handler(new Noting(stage.server, 2));
                    stage.call(
                                    Stage.method(MethodType.UNARY),
                                    CallOptions.DEFAULT.withCompression("gzip"),
                                    new Metadata())
                            .send("hello")
                            .halfClose()
                            .ended();
                });
    }
}
