package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.grpc.HandlerRegistry;
import io.grpc.Metadata;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.gyrfalcon.transport.fixtures.RawClient;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.InputStream;

/** Calls whose user code throws, tracers and registries included. */
class ThrowingCallTest extends ScriptedCalls {
    private static final class Throwing extends ServerStreamTracer {
        private final String where;

        Throwing(String where) {
            this.where = where;
        }

        private void at(String place) {
            if (where.equals(place)) throw new IllegalStateException("on purpose");
        }

        @Override
        public Context filterContext(Context context) {
            at("filterContext");
            return context;
        }

        @Override
        public void serverCallStarted(ServerCallInfo<?, ?> info) {
            at("started");
        }

        @Override
        public void streamClosed(Status status) {
            at("closed");
        }
    }

    private RawClient startTraced(String where) {
        parts.tracers.add(
                new ServerStreamTracer.Factory() {
                    @Override
                    public ServerStreamTracer newServerStreamTracer(String name, Metadata headers) {
                        if (where.equals("factory")) throw new IllegalStateException("on purpose");
                        return new Throwing(where);
                    }
                });
        return start(Lane.RUNNER);
    }

    @Test
    void headersThatThrowAreNotSent() {
        onHalfClose =
                call -> {
                    assertThatThrownBy(() -> call.call.sendHeaders(null))
                            .isInstanceOf(NullPointerException.class);
                    call.answer();
                };
        RawClient client = start(Lane.RUNNER);
        unary(client, 1);
        rig.go(client);
        assertStatus(client, 1, 0);
    }

    @Test
    void aFactoryOfTracersThatThrowsFailsTheCallAlone() {
        RawClient client = startTraced("factory");
        unary(client, 1);
        rig.go(client);
        assertStatus(client, 1, 13);
        assertThat(rig.server.connectionCount()).isEqualTo(1);
    }

    @Test
    void aTracerWhoseContextThrowsFailsTheCallAlone() {
        RawClient client = startTraced("filterContext");
        unary(client, 1);
        rig.go(client);
        assertStatus(client, 1, 13);
    }

    @Test
    void aTracerThatThrowsAtTheStartFailsTheCallAlone() {
        RawClient client = startTraced("started");
        unary(client, 1);
        rig.go(client);
        assertStatus(client, 1, 2);
    }

    @Test
    void aTracerThatThrowsAtTheEndChangesNothing() {
        RawClient client = startTraced("closed");
        unary(client, 1);
        rig.go(client);
        rig.runFor(EngineRig.SECOND);
        assertAnswered(client, 1);
        assertThat(log()).containsExactly("0 message hello", "0 halfClose", "0 complete");
    }

    @Test
    void aRegistryThatThrowsEndsTheCallWithItsStatus() {
        parts.fallback =
                new HandlerRegistry() {
                    @Override
                    public ServerMethodDefinition<?, ?> lookupMethod(
                            String name, String authority) {
                        throw Status.UNAVAILABLE.asRuntimeException();
                    }
                };
        RawClient client = start(Lane.DIRECT);
        client.request(1, "/other.Service/Method", true);
        rig.go(client);
        assertStatus(client, 1, 14);
    }

    @Test
    void aHandlerThatThrowsEndsTheCallWithItsStatus() {
        onStart =
                _ -> {
                    throw Status.ABORTED.asRuntimeException();
                };
        RawClient client = start(Lane.DIRECT);
        unary(client, 1);
        rig.go(client);
        assertStatus(client, 1, 10);
        assertThat(log()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void whatAnAnswersMarshallerThrowsIsTheCauseOfTheContext(Lane lane) {
        IllegalStateException thrown = new IllegalStateException("on purpose");
        onStream =
                () -> {
                    throw thrown;
                };
        RawClient client = start(lane);
        unary(client, 1);
        rig.go(client);
        rig.runFor(EngineRig.SECOND);
        assertThat(log()).endsWith("0 cancel");
        assertThat(calls.getFirst().context.cancellationCause()).isSameAs(thrown);
    }

    @Test
    void callbacksThatThrowAtTheEndLeaveNothingBehind() {
        onComplete =
                _ -> {
                    throw new IllegalStateException("on purpose");
                };
        onCancel = onComplete;
        RawClient client = start(Lane.DIRECT);
        unary(client, 1);
        client.request(3, "/a.B/S", false);
        client.out().rst(3, 8);
        client.request(5, "/a.B/S", false);
        rig.go(client);
        client.out().rst(5, 8);
        rig.go(client);
        assertThat(log()).contains("0 complete", "1 cancel");
    }

    @Test
    void onReadyThatThrowsEndsTheCallAsUnknown() {
        onReady =
                _ -> {
                    throw new IllegalStateException("on purpose");
                };
        RawClient client = start(Lane.RUNNER);
        client.request(1, "/a.B/S", false);
        rig.go(client);
        assertStatus(client, 1, 2);
    }

    @Test
    void trailersThatCannotBeWrittenEndTheCallAsUnknown() {
        Metadata.Key<String> bad =
                Metadata.Key.of(
                        "bad-bin",
                        new Metadata.BinaryStreamMarshaller<String>() {
                            @Override
                            public InputStream toStream(String value) {
                                throw new IllegalStateException("on purpose");
                            }

                            @Override
                            public String parseStream(InputStream stream) {
                                return "";
                            }
                        });
        onHalfClose =
                call -> {
                    Metadata trailers = new Metadata();
                    trailers.put(bad, "x");
                    call.call.close(Status.ABORTED, trailers);
                };
        RawClient client = start(Lane.DIRECT);
        unary(client, 1);
        rig.go(client);
        assertStatus(client, 1, 2);
    }
}
