package io.gyrfalcon.verify.lifecycle;

import static io.gyrfalcon.verify.lifecycle.Scenes.same;

import io.grpc.Attributes;
import io.grpc.BinaryLog;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.HandlerRegistry;
import io.grpc.InternalServer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Interceptors, tracers, filters, registries, executors and the binary log. */
@Timeout(180)
final class HooksTest {
    private static final Context.Key<String> PATH = Context.key("path");
    private static final Attributes.Key<String> FILTERED = Attributes.Key.create("filtered");

    private static Noting plain(Log log) {
        return new Noting(log, 2) {
            @Override
            void onHalfClose(ServerCall<String, String> call) {
                log.add("context path " + PATH.get());
                answer(call, "fine");
            }
        };
    }

    private static void hello(Stage stage) {
        stage.call(MethodType.UNARY).send("hello").halfClose().ended();
    }

    /** Notes that it was there, also in the context. */
    private static ServerInterceptor noting(Log log, String name) {
        return new ServerInterceptor() {
            @Override
            public <Q, R> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                log.add("interceptor " + name);
                String path = PATH.get() == null ? name : PATH.get() + ">" + name;
                return Contexts.interceptCall(
                        Context.current().withValue(PATH, path), call, headers, next);
            }
        };
    }

    @ParameterizedTest
    @EnumSource
    void interceptorsStandInGrpcJavasOrder(Lane lane) {
        same(
                lane,
                stage -> {
                    Log log = stage.server;
                    stage.configure(
                            b -> {
                                b.addService(
                                        ServerInterceptors.intercept(
                                                Stage.service(
                                                        (call, headers) -> {
                                                            log.add("startCall");
                                                            log.add("path " + PATH.get());
                                                            answer(call);
                                                            return new ServerCall.Listener<>() {};
                                                        }),
                                                noting(log, "service 1"),
                                                noting(log, "service 2")));
                                b.intercept(noting(log, "global 1"));
                                b.intercept(noting(log, "global 2"));
                            });
                    hello(stage);
                });
    }

    private static void answer(ServerCall<String, String> call) {
        call.request(2);
        Noting.answer(call, "fine");
    }

    @ParameterizedTest
    @EnumSource
    void anInterceptorMayRefuseACall(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.handler(plain(stage.server));
                    stage.configure(
                            b ->
                                    b.intercept(
                                            new ServerInterceptor() {
                                                @Override
                                                public <Q, R> ServerCall.Listener<Q> interceptCall(
                                                        ServerCall<Q, R> call,
                                                        Metadata headers,
                                                        ServerCallHandler<Q, R> next) {
                                                    call.close(
                                                            Status.PERMISSION_DENIED,
                                                            new Metadata());
                                                    return new ServerCall.Listener<>() {};
                                                }
                                            }));
                    hello(stage);
                });
    }

    @ParameterizedTest
    @EnumSource
    void theServerIsInTheContextOfItsCalls(Lane lane) {
        same(
                lane,
                stage -> {
                    stage.handler(
                            new Noting(stage.server, 2) {
                                @Override
                                void onStart(ServerCall<String, String> call, Metadata headers) {
                                    boolean isOurs =
                                            InternalServer.SERVER_CONTEXT_KEY.get()
                                                    == stage.server();
                                    log.add("server in context " + isOurs);
                                }

                                @Override
                                void onHalfClose(ServerCall<String, String> call) {
                                    answer(call, "fine");
                                }
                            });
                    hello(stage);
                    stage.server.await("end");
                });
    }

    /** Notes the events of one direction, which have an order of their own. */
    private static final class Tracer extends ServerStreamTracer {
        private final Log log;
        private final String wanted;

        Tracer(Log log, String wanted) {
            this.log = log;
            this.wanted = wanted;
        }

        private void note(String kind, String text) {
            if (kind.equals(wanted)) log.add("tracer " + text);
        }

        @Override
        public Context filterContext(Context context) {
            note("call", "filterContext");
            return context.withValue(PATH, "traced");
        }

        @Override
        public void serverCallStarted(ServerCallInfo<?, ?> info) {
            note("call", "started " + info.getMethodDescriptor().getFullMethodName());
            note("call", "authority " + (info.getAuthority() != null));
            Object remote = info.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
            note("call", "remote " + (remote != null));
        }

        @Override
        public void streamClosed(Status status) {
            log.add("tracer closed " + status.getCode() + " " + status.getDescription());
        }

        @Override
        public void inboundMessage(int index) {
            note("in", "inboundMessage " + index);
        }

        @Override
        public void inboundMessageRead(int index, long wire, long plain) {
            note("in", "inboundMessageRead " + index + " " + wire + " " + plain);
        }

        @Override
        public void inboundWireSize(long bytes) {
            note("in", "inboundWireSize " + bytes);
        }

        @Override
        public void inboundUncompressedSize(long bytes) {
            note("in", "inboundUncompressedSize " + bytes);
        }

        @Override
        public void outboundMessage(int index) {
            note("out", "outboundMessage " + index);
        }

        @Override
        public void outboundMessageSent(int index, long wire, long plain) {
            note("out", "outboundMessageSent " + index + " " + wire + " " + plain);
        }

        @Override
        public void outboundWireSize(long bytes) {
            note("out", "outboundWireSize " + bytes);
        }

        @Override
        public void outboundUncompressedSize(long bytes) {
            note("out", "outboundUncompressedSize " + bytes);
        }
    }

    private static ServerStreamTracer.Factory tracing(Log log, String wanted) {
        return new ServerStreamTracer.Factory() {
            @Override
            public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
                headers.put(Metadata.Key.of("by-tracer", Metadata.ASCII_STRING_MARSHALLER), method);
                return new Tracer(log, wanted);
            }
        };
    }

    private static void traced(Lane lane, String wanted) {
        same(
                lane,
                stage -> {
                    Log traced = new Log();
                    stage.configure(b -> b.addStreamTracerFactory(tracing(traced, wanted)));
                    stage.handler(
                            new Noting(stage.server, 2) {
                                @Override
                                void onStart(ServerCall<String, String> call, Metadata headers) {
                                    log.add("received " + Caller.text(headers));
                                    log.add("path " + PATH.get());
                                }

                                @Override
                                void onHalfClose(ServerCall<String, String> call) {
                                    answer(call, "one", "two and more", "");
                                }
                            });
                    stage.call(MethodType.BIDI_STREAMING)
                            .send("hello")
                            .send("")
                            .halfClose()
                            .ended();
                    stage.server.await("end");
                    traced.await("tracer closed");
                    stage.call(
                                    Stage.method("no.Such/Method", MethodType.UNARY),
                                    CallOptions.DEFAULT,
                                    new Metadata())
                            .send("hello")
                            .halfClose()
                            .ended();
                    traced.await("tracer closed", 2);
                    for (String event : traced.events()) stage.server.add(event);
                });
    }

    @ParameterizedTest
    @EnumSource
    void tracersAreToldOfTheCall(Lane lane) {
        traced(lane, "call");
    }

    @ParameterizedTest
    @EnumSource
    void tracersAreToldOfWhatIsSent(Lane lane) {
        traced(lane, "out");
    }

    @ParameterizedTest
    @EnumSource
    void tracersAreToldOfWhatIsReceived(Lane lane) {
        same(
                lane,
                stage -> {
                    Log traced = new Log();
                    stage.configure(b -> b.addStreamTracerFactory(tracing(traced, "in")));
                    stage.handler(plain(stage.server));
                    hello(stage);
                    stage.server.await("end");
                    traced.await("tracer closed");
                    for (String event : traced.events()) stage.server.add(event);
                });
    }

    @ParameterizedTest
    @EnumSource
    void tracersAreToldOfACancel(Lane lane) {
        same(
                lane,
                stage -> {
                    Log traced = new Log();
                    stage.configure(b -> b.addStreamTracerFactory(tracing(traced, "none")));
                    stage.handler(new Noting(stage.server, 2));
                    Caller caller = stage.call(MethodType.BIDI_STREAMING).send("a");
                    stage.server.await("onMessage a");
                    caller.cancel().ended();
                    stage.server.await("end");
                    traced.await("tracer closed");
                    for (String event : traced.events()) stage.server.add(event);
                });
    }

    @ParameterizedTest
    @EnumSource
    void filtersSeeConnectionsAndAddToTheirAttributes(Lane lane) {
        same(
                lane,
                stage -> {
                    Log log = stage.server;
                    for (String name : new String[] {"a", "b"}) {
                        stage.configure(b -> b.addTransportFilter(filter(log, name)));
                    }
                    stage.handler(
                            new Noting(log, 2) {
                                @Override
                                void onStart(ServerCall<String, String> call, Metadata headers) {
                                    log.add("filtered " + call.getAttributes().get(FILTERED));
                                }

                                @Override
                                void onHalfClose(ServerCall<String, String> call) {
                                    answer(call, "fine");
                                }
                            });
                    hello(stage);
                    stage.server.await("end");
                    hello(stage);
                    stage.server.await("end", 2);
                    stage.channel().shutdownNow();
                    stage.server.await("filter b terminated");
                });
    }

    private static ServerTransportFilter filter(Log log, String name) {
        return new ServerTransportFilter() {
            @Override
            public Attributes transportReady(Attributes attributes) {
                log.add("filter " + name + " ready");
                String before = attributes.get(FILTERED);
                String after = before == null ? name : before + name;
                return attributes.toBuilder().set(FILTERED, after).build();
            }

            @Override
            public void transportTerminated(Attributes attributes) {
                log.add("filter " + name + " terminated " + attributes.get(FILTERED));
            }
        };
    }

    /**
     * Knows every method but those called Missing; says by which name and authority it is asked.
     */
    private static HandlerRegistry fallback(Log log, BiConsumer<String, String> asked) {
        return new HandlerRegistry() {
            @Override
            public ServerMethodDefinition<?, ?> lookupMethod(String name, String authority) {
                asked.accept(name, authority);
                if (name.endsWith("Missing")) return null;
                return ServerMethodDefinition.create(
                        Stage.method(name, MethodType.UNARY), plain(log));
            }
        };
    }

    @ParameterizedTest
    @EnumSource
    void theFallbackRegistryIsAskedForWhatIsNotRegistered(Lane lane) {
        same(
                lane,
                stage -> {
                    Log log = stage.server;
                    stage.handler(plain(log));
                    stage.configure(
                            b ->
                                    b.fallbackHandlerRegistry(
                                            fallback(
                                                    log,
                                                    (name, authority) -> {
                                                        log.add("asked for " + name);
                                                        log.add("authority " + authority);
                                                    })));
                    hello(stage);
                    log.await("end");
                    CallOptions options = CallOptions.DEFAULT.withAuthority("some.example");
                    for (String name : new String[] {"fall.Back/Found", "fall.Back/Missing"}) {
                        stage.call(Stage.method(name, MethodType.UNARY), options, new Metadata())
                                .send("hello")
                                .halfClose()
                                .ended();
                        log.await("end", 2);
                    }
                });
    }

    @ParameterizedTest
    @EnumSource
    void anExecutorMayBeChosenPerCall(Lane lane) {
        same(
                lane,
                stage -> {
                    Log log = stage.server;
                    Executor named =
                            task -> Thread.ofPlatform().name("chosen for the call").start(task);
                    stage.configure(
                            b ->
                                    b.callExecutor(
                                            choosing(
                                                    method -> {
                                                        String name = method.getFullMethodName();
                                                        log.add("asked for " + name);
                                                        boolean isChosen =
                                                                method.getType()
                                                                        .clientSendsOneMessage();
                                                        return isChosen ? named : null;
                                                    })));
                    stage.handler(
                            new Noting(log, 2) {
                                private void where() {
                                    String thread = Thread.currentThread().getName();
                                    log.add("chosen " + thread.equals("chosen for the call"));
                                }

                                @Override
                                void onStart(ServerCall<String, String> call, Metadata headers) {
                                    where();
                                }

                                @Override
                                void onHalfClose(ServerCall<String, String> call) {
                                    where();
                                    answer(call, "fine");
                                }
                            });
                    hello(stage);
                    log.await("end");
                    stage.call(MethodType.CLIENT_STREAMING).send("hello").halfClose().ended();
                    log.await("end", 2);
                });
    }

    /** The server and a tracer's value, where user code runs for a call. */
    private static String context() {
        return (InternalServer.SERVER_CONTEXT_KEY.get() != null) + " " + PATH.get();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsAskedBeforeACallStartsRunsInItsContext(Lane lane) {
        same(
                lane,
                stage -> {
                    Log log = stage.server;
                    stage.configure(b -> b.addStreamTracerFactory(inContext(log)));
                    stage.configure(
                            b ->
                                    b.fallbackHandlerRegistry(
                                            fallback(
                                                    log,
                                                    (_, _) -> log.add("asked in " + context()))));
                    stage.configure(
                            b ->
                                    b.callExecutor(
                                            choosing(
                                                    _ -> {
                                                        log.add("executor in " + context());
                                                        return null;
                                                    })));
                    for (String name : new String[] {"fall.Back/Found", "fall.Back/Missing"}) {
                        stage.call(Stage.method(name, MethodType.UNARY))
                                .send("hello")
                                .halfClose()
                                .ended();
                        log.await("end");
                    }
                });
    }

    private static ServerCallExecutorSupplier choosing(
            Function<MethodDescriptor<?, ?>, Executor> choice) {
        return new ServerCallExecutorSupplier() {
            @Override
            public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata headers) {
                return choice.apply(call.getMethodDescriptor());
            }
        };
    }

    private static ServerStreamTracer.Factory inContext(Log log) {
        return new ServerStreamTracer.Factory() {
            @Override
            public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
                return new ServerStreamTracer() {
                    @Override
                    public Context filterContext(Context context) {
                        return context.withValue(PATH, "traced");
                    }

                    @Override
                    public void serverCallStarted(ServerCallInfo<?, ?> info) {
                        log.add("started in " + context());
                    }
                };
            }
        };
    }

    @ParameterizedTest
    @EnumSource
    void theBinaryLogStandsOutermost(Lane lane) {
        same(
                lane,
                stage -> {
                    Log log = stage.server;
                    stage.handler(plain(log));
                    stage.configure(
                            b -> {
                                b.intercept(noting(log, "global"));
                                b.setBinaryLog(binaryLog(log));
                            });
                    hello(stage);
                    log.await("end");
                });
    }

    private static BinaryLog binaryLog(Log log) {
        return new BinaryLog() {
            @Override
            public <Q, R> ServerMethodDefinition<?, ?> wrapMethodDefinition(
                    ServerMethodDefinition<Q, R> definition) {
                ServerServiceDefinition bytes =
                        ServerInterceptors.useInputStreamMessages(
                                ServerServiceDefinition.builder("play.Scene")
                                        .addMethod(definition)
                                        .build());
                ServerMethodDefinition<?, ?> wrapped = List.copyOf(bytes.getMethods()).getFirst();
                return logged(wrapped);
            }

            private <Q, R> ServerMethodDefinition<Q, R> logged(
                    ServerMethodDefinition<Q, R> definition) {
                ServerCallHandler<Q, R> next = definition.getServerCallHandler();
                return definition.withServerCallHandler(
                        (call, headers) -> {
                            log.add("binary log");
                            return next.startCall(call, headers);
                        });
            }

            @Override
            public Channel wrapChannel(Channel channel) {
                return channel;
            }

            @Override
            public void close() {}
        };
    }
}
