package io.gyrfalcon.verify.lifecycle;

import io.grpc.ServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.gyrfalcon.grpc.GyrfalconServerBuilder;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Whose server plays. */
enum Engine {
    GRPC_JAVA {
        @Override
        ServerBuilder<?> builder() {
            return NettyServerBuilder.forAddress(local());
        }
    },
    GYRFALCON {
        @Override
        ServerBuilder<?> builder() {
            return GyrfalconServerBuilder.forAddress(local());
        }
    };

    abstract ServerBuilder<?> builder();

    private static InetSocketAddress local() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }
}
