package io.gyrfalcon.transport.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.gyrfalcon.http2.ServerSide;
import io.gyrfalcon.http2.Stream;
import io.gyrfalcon.http2.hpack.FieldBlock;
import io.gyrfalcon.primitives.memory.SlabChain;
import io.gyrfalcon.transport.wire.FaultText;
import io.gyrfalcon.transport.wire.StatusCode;
import io.gyrfalcon.transport.wire.StatusText;

import org.jspecify.annotations.Nullable;

/**
 * Answers to requests that are HTTP/2 and not gRPC: an HTTP status, the gRPC status beside it, and
 * a short text as body, except to HEAD. Stateless; used on the loop.
 *
 * <p>Source: "gRPC over HTTP2", section Responses; the codes are grpc-java's.
 */
final class Refusals {
    private static final FieldBlock BAD_REQUEST = block("400");
    private static final FieldBlock NOT_FOUND = block("404");
    private static final FieldBlock NOT_POST = block("405", "allow", "POST");
    private static final FieldBlock NOT_GRPC = block("415");
    private static final FieldBlock TOO_LARGE = block("431");
    private static final byte[] GRPC_STATUS = KnownField.ascii("grpc-status");
    private static final byte[] GRPC_MESSAGE = KnownField.ascii("grpc-message");

    private Refusals() {}

    /** Whether the request was refused, and answered. */
    static boolean refuse(ServerSide http2, Stream stream, RequestHead head) {
        return isRefused(head) && refuseSlow(http2, stream, head);
    }

    /** Whether the request will be refused. */
    static boolean isRefused(RequestHead head) {
        return !head.isPost
                || !head.isGrpc
                || head.hasHosts
                || head.route == null
                || head.timeoutNanos == RequestHead.BAD_TIMEOUT;
    }

    private static boolean refuseSlow(ServerSide http2, Stream stream, RequestHead head) {
        boolean isHead = head.isHead();
        if (head.route == null) {
            String text = FaultText.NO_PATH;
            return answer(http2, stream, isHead, NOT_FOUND, StatusCode.UNIMPLEMENTED, text);
        }
        if (!head.isGrpc) {
            byte[] type = head.badContentType;
            String text =
                    type == null
                            ? FaultText.NO_CONTENT_TYPE
                            : FaultText.badContentType(latin(type));
            return answer(http2, stream, isHead, NOT_GRPC, StatusCode.INTERNAL, text);
        }
        if (!head.isPost) {
            String text = FaultText.badMethod(latin(head.badMethod));
            return answer(http2, stream, isHead, NOT_POST, StatusCode.INTERNAL, text);
        }
        byte[] timeout = head.badTimeout;
        if (timeout == null) {
            String text = FaultText.HOSTS;
            return answer(http2, stream, isHead, BAD_REQUEST, StatusCode.INTERNAL, text);
        }
        String text = FaultText.badTimeout(timeout, 0, timeout.length);
        return answer(http2, stream, isHead, BAD_REQUEST, StatusCode.INTERNAL, text);
    }

    /** There is no memory for another call: a gRPC status, since the request was right. */
    static void refuseForMemory(ServerSide http2, Stream stream) {
        byte[][] extra = {GRPC_MESSAGE, StatusText.encode(FaultText.NO_MEMORY)};
        http2.sendHeaders(
                stream,
                ResponseBlocks.trailersOnly(StatusCode.RESOURCE_EXHAUSTED),
                extra,
                extra.length,
                true);
    }

    static void refuseTooLarge(ServerSide http2, Stream stream, boolean isHead, String text) {
        answer(http2, stream, isHead, TOO_LARGE, StatusCode.RESOURCE_EXHAUSTED, text);
    }

    private static boolean answer(
            ServerSide http2,
            Stream stream,
            boolean isHead,
            FieldBlock block,
            int code,
            String text) {
        byte[][] extra = {
            GRPC_STATUS, StatusText.code(code), GRPC_MESSAGE, StatusText.encode(text),
        };
        http2.sendHeaders(stream, block, extra, extra.length, isHead);
        if (isHead) return true;
        byte[] body = text.getBytes(UTF_8);
        SlabChain target = http2.beginData(stream, body.length);
        target.append(body, 0, body.length);
        http2.endData(stream, true);
        return true;
    }

    private static String latin(byte @Nullable [] value) {
        return value == null ? "" : new String(value, ISO_8859_1);
    }

    private static FieldBlock block(String status, String... more) {
        String[] all = new String[4 + more.length];
        all[0] = ":status";
        all[1] = status;
        all[2] = "content-type";
        all[3] = "text/plain; charset=utf-8";
        System.arraycopy(more, 0, all, 4, more.length);
        return FieldBlock.of(all);
    }
}
