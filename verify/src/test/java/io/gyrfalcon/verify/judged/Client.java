package io.gyrfalcon.verify.judged;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;
import io.gyrfalcon.grpc.GyrfalconChannelBuilder;

/** Whose channel calls. */
enum Client {
    GRPC_JAVA {
        @Override
        ManagedChannelBuilder<?> builder(String target, ChannelCredentials credentials) {
            return NettyChannelBuilder.forTarget(target, credentials);
        }
    },
    GYRFALCON {
        @Override
        ManagedChannelBuilder<?> builder(String target, ChannelCredentials credentials) {
            return GyrfalconChannelBuilder.forTarget(target, credentials);
        }
    };

    abstract ManagedChannelBuilder<?> builder(String target, ChannelCredentials credentials);

    ManagedChannelBuilder<?> builder(String target) {
        return builder(target, InsecureChannelCredentials.create());
    }
}
