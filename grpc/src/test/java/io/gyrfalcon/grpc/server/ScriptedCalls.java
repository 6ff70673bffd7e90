package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A test of calls through the whole engine, whose callbacks it scripts. */
abstract class ScriptedCalls {
    @RegisterExtension final SilentLog silence = new SilentLog();
    final EngineRig.Parts parts = new EngineRig.Parts();
    final List<String> log = new ArrayList<>();
    final List<Scripted> calls = new ArrayList<>();
    EngineRig rig;

    Consumer<Scripted> onStart = call -> call.call.request(2);
    Consumer<Scripted> onMessage = _ -> {};
    Consumer<Scripted> onHalfClose = Scripted::answer;
    Consumer<Scripted> onReady = _ -> {};
    Consumer<Scripted> onComplete = _ -> {};
    Consumer<Scripted> onCancel = _ -> {};
    Runnable onStream = () -> {};

    /** A call whose callbacks are the test's. */
    final class Scripted extends ServerCall.Listener<String> {
        final ServerCall<String, String> call;
        final Context context = Context.current();
        final int index = calls.size();

        Scripted(ServerCall<String, String> call) {
            this.call = call;
        }

        void answer() {
            call.sendHeaders(new Metadata());
            call.sendMessage("yes");
            call.close(Status.OK, new Metadata());
        }

        private void note(String what) {
            log.add(index + " " + what);
        }

        @Override
        public void onMessage(String message) {
            note("message " + (message.length() > 20 ? message.length() : message));
            onMessage.accept(this);
        }

        @Override
        public void onHalfClose() {
            note("halfClose");
            onHalfClose.accept(this);
        }

        @Override
        public void onReady() {
            onReady.accept(this);
        }

        @Override
        public void onComplete() {
            note("complete");
            onComplete.accept(this);
        }

        @Override
        public void onCancel() {
            note("cancel");
            onCancel.accept(this);
        }
    }

    /** Text that a test may watch being serialised. */
    final MethodDescriptor.Marshaller<String> watched =
            new MethodDescriptor.Marshaller<>() {
                @Override
                public InputStream stream(String value) {
                    onStream.run();
                    return new ByteArrayInputStream(value.getBytes()) {
                        @Override
                        public void close() {
                            onStream.run();
                        }
                    };
                }

                @Override
                public String parse(InputStream stream) {
                    return Methods.TEXT.parse(stream);
                }
            };

    @AfterEach
    void close() {
        if (rig != null) rig.close();
        for (Scripted call : calls) {
            assertThat(call.context.isCancelled()).as("context of %d", call.index).isTrue();
        }
    }

    ServerCallHandler<String, String> handler() {
        return (call, _) -> {
            Scripted scripted = new Scripted(call);
            calls.add(scripted);
            onStart.accept(scripted);
            return scripted;
        };
    }

    RawClient start(Lane lane, int... settings) {
        parts.lane = lane;
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder("a.B");
        for (MethodType type : List.of(MethodType.UNARY, MethodType.BIDI_STREAMING)) {
            MethodDescriptor<String, String> method =
                    MethodDescriptor.newBuilder(Methods.TEXT, watched)
                            .setType(type)
                            .setFullMethodName("a.B/" + (type == MethodType.UNARY ? "U" : "S"))
                            .build();
            service.addMethod(ServerMethodDefinition.create(method, handler()));
        }
        parts.services.add(service.build());
        rig = new EngineRig(parts);
        return rig.client(settings);
    }

    void unary(RawClient client, int id, String... more) {
        client.request(id, "/a.B/U", false, more).message(id, true, "hello");
    }

    static void assertAnswered(RawClient client, int id) {
        assertThat(client.lines(id))
                .hasSize(3)
                .last()
                .isEqualTo("HEADERS " + id + " grpc-status: 0 end");
    }

    static void assertStatus(RawClient client, int id, int code) {
        assertThat(client.lines(id))
                .anyMatch(line -> line.contains("grpc-status: " + code) && line.endsWith(" end"));
    }

    void endRig() {
        rig.close();
        rig = null;
        parts.services.clear();
        log.clear();
    }

    List<String> log() {
        List<String> all = List.copyOf(log);
        log.clear();
        return all;
    }
}
