package io.gyrfalcon.cli.demo;

import io.grpc.stub.StreamObserver;
import io.gyrfalcon.cli.demo.helloworld.GreeterGrpc;
import io.gyrfalcon.cli.demo.helloworld.HelloReply;
import io.gyrfalcon.cli.demo.helloworld.HelloRequest;

/** Says hello. Any thread. */
public final class Greeter extends GreeterGrpc.GreeterImplBase {
    /** A greeter without state. */
    public Greeter() {}

    @Override
    public void sayHello(HelloRequest request, StreamObserver<HelloReply> responses) {
        String message = "Hello ".concat(request.getName());
        responses.onNext(HelloReply.newBuilder().setMessage(message).build());
        responses.onCompleted();
    }
}
