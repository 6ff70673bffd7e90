package io.gyrfalcon.verify.lifecycle;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.services.HealthStatusManager;

import java.util.concurrent.TimeUnit;

/** A program that names no engine: calls its own server and says by whose channels. */
final class UserProgram {
    private UserProgram() {}

    public static void main(String[] words) throws Exception {
        Server server =
                ServerBuilder.forPort(0)
                        .addService(new HealthStatusManager().getHealthService())
                        .build()
                        .start();
        String target = "localhost:" + server.getPort();
        ManagedChannelBuilder<?> plain = ManagedChannelBuilder.forTarget(target).usePlaintext();
        call("forTarget", plain);
        call("newChannelBuilder", Grpc.newChannelBuilder(target, insecure()));
        call(
                "newChannelBuilderForAddress",
                Grpc.newChannelBuilderForAddress("localhost", server.getPort(), insecure()));
        server.shutdown().awaitTermination();
        System.out.println("done");
    }

    private static InsecureChannelCredentials insecure() {
        return (InsecureChannelCredentials) InsecureChannelCredentials.create();
    }

    private static void call(String way, ManagedChannelBuilder<?> builder)
            throws InterruptedException {
        ManagedChannel channel = builder.build();
        String status =
                HealthGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(60, TimeUnit.SECONDS)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus()
                        .name();
        System.out.println(way + ": " + builder.getClass().getSimpleName() + ", " + status);
        channel.shutdown();
        System.out.println("ended: " + channel.awaitTermination(60, TimeUnit.SECONDS));
    }
}
