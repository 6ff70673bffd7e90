package io.gyrfalcon.bench.server;

import io.grpc.stub.StreamObserver;
import io.gyrfalcon.bench.hello.GreeterGrpc;
import io.gyrfalcon.bench.hello.HelloReply;
import io.gyrfalcon.bench.hello.HelloRequest;

/** The greeter as gRPC's own example writes it; the same class runs on every engine. Stateless. */
public final class GreeterService extends GreeterGrpc.GreeterImplBase {
    @Override
    public void sayHello(HelloRequest request, StreamObserver<HelloReply> responses) {
        responses.onNext(HelloReply.newBuilder().setMessage("Hello " + request.getName()).build());
        responses.onCompleted();
    }
}
