package io.gyrfalcon.transport.wire;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import org.junit.jupiter.api.Test;

class ContentTypesTest {
    @Test
    void grpcWithItsSubtypesAndParametersIsTaken() {
        for (String type :
                new String[] {
                    "application/grpc",
                    "application/grpc+proto",
                    "application/grpc+json",
                    "application/grpc+",
                    "application/grpc;charset=utf-8",
                    "Application/GRPC"
                }) {
            assertThat(isGrpc(type)).as(type).isTrue();
        }
    }

    @Test
    void anythingElseIsNot() {
        for (String type :
                new String[] {
                    "",
                    "application/grp",
                    "application/grpc-web",
                    "application/grpcs",
                    "application/grpc ",
                    "application/json",
                    "application/grpb",
                    "text/plain; application/grpc"
                }) {
            assertThat(isGrpc(type)).as(type).isFalse();
        }
    }

    @Test
    void weAnswerWithThePlainName() {
        assertThat(ContentTypes.grpc()).isEqualTo("application/grpc".getBytes(ISO_8859_1));
    }

    private static boolean isGrpc(String type) {
        byte[] bytes = ("xx" + type + "yy").getBytes(ISO_8859_1);
        return ContentTypes.isGrpc(bytes, 2, type.length());
    }
}
