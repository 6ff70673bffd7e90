package io.gyrfalcon.verify.lifecycle;

import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.util.TransmitStatusRuntimeExceptionInterceptor;

import java.util.List;

/** Interceptors of all kinds around a handler. */
enum Surroundings implements ServerInterceptor {
    /** Nothing but the handler. */
    BARE {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            return next.startCall(call, headers);
        }
    },
    /** Wraps the call and its listener. */
    WRAPPED {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            return new SimpleForwardingServerCallListener<>(
                    next.startCall(new Greeting<>(call), headers)) {};
        }
    },
    /** Runs all in a context with a key. */
    IN_CONTEXT {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            Context keyed = Context.current().withValue(KEY, "value");
            return Contexts.interceptCall(keyed, call, headers, next);
        }
    },
    /** Turns what a listener throws into the status of its call. */
    TRANSMITTING {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            return TransmitStatusRuntimeExceptionInterceptor.instance()
                    .interceptCall(call, headers, next);
        }
    },
    /** Refuses the call; the handler never sees it. */
    REFUSING {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            call.close(Status.UNAUTHENTICATED.withDescription("who?"), Words.metadata(6));
            return new ServerCall.Listener<>() {};
        }
    },
    /** Throws a status. */
    THROWING {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            throw Status.PERMISSION_DENIED.withDescription("no").asRuntimeException(headers);
        }
    },
    /** Has the handler start the call and answers without a listener. */
    SILENT {
        @Override
        @SuppressWarnings("NullAway")
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            next.startCall(call, headers);
            return null;
        }
    };

    static final Context.Key<String> KEY = Context.key("alike");

    static final List<Attributes.Key<?>> ATTRIBUTES =
            List.of(
                    Grpc.TRANSPORT_ATTR_REMOTE_ADDR,
                    Grpc.TRANSPORT_ATTR_LOCAL_ADDR,
                    Grpc.TRANSPORT_ATTR_SSL_SESSION);

    /** A call that adds a field to its headers. */
    private static final class Greeting<Q, A> extends SimpleForwardingServerCall<Q, A> {
        Greeting(ServerCall<Q, A> call) {
            super(call);
        }

        @Override
        public void sendHeaders(Metadata headers) {
            headers.put(Words.ascii("greeting"), "hello");
            super.sendHeaders(headers);
        }
    }
}
