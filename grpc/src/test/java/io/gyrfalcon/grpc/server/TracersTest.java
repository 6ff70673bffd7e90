package io.gyrfalcon.grpc.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

final class TracersTest {
    private static final Context.Key<String> WHO = Context.key("who");
    private final List<String> notes = new ArrayList<>();

    /** Notes everything it is told. */
    private final class Noting extends ServerStreamTracer {
        private final String name;

        Noting(String name) {
            this.name = name;
        }

        private void note(String text) {
            notes.add(name + " " + text);
        }

        @Override
        public Context filterContext(Context context) {
            String before = WHO.get(context);
            return context.withValue(WHO, before == null ? name : before + name);
        }

        @Override
        public void serverCallStarted(ServerCallInfo<?, ?> info) {
            note(
                    "started "
                            + info.getMethodDescriptor().getFullMethodName()
                            + " "
                            + info.getAuthority()
                            + " "
                            + info.getAttributes());
        }

        @Override
        public void streamClosed(Status status) {
            note("closed " + status.getCode());
        }

        @Override
        public void outboundMessage(int index) {
            note("out " + index);
        }

        @Override
        public void inboundMessage(int index) {
            note("in " + index);
        }

        @Override
        public void outboundMessageSent(int index, long wire, long plain) {
            note("sent " + index + " " + wire + " " + plain);
        }

        @Override
        public void inboundMessageRead(int index, long wire, long plain) {
            note("read " + index + " " + wire + " " + plain);
        }

        @Override
        public void outboundWireSize(long bytes) {
            note("out wire " + bytes);
        }

        @Override
        public void outboundUncompressedSize(long bytes) {
            note("out plain " + bytes);
        }

        @Override
        public void inboundWireSize(long bytes) {
            note("in wire " + bytes);
        }

        @Override
        public void inboundUncompressedSize(long bytes) {
            note("in plain " + bytes);
        }
    }

    private ServerStreamTracer.Factory factory(ServerStreamTracer tracer) {
        return new ServerStreamTracer.Factory() {
            @Override
            public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
                Metadata.Key<String> key =
                        Metadata.Key.of("seen", Metadata.ASCII_STRING_MARSHALLER);
                headers.put(key, method);
                return tracer;
            }
        };
    }

    private CallTracer twoTracers() {
        return new Tracers(List.of(factory(new Noting("a")), factory(new Noting("b"))))
                .newCall("a.B/C", new Metadata());
    }

    @Test
    void withoutFactoriesNobodyIsTold() {
        Tracers tracers = new Tracers(List.of());
        assertThat(tracers.isEmpty()).isTrue();
        CallTracer none = tracers.newCall("a.B/C", new Metadata());
        assertThat(none).isSameAs(CallTracer.NONE);
        assertThat(none.isNone()).isTrue();
        none.serverCallStarted(Methods.unary("a.B/C"), Attributes.EMPTY, null);
        none.streamClosed(Status.OK);
        assertThat(none.filterContext(Context.ROOT)).isSameAs(Context.ROOT);
    }

    @Test
    void factoriesMayChangeTheMetadata() {
        Metadata headers = new Metadata();
        Tracers tracers = new Tracers(List.of(factory(new Noting("a"))));
        assertThat(tracers.isEmpty()).isFalse();
        assertThat(tracers.newCall("a.B/C", headers).isNone()).isFalse();
        assertThat(headers.keys()).containsExactly("seen");
    }

    @Test
    void eachTracerAddsToTheContextInTurn() {
        assertThat(WHO.get(twoTracers().filterContext(Context.ROOT))).isEqualTo("ab");
    }

    @Test
    void aTracerWithoutAContextIsNamed() {
        ServerStreamTracer broken =
                new ServerStreamTracer() {
                    @Override
                    public Context filterContext(Context context) {
                        return null;
                    }

                    @Override
                    public String toString() {
                        return "broken";
                    }
                };
        CallTracer tracer = new Tracers(List.of(factory(broken))).newCall("a.B/C", new Metadata());
        assertThatThrownBy(() -> tracer.filterContext(Context.ROOT))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("broken returns null context");
    }

    @Test
    void everyEventReachesEveryTracerInOrder() {
        CallTracer tracer = twoTracers();
        tracer.serverCallStarted(Methods.unary("a.B/C"), Attributes.EMPTY, "host");
        tracer.inboundMessage(0);
        tracer.inboundWireSize(5);
        tracer.inboundUncompressedSize(6);
        tracer.inboundMessageRead(0, 5, -1);
        tracer.outboundMessage(0);
        tracer.outboundMessageSent(0, 7, 8);
        assertThat(notes)
                .containsExactly(
                        "a started a.B/C host {}",
                        "b started a.B/C host {}",
                        "a in 0",
                        "b in 0",
                        "a in wire 5",
                        "b in wire 5",
                        "a in plain 6",
                        "b in plain 6",
                        "a read 0 5 -1",
                        "b read 0 5 -1",
                        "a out 0",
                        "b out 0",
                        "a out plain 8",
                        "b out plain 8",
                        "a out wire 7",
                        "b out wire 7",
                        "a sent 0 7 8",
                        "b sent 0 7 8");
    }

    @Test
    void onlyTheFirstEndCounts() {
        CallTracer tracer = twoTracers();
        tracer.streamClosed(Status.ABORTED);
        tracer.streamClosed(Status.OK);
        assertThat(notes).containsExactly("a closed ABORTED", "b closed ABORTED");
    }
}
